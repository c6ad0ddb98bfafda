import type { ApplicationOperation } from '@fairway/plugin-gitops-common';
import type {
  ObjectFields,
  ObservedDeployment,
} from '@fairway/plugin-gitops-node';
import { primaryRevision, type ArgocdSources } from './readSources';

const PHASES: Record<string, ApplicationOperation['phase']> = {
  Running: 'running',
  Terminating: 'terminating',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Error: 'failed',
};

/** Who asked; absent when Argo CD did so by itself. */
function initiator(initiatedBy: ObjectFields): string | undefined {
  return initiatedBy.boolean('automated') === true
    ? undefined
    : initiatedBy.string('username');
}

/** What Argo CD is doing, or did last. */
export function readOperation(
  object: ObjectFields,
  sources: ArgocdSources,
): ApplicationOperation | undefined {
  const state = object.object('status').object('operationState');
  const phase = PHASES[state.string('phase') ?? ''];
  const requested = object.object('operation');
  if (requested.has('sync') && phase !== 'running' && phase !== 'terminating') {
    // The controller copies it to the state when it takes it up.
    return {
      phase: 'running',
      message: 'Waiting for Argo CD to start it',
      revision: primaryRevision(requested.object('sync'), sources),
      initiatedBy: initiator(requested.object('initiatedBy')),
    };
  }
  if (!phase) {
    return undefined;
  }
  return {
    phase,
    message: state.string('message'),
    startedAt: state.time('startedAt'),
    finishedAt: state.time('finishedAt'),
    revision: operationRevision(state, sources),
    initiatedBy: initiator(state.object('operation').object('initiatedBy')),
  };
}

function operationRevision(
  state: ObjectFields,
  sources: ArgocdSources,
): string | undefined {
  return (
    primaryRevision(state.object('syncResult'), sources) ??
    primaryRevision(state.object('operation').object('sync'), sources)
  );
}

/** Images of the objects that an operation applied, sorted. */
function appliedImages(state: ObjectFields): string[] {
  const images = state
    .object('syncResult')
    .list('resources')
    .flatMap(resource => resource.strings('images'));
  return [...new Set(images)].sort();
}

/**
 * The history, oldest first, and the last operation when it failed.
 *
 * @remarks
 * Argo CD appends to the history only what changed the cluster as a whole: no dry runs and no
 * syncs of single objects. The same is left out of the failures. An `id` of the history starts
 * again at 0 with the object, hence the time in the key.
 */
export function readDeployments(
  status: ObjectFields,
  sources: ArgocdSources,
): ObservedDeployment[] {
  const state = status.object('operationState');
  const images = appliedImages(state);
  const succeeded = status.list('history').flatMap((entry, index) => {
    const revision = primaryRevision(entry, sources);
    const finishedAt = entry.time('deployedAt');
    if (!revision || !finishedAt) {
      return [];
    }
    const startedAt = entry.time('deployStartedAt');
    const isLastOperation =
      startedAt !== undefined && startedAt === state.time('startedAt');
    const deployment: ObservedDeployment = {
      key: `history/${entry.number('id') ?? index}/${finishedAt}`,
      revision,
      startedAt,
      finishedAt,
      outcome: 'succeeded',
      initiatedBy: initiator(entry.object('initiatedBy')),
      images: isLastOperation && images.length > 0 ? images : undefined,
    };
    return [deployment];
  });
  const failed = readFailedOperation(state, sources);
  const all = failed ? [...succeeded, failed] : succeeded;
  const byKey = new Map(all.map(deployment => [deployment.key, deployment]));
  return [...byKey.values()].sort((a, b) =>
    a.finishedAt.localeCompare(b.finishedAt),
  );
}

function readFailedOperation(
  state: ObjectFields,
  sources: ArgocdSources,
): ObservedDeployment | undefined {
  const revision = operationRevision(state, sources);
  const startedAt = state.time('startedAt');
  const operation = state.object('operation');
  const sync = operation.object('sync');
  const wholeAndReal =
    sync.boolean('dryRun') !== true && sync.list('resources').length === 0;
  if (
    PHASES[state.string('phase') ?? ''] !== 'failed' ||
    !revision ||
    !startedAt ||
    !wholeAndReal
  ) {
    return undefined;
  }
  return {
    key: `failed/${revision}/${startedAt}`,
    revision,
    startedAt,
    finishedAt: state.time('finishedAt') ?? startedAt,
    outcome: 'failed',
    message: state.string('message'),
    initiatedBy: initiator(operation.object('initiatedBy')),
  };
}
