import type { ApplicationOperation } from '@fairway/plugin-gitops-common';
import type {
  ObjectFields,
  ObservedDeployment,
} from '@fairway/plugin-gitops-node';
import { lookUp } from './lookUp';
import { readInitiator } from './operationMark';
import type { ArgocdSources } from './readSources';
import {
  areOthers,
  tellHistory,
  tellRevision,
  type ToldRevision,
} from './tellRevision';

const PHASES: Record<string, ApplicationOperation['phase']> = {
  Running: 'running',
  Terminating: 'terminating',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Error: 'failed',
};

/** What is to be said of an operation that is forsaken; see {@link isForsaken}. */
export const FORSAKEN =
  'Argo CD does not work on it any more, because the request for it is gone; sync again';

/** What several readers of one `Application` share. */
export interface OperationContext {
  sources: ArgocdSources;
  /** What the history told last; absent when there is none. */
  last?: ToldRevision;
}

/** What Argo CD is doing, or did last. */
export function readOperation(
  object: ObjectFields,
  context: OperationContext,
): ApplicationOperation | undefined {
  const state = object.object('status').object('operationState');
  const phase = operationPhase(state);
  const requested = object.object('operation');
  if (requested.has('sync') && phase !== 'running' && phase !== 'terminating') {
    // The controller copies it to the state when it takes it up.
    return {
      phase: 'running',
      ...(isDryRun(requested) && { dryRun: true }),
      message: 'Waiting for Argo CD to start it',
      revision: tell(requested.object('sync'), context),
      initiatedBy: readInitiator(requested),
    };
  }
  if (!phase) {
    return undefined;
  }
  if (isForsaken(object)) {
    return {
      phase: 'failed',
      message: FORSAKEN,
      startedAt: state.time('startedAt'),
      revision: operationRevision(state, context),
      initiatedBy: readInitiator(state.object('operation')),
    };
  }
  const retryCount = state.number('retryCount');
  return {
    phase,
    ...(isDryRun(state.object('operation')) && { dryRun: true }),
    message: state.message('message'),
    startedAt: state.time('startedAt'),
    // While it is tried again, Argo CD keeps the end of the attempt before.
    finishedAt: phase === 'running' ? undefined : state.time('finishedAt'),
    revision: operationRevision(state, context),
    initiatedBy: readInitiator(state.object('operation')),
    ...(retryCount && { retryCount }),
  };
}

/**
 * Whether the state of an operation says for ever that it lasts: Argo CD works on it only while
 * the `operation` that asked for it is there, and drops that together with its end.
 */
export function isForsaken(object: ObjectFields): boolean {
  const state = object.object('status').object('operationState');
  const phase = operationPhase(state);
  return (
    (phase === 'running' || phase === 'terminating') && !object.has('operation')
  );
}

/** The phase of an `operationState` in the words of the vocabulary. */
export function operationPhase(
  state: ObjectFields,
): ApplicationOperation['phase'] | undefined {
  return lookUp(PHASES, state.string('phase'));
}

/** True when an `operation` changes nothing. */
export function isDryRun(operation: ObjectFields): boolean {
  return operation.object('sync').boolean('dryRun') === true;
}

function tell(
  holder: ObjectFields,
  { sources, last }: OperationContext,
): string | undefined {
  return holder.has('revision') || holder.has('revisions')
    ? tellRevision(holder, sources, last).told
    : undefined;
}

function operationRevision(
  state: ObjectFields,
  context: OperationContext,
): string | undefined {
  return (
    tell(state.object('syncResult'), context) ??
    tell(state.object('operation').object('sync'), context)
  );
}

/**
 * The revision of the last operation, when another one was compared since: what it says of
 * failures is about that revision then.
 */
export function readOtherRevision(
  status: ObjectFields,
  { sources, last }: OperationContext,
  compared: ToldRevision,
): string | undefined {
  const result = status.object('operationState').object('syncResult');
  const synced = tellRevision(result, sources, last);
  return areOthers(synced, compared) ? synced.told : undefined;
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
  const history = tellHistory(status, sources);
  const last = history.at(-1)?.revision;
  const succeeded = history.flatMap(({ entry, revision: { told } }, index) => {
    const finishedAt = entry.time('deployedAt');
    if (!told || !finishedAt) {
      return [];
    }
    const startedAt = entry.time('deployStartedAt');
    const isLastOperation =
      startedAt !== undefined && startedAt === state.time('startedAt');
    const deployment: ObservedDeployment = {
      key: `history/${entry.number('id') ?? index}/${finishedAt}`,
      revision: told,
      startedAt,
      finishedAt,
      outcome: 'succeeded',
      initiatedBy: readInitiator(
        isLastOperation ? state.object('operation') : entry,
      ),
      images: isLastOperation && images.length > 0 ? images : undefined,
    };
    return [deployment];
  });
  const failed = readFailedOperation(state, { sources, last });
  const all = failed ? [...succeeded, failed] : succeeded;
  const byKey = new Map(all.map(deployment => [deployment.key, deployment]));
  return [...byKey.values()].sort((a, b) =>
    a.finishedAt.localeCompare(b.finishedAt),
  );
}

function readFailedOperation(
  state: ObjectFields,
  context: OperationContext,
): ObservedDeployment | undefined {
  const revision = operationRevision(state, context);
  const startedAt = state.time('startedAt');
  const operation = state.object('operation');
  const wholeAndReal =
    !isDryRun(operation) &&
    operation.object('sync').list('resources').length === 0;
  if (
    operationPhase(state) !== 'failed' ||
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
    message: state.message('message'),
    initiatedBy: readInitiator(operation),
  };
}
