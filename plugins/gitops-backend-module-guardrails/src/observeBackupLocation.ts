import type { BackupDetails } from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { readIdentity } from './readRef';

/**
 * Whether the place that backups are stored in can be reached. Times are left out: Velero looks
 * every minute, and rewrites them while nothing else changes.
 */
export function observeBackupLocation(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation[] {
  const fields = ObjectFields.of(object);
  const identity = readIdentity(object, context);
  const status = fields.object('status');
  const phase = status.string('phase');
  const details: BackupDetails = {
    of: 'location',
    namespaces: [],
    location: identity.ref.name,
    phase,
  };
  return [
    {
      ...identity,
      kind: 'backup',
      shared: true,
      title: `Backup location ${identity.ref.name}: ${
        phase ?? 'not looked at'
      }`,
      ...readHealth(phase, status.message('message')),
      details: { ...details },
    },
  ];
}

function readHealth(
  phase: string | undefined,
  message: string | undefined,
): Pick<FactObservation, 'health' | 'message'> {
  switch (phase) {
    case 'Available':
      return { health: 'healthy' };
    case 'Unavailable':
      return {
        health: 'degraded',
        message:
          message ??
          'Velero cannot reach it, so no backup is made; look at its bucket and credentials',
      };
    default:
      return {
        health: 'unknown',
        message:
          message ??
          'Velero has not looked at it yet; if that lasts, look whether Velero runs',
      };
  }
}
