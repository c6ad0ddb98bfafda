import type { BackupDetails } from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { forEachNamespace, readScope } from './backupNamespaces';
import { readIdentity } from './readRef';
import { readValidationErrors } from './readValidationErrors';

/** Set by Velero on the backups of a schedule. */
const SCHEDULE_LABEL = 'velero.io/schedule-name';

/** A backup may name hundreds of namespaces, which a key cannot. */
const MAX_SERIES_LENGTH = 1_000;

/** The phases that a backup ends in, and stays in until it expires. */
const ENDED = ['Completed', 'PartiallyFailed', 'Failed', 'FailedValidation'];

/**
 * How a backup ended; one that still runs says nothing yet, so that what is known of the one
 * before it stays. Only the latest of a schedule is kept, and of those made by hand the latest of
 * the same namespaces.
 */
export function observeBackup(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation[] {
  const fields = ObjectFields.of(object);
  const status = fields.object('status');
  const phase = status.string('phase');
  if (!phase || !ENDED.includes(phase)) {
    return [];
  }
  const identity = readIdentity(object, context);
  const spec = fields.object('spec');
  const progress = status.object('progress');
  const schedule = fields
    .object('metadata')
    .object('labels')
    .string(SCHEDULE_LABEL);
  const startedAt =
    status.time('startTimestamp') ??
    fields.object('metadata').time('creationTimestamp');
  const details: BackupDetails = {
    of: 'backup',
    ...readScope(spec),
    schedule,
    phase,
    location: spec.string('storageLocation'),
    ttl: spec.string('ttl'),
    startedAt,
    completedAt: status.time('completionTimestamp'),
    expiresAt: status.time('expiration'),
    errors: status.number('errors') ?? 0,
    warnings: status.number('warnings') ?? 0,
    itemsBackedUp: progress.number('itemsBackedUp'),
    totalItems: progress.number('totalItems'),
  };
  return forEachNamespace(details, {
    ...identity,
    kind: 'backup',
    series: {
      name: schedule ?? byHand(details.namespaces),
      at: startedAt ?? new Date(0).toISOString(),
    },
    title: of => `Last backup of ${of}: ${phase}`,
    ...readHealth(status, details),
  });
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** What backups of the same namespaces have in common. A name of a schedule has no space in it. */
function byHand(namespaces: readonly string[]): string {
  const names = namespaces.join(' ');
  return names.length <= MAX_SERIES_LENGTH
    ? `by hand ${names}`
    : `by hand ${names.slice(0, MAX_SERIES_LENGTH)}… ${namespaces.length}`;
}

function readHealth(
  status: ObjectFields,
  { phase, errors = 0, warnings = 0 }: BackupDetails,
): Pick<FactObservation, 'health' | 'message'> {
  const reason = status.message('failureReason');
  switch (phase) {
    case 'Completed':
      return warnings > 0
        ? { health: 'healthy', message: countOf(warnings, 'warning') }
        : { health: 'healthy' };
    case 'PartiallyFailed':
      return {
        health: 'degraded',
        message: `Not everything was saved: ${countOf(
          errors,
          'error',
        )}, ${countOf(warnings, 'warning')}${
          reason ? `; ${reason}` : ''
        }; read them with velero backup logs`,
      };
    case 'FailedValidation':
      return {
        health: 'degraded',
        message:
          readValidationErrors(status) ||
          'Velero refused the backup; look at its validation errors',
      };
    default:
      return {
        health: 'degraded',
        message: `Nothing was saved: ${
          reason ??
          `${countOf(errors, 'error')}; read them with velero backup logs`
        }`,
      };
  }
}
