import {
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { readRef } from './readRef';

/**
 * Whether backups of a namespace are scheduled. A schedule says when the last backup began, not
 * whether it succeeded, and the title claims no more.
 */
export function observeBackupSchedule(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation {
  const fields = ObjectFields.of(object);
  const spec = fields.object('spec');
  const status = fields.object('status');
  const namespaces = spec
    .object('template')
    .strings('includedNamespaces')
    .filter(namespace => namespace !== '*');
  const of = namespaces.length > 0 ? namespaces.join(', ') : 'the cluster';
  return {
    type: 'fact',
    kind: 'backup',
    ref: readRef(object, context),
    labels: fields.object('metadata').record('labels'),
    // Schedules live in Velero's namespace, whatever they back up.
    targetNamespace: namespaces.length === 1 ? namespaces[0] : undefined,
    title: `Scheduled backups of ${of} (${
      spec.string('schedule') ?? 'no schedule'
    })`,
    ...readHealth(spec, status),
    details: {
      schedule: spec.string('schedule'),
      namespaces,
      ttl: spec.object('template').string('ttl'),
      lastBackup: status.time('lastBackup'),
    },
  };
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
          status.strings('validationErrors').join('; ') ||
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
