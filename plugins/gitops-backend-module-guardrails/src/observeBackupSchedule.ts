import type { BackupDetails } from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { backupIntervalSeconds } from './backupInterval';
import { forEachNamespace, readScope } from './backupNamespaces';
import { readIdentity } from './readRef';
import { readValidationErrors } from './readValidationErrors';

/**
 * Whether backups of namespaces are scheduled. A schedule says when the last backup began, not
 * whether it succeeded, and the title claims no more. Whether the next one is overdue is for
 * readers to judge, who have a clock: see `overdueBackupSince`.
 */
export function observeBackupSchedule(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation[] {
  const fields = ObjectFields.of(object);
  const spec = fields.object('spec');
  const template = spec.object('template');
  const status = fields.object('status');
  const schedule = spec.string('schedule');
  const details: BackupDetails = {
    of: 'schedule',
    ...readScope(template),
    schedule,
    intervalSeconds: schedule ? backupIntervalSeconds(schedule) : undefined,
    createdAt: fields.object('metadata').time('creationTimestamp'),
    phase: status.string('phase'),
    location: template.string('storageLocation'),
    ttl: template.string('ttl'),
    lastBackup: status.time('lastBackup'),
  };
  return forEachNamespace(details, {
    ...readIdentity(object, context),
    kind: 'backup',
    title: of => `Scheduled backups of ${of} (${schedule ?? 'no schedule'})`,
    ...readHealth(spec, status),
  });
}

function readHealth(
  spec: ObjectFields,
  status: ObjectFields,
): Pick<FactObservation, 'health' | 'message'> {
  if (spec.boolean('paused') === true) {
    return {
      health: 'suspended',
      message: 'Backups are paused; set spec.paused to false in Git',
    };
  }
  switch (status.string('phase')) {
    case 'Enabled':
      return status.time('lastBackup')
        ? { health: 'healthy' }
        : { health: 'progressing', message: 'No backup was made yet' };
    case 'FailedValidation':
      return {
        health: 'degraded',
        message:
          readValidationErrors(status) ||
          'Velero refused the schedule; look at its validation errors',
      };
    case 'New':
      return {
        health: 'progressing',
        message: 'Velero has not taken up the schedule yet',
      };
    default:
      return {
        health: 'unknown',
        message: 'Velero says nothing of the schedule; look whether it runs',
      };
  }
}
