import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { timestamp } from '../objects/conditions';
import {
  BACKUP,
  BACKUP_LOCATION,
  BACKUP_SCHEDULE,
  DEPLOYMENT,
  keyOf,
  POD,
  SERVICE,
} from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { Reconciler } from '../Reconciler';
import { ownedBy } from '../workloads/owners';

const SCHEDULE_LABEL = 'velero.io/schedule-name';

/** Backups of a schedule that are kept, whatever their time to live: nobody waits for it here. */
const KEPT_BACKUPS = 3;

const DAY_MS = 86_400_000;

/** What is counted in a namespace; the stand-in saves nothing. */
const SAVED_KINDS = [DEPLOYMENT, SERVICE, POD];

/**
 * Stands in for Velero: a schedule makes a backup at once and then again and again, whatever its
 * cron expression says; a backup completes when its location is there.
 */
export function createBackupController(context: ControllerContext): Controller {
  return new Reconciler({
    ...context,
    name: 'velero',
    kind: BACKUP_SCHEDULE,
    watches: [
      {
        kind: BACKUP_LOCATION,
        keys: ({ object }) => {
          if (object.status?.phase !== 'Available') {
            writeStatus(context.cluster, object, { phase: 'Available' });
          }
          return [];
        },
      },
    ],
    reconcile: schedule => reconcile(context, schedule),
  });
}

function reconcile(
  context: ControllerContext,
  schedule: KubernetesObject,
): number | undefined {
  const { cluster, timing } = context;
  const { spec, status, metadata } = schedule;
  if (metadata.deletionTimestamp) {
    return undefined;
  }
  if (!/^(@|(\S+\s+){4}\S+$)/.test(spec.schedule ?? '')) {
    writeStatus(cluster, schedule, {
      phase: 'FailedValidation',
      validationErrors: [
        `invalid schedule: expected exactly 5 fields, found ${
          String(spec.schedule ?? '')
            .split(/\s+/)
            .filter(Boolean).length
        }: [${spec.schedule ?? ''}]`,
      ],
    });
    return undefined;
  }
  if (spec.paused) {
    writeStatus(cluster, schedule, { ...status, phase: 'Enabled' });
    return undefined;
  }
  const due =
    Date.parse(status?.lastBackup ?? '') + timing.guardrailMs - Date.now();
  if (due > 0) {
    return due;
  }
  const now = timestamp();
  backUp(context, schedule, now);
  removeOld(context, schedule);
  writeStatus(cluster, schedule, { phase: 'Enabled', lastBackup: now });
  return timing.guardrailMs;
}

function backUp(
  { cluster }: ControllerContext,
  schedule: KubernetesObject,
  now: string,
): void {
  const { name, namespace, labels } = schedule.metadata;
  const { template } = schedule.spec;
  const key = {
    ...BACKUP,
    namespace,
    name: `${name}-${now.replace(/\D/g, '')}`,
  };
  if (cluster.get(key)) {
    return;
  }
  const location = cluster.get({
    ...BACKUP_LOCATION,
    namespace,
    name: template.storageLocation ?? 'default',
  });
  const backup = cluster.create({
    ...BACKUP,
    metadata: {
      ...{ namespace, name: key.name },
      labels: {
        ...labels,
        [SCHEDULE_LABEL]: name,
        'velero.io/storage-location': template.storageLocation ?? 'default',
      },
      ownerReferences: ownedBy(schedule),
    },
    spec: template,
  });
  const items = countItems(cluster, template.includedNamespaces ?? []);
  const expiration = timestamp(Date.parse(now) + 30 * DAY_MS);
  writeStatus(cluster, backup, {
    version: 1,
    formatVersion: '1.1.0',
    startTimestamp: now,
    completionTimestamp: timestamp(),
    expiration,
    ...(location
      ? {
          phase: 'Completed',
          progress: { totalItems: items, itemsBackedUp: items },
        }
      : {
          phase: 'FailedValidation',
          validationErrors: [
            `an existing backup storage location wasn't specified at backup creation time and the default '${
              template.storageLocation ?? 'default'
            }' wasn't found`,
          ],
        }),
  });
}

function countItems(
  cluster: ControllerContext['cluster'],
  namespaces: readonly string[],
): number {
  return namespaces
    .flatMap(namespace =>
      SAVED_KINDS.map(kind => cluster.list(kind, { namespace }).length),
    )
    .reduce((total, count) => total + count, 0);
}

function removeOld(
  { cluster }: ControllerContext,
  { metadata }: KubernetesObject,
): void {
  const { namespace, name } = metadata;
  const old = cluster
    .list(BACKUP, { namespace, labels: { [SCHEDULE_LABEL]: name } })
    .sort((left, right) =>
      right.metadata.name.localeCompare(left.metadata.name),
    );
  for (const backup of old.slice(KEPT_BACKUPS)) {
    cluster.delete(keyOf(backup));
  }
}
