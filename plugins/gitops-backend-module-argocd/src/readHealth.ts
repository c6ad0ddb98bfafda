import {
  HEALTH_STATUSES,
  type ApplicationCondition,
  type ApplicationResource,
  type HealthStatus,
  type SyncStatus,
} from '@fairway/plugin-gitops-common';
import type { ObjectFields } from '@fairway/plugin-gitops-node';
import { lookUp } from './lookUp';
import { errorOf } from './readConditions';
import { isDryRun, operationPhase } from './readOperations';

const HEALTH: Record<string, HealthStatus> = {
  Healthy: 'healthy',
  Suspended: 'suspended',
  Progressing: 'progressing',
  Missing: 'missing',
  Degraded: 'degraded',
  Unknown: 'unknown',
};

const SYNC: Record<string, SyncStatus> = {
  Synced: 'synced',
  OutOfSync: 'out-of-sync',
  Unknown: 'unknown',
};

export function toHealth(status: string | undefined): HealthStatus {
  return lookUp(HEALTH, status) ?? 'unknown';
}

export function toSync(status: string | undefined): SyncStatus {
  return lookUp(SYNC, status) ?? 'unknown';
}

/**
 * The objects that an application manages; hooks are part of a sync, not of what runs.
 *
 * @param failedAt - see {@link readOtherRevision}
 */
export function readResources(
  status: ObjectFields,
  failedAt?: string,
): ApplicationResource[] {
  const failures = readFailures(status);
  return status
    .list('resources')
    .filter(resource => resource.boolean('hook') !== true)
    .flatMap(resource => {
      const kind = resource.string('kind');
      const name = resource.string('name');
      if (!kind || !name) {
        return [];
      }
      const group = resource.string('group') ?? '';
      const namespace = resource.string('namespace');
      const health = resource.object('health');
      const sync = resource.has('status')
        ? toSync(resource.string('status'))
        : undefined;
      // What is in step by now was repaired, though Argo CD keeps what it said last.
      const failure =
        sync === 'synced' ? undefined : failureOf(resource, failures);
      return [
        {
          group,
          version: resource.string('version') ?? '',
          kind,
          namespace,
          name,
          sync,
          health: health.has('status')
            ? toHealth(health.string('status'))
            : undefined,
          message:
            health.message('message') ??
            (failure && failedAt ? failureAt(failedAt, failure) : failure),
          requiresPruning: resource.boolean('requiresPruning'),
        },
      ];
    });
}

/** Why objects could not be synced, by {@link keyOf}; a dry run says nothing of what runs. */
function readFailures(status: ObjectFields): Map<string, string> {
  const state = status.object('operationState');
  if (isDryRun(state.object('operation'))) {
    return new Map();
  }
  return new Map(
    state
      .object('syncResult')
      .list('resources')
      .filter(result => result.string('status') === 'SyncFailed')
      .map(result => [keyOf(result), result.message('message') ?? '']),
  );
}

function failureOf(
  resource: ObjectFields,
  failures: ReadonlyMap<string, string>,
): string | undefined {
  // Most objects fail nowhere, and there are many.
  return failures.size > 0
    ? failures.get(keyOf(resource)) || undefined
    : undefined;
}

/** That a sync of another revision than the one that is compared now failed, and why. */
function failureAt(revision: string, message: string): string {
  const short = /^[0-9a-f]{40}$/.test(revision)
    ? revision.slice(0, 7)
    : revision;
  return `The sync of ${short} failed: ${message}`;
}

function keyOf(resource: ObjectFields): string {
  return ['group', 'kind', 'namespace', 'name']
    .map(field => resource.string(field) ?? '')
    .join('\n');
}

const NOT_ASSESSED =
  'Argo CD has not assessed it yet; if that lasts, look whether the application controller runs';

/** Since version 3, unless `controller.resource.health.persist` says otherwise. */
function keptApart(health: HealthStatus): string {
  return `Argo CD does not say which object is ${health}: open it there, or set controller.resource.health.persist: 'true' in argocd-cmd-params-cm, and it is told here`;
}

/** Why the application is not healthy: its own words, else those of its worst resource. */
export function readHealthMessage(options: {
  health: HealthStatus;
  status: ObjectFields;
  resources: readonly ApplicationResource[];
  conditions: readonly ApplicationCondition[];
}): string | undefined {
  const { health, status, resources, conditions } = options;
  const own = status.object('health').message('message');
  if (own || health === 'healthy') {
    return own;
  }
  const rank = (resource: ApplicationResource) =>
    HEALTH_STATUSES.indexOf(resource.health ?? 'healthy') * 2 +
    (resource.message ? 1 : 0);
  const [worst] = [...resources].sort((a, b) => rank(b) - rank(a));
  if (worst?.health && worst.health !== 'healthy') {
    const object = `${worst.kind} ${worst.name}`;
    return worst.message
      ? `${object}: ${worst.message}`
      : `${object} is ${worst.health}`;
  }
  const failure = errorOf(conditions);
  if (failure) {
    return failure;
  }
  if (!status.has('health')) {
    return NOT_ASSESSED;
  }
  return status.string('resourceHealthSource') === 'appTree'
    ? keptApart(health)
    : undefined;
}

/** Why it is not synced: an error, a failed operation, else the objects that differ. */
export function readSyncMessage(options: {
  sync: SyncStatus;
  status: ObjectFields;
  resources: readonly ApplicationResource[];
  conditions: readonly ApplicationCondition[];
  /** See {@link readOtherRevision}. */
  failedAt?: string;
}): string | undefined {
  const { sync, status, resources, conditions, failedAt } = options;
  if (sync === 'synced') {
    return undefined;
  }
  const operation = status.object('operationState');
  const failed =
    operationPhase(operation) === 'failed' &&
    !isDryRun(operation.object('operation'));
  const failure = failed ? operation.message('message') : undefined;
  const cause = errorOf(conditions) ?? (failedAt ? undefined : failure);
  if (cause) {
    return cause;
  }
  const texts = [
    differences(resources) ??
      (status.has('sync')
        ? undefined
        : 'Argo CD has not compared it with Git yet'),
    failedAt && failure && failureAt(failedAt, failure),
  ];
  return texts.filter(Boolean).join('. ') || undefined;
}

function differences(
  resources: readonly ApplicationResource[],
): string | undefined {
  const differing = resources.filter(
    resource => resource.sync === 'out-of-sync',
  );
  if (differing.length === 0) {
    return undefined;
  }
  const named = differing
    .slice(0, 3)
    .map(
      resource =>
        `${resource.kind} ${resource.name}${
          resource.requiresPruning ? ' (to be pruned)' : ''
        }`,
    )
    .join(', ');
  const more = differing.length > 3 ? ` and ${differing.length - 3} more` : '';
  return `Differs from Git: ${named}${more}`;
}
