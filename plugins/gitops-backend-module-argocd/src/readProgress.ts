import {
  outcomeOf,
  type CommandRequest,
  type CommandResult,
  type CommandRun,
} from '@fairway/plugin-gitops-common';
import {
  limitResults,
  ObjectFields,
  type CommandProgress,
  type KubernetesObject,
} from '@fairway/plugin-gitops-node';
import { CONDITION_DELETING, readConditions } from './readConditions';
import { readInitiator, readMark } from './operationMark';
import { FORSAKEN, isForsaken, operationPhase } from './readOperations';
import { readResults } from './readResults';

/** How far apart the clocks of a cluster and of the backend may be. */
const CLOCK_TOLERANCE_MS = 60_000;
/** Argo CD writes times in whole seconds. */
const TIME_RESOLUTION_MS = 1_000;
/** How many objects that failed are named in one message. */
const MAX_FAILURES = 3;

/**
 * How a command stands, by what its `Application` says now; undefined when it says nothing of it.
 *
 * @remarks
 * - A **sync** is known by the entries of `operation.info` that name the command. An operation
 *   without them is taken for it when it started after the request (clocks may differ by a
 *   minute), is not Argo CD's own, and asks for the same. Another operation that came after it
 *   supersedes it.
 * - A **refresh** is over when Argo CD removed its annotation and compared again.
 * - A **termination** is over when the operation is, or another one runs.
 *
 * An object may come late, and show what was before: a command that runs is never said to wait
 * again, and nothing older than the request ends it.
 */
export function readProgress(
  object: KubernetesObject,
  run: CommandRun,
): CommandProgress | undefined {
  const fields = ObjectFields.of(object);
  switch (run.command) {
    case 'sync':
      return syncProgress(fields, run);
    case 'refresh':
      return refreshProgress(fields, run);
    case 'terminate':
      return terminateProgress(fields, run);
    default:
      return undefined;
  }
}

function syncProgress(
  object: ObjectFields,
  run: CommandRun,
): CommandProgress | undefined {
  const state = object.object('status').object('operationState');
  const requested = object.object('operation');
  const phase = operationPhase(state);
  const startedAt = state.string('startedAt') ?? '';
  if (isOfRun(state.object('operation'), run, startedAt)) {
    return isForsaken(object)
      ? { state: 'failed', message: FORSAKEN }
      : operationProgress(state);
  }
  const deleting = readConditions(object).find(
    ({ type }) => type === CONDITION_DELETING,
  );
  if (deleting) {
    return { state: 'failed', message: deleting.message };
  }
  const lasts = phase === 'running' || phase === 'terminating';
  // While an operation lasts, what asked for it is still there.
  const since = lasts ? state.string('startedAt') : undefined;
  if (requested.has('sync') && isOfRun(requested, run, since)) {
    return run.state === 'running'
      ? undefined
      : {
          state: 'requested',
          message: lasts
            ? 'Argo CD starts it when the operation before it ends'
            : 'Waiting for Argo CD to start it',
        };
  }
  // Who saw its own operation run knows that this is another one, unless it is an old one.
  const isAfter =
    elapsed(run, state.string('startedAt')) >
    (run.state === 'running' ? -TIME_RESOLUTION_MS : CLOCK_TOLERANCE_MS);
  const isReplaced = elapsed(run, readMark(requested)?.requestedAt) > 0;
  if (isReplaced || (phase && isAfter)) {
    const other = isReplaced ? requested : state.object('operation');
    const by = readInitiator(other) ?? 'Argo CD itself';
    return {
      state: 'superseded',
      message: `Another operation, of ${by}, ran in its place; look at the application and ask again`,
    };
  }
  return undefined;
}

/** Milliseconds from the request to a time; NaN, which compares with nothing, when there is none. */
function elapsed(run: CommandRun, time: string | undefined): number {
  return Date.parse(time ?? '') - Date.parse(run.requestedAt);
}

/** Whether an operation is the one that a command asked for. */
function isOfRun(
  operation: ObjectFields,
  run: CommandRun,
  startedAt?: string,
): boolean {
  const mark = readMark(operation);
  if (mark) {
    return (
      mark.requestedBy === run.requestedBy &&
      elapsed(run, mark.requestedAt) === 0
    );
  }
  const by = operation.object('initiatedBy');
  const username = by.string('username');
  return (
    operation.has('sync') &&
    by.boolean('automated') !== true &&
    // An account of Argo CD may stand for anybody, an entity ref only for that user.
    (username === run.requestedBy || !username?.includes(':')) &&
    (startedAt === undefined ||
      elapsed(run, startedAt) >= -TIME_RESOLUTION_MS) &&
    asksForTheSame(operation.object('sync'), run.request)
  );
}

function asksForTheSame(sync: ObjectFields, request: CommandRequest): boolean {
  const { revision } = request;
  const revisions = [sync.string('revision'), ...sync.strings('revisions')];
  const strategy = sync.object('syncStrategy');
  const isForced = ['hook', 'apply'].some(
    name => strategy.object(name).boolean('force') === true,
  );
  return (
    (sync.boolean('prune') === true) === (request.prune === true) &&
    (sync.boolean('dryRun') === true) === (request.dryRun === true) &&
    isForced === (request.force === true) &&
    sync.list('resources').length === (request.resources?.length ?? 0) &&
    // Argo CD's API writes the commit that a branch or a tag stands for.
    (!revision ||
      !/^[0-9a-f]{7,40}$/.test(revision) ||
      revisions.some(one => one?.startsWith(revision)))
  );
}

/** How an operation stands; when it ended, with what became of each object. */
function operationProgress(state: ObjectFields): CommandProgress {
  const phase = operationPhase(state);
  const message = state.message('message');
  if (phase === 'succeeded' || phase === 'failed') {
    const results = readResults(state);
    const failures = phase === 'failed' ? failuresOf(results) : '';
    return {
      state: phase,
      message:
        [message, failures].filter(Boolean).join(': ') ||
        (phase === 'failed'
          ? 'It failed, and Argo CD does not say why; look at its resources'
          : undefined),
      finishedAt: state.time('finishedAt'),
      ...limitResults(results),
    };
  }
  return {
    state: 'running',
    message: phase === 'terminating' ? 'Argo CD is terminating it' : message,
  };
}

function failuresOf(results: readonly CommandResult[]): string {
  const failed = results
    .filter(result => outcomeOf(result) === 'failed')
    .map(
      ({ kind, name, message }) => `${kind} ${name}: ${message ?? 'failed'}`,
    );
  const more = failed.length - MAX_FAILURES;
  return [
    ...failed.slice(0, MAX_FAILURES),
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('; ');
}

function refreshProgress(
  object: ObjectFields,
  run: CommandRun,
): CommandProgress | undefined {
  const annotations = object.object('metadata').record('annotations');
  if (annotations['argocd.argoproj.io/refresh'] !== undefined) {
    return {
      state: 'running',
      message: 'Argo CD is comparing it with its source',
    };
  }
  const reconciledAt = object.object('status').time('reconciledAt');
  // Who saw the annotation knows that it is gone, and may trust another clock more.
  const tolerance =
    run.state === 'running' ? CLOCK_TOLERANCE_MS : TIME_RESOLUTION_MS;
  if (!(elapsed(run, reconciledAt) >= -tolerance)) {
    return undefined;
  }
  // Other errors are of what came of the comparison.
  const error = readConditions(object).find(({ type }) =>
    ['ComparisonError', 'InvalidSpecError'].includes(type),
  );
  return {
    ...(error
      ? { state: 'failed', message: error.message }
      : {
          state: 'succeeded',
          message: 'Argo CD compared it with its source again',
        }),
    finishedAt: reconciledAt,
  };
}

function terminateProgress(
  object: ObjectFields,
  run: CommandRun,
): CommandProgress | undefined {
  const state = object.object('status').object('operationState');
  const phase = operationPhase(state);
  const isAnother =
    elapsed(run, state.string('startedAt')) > CLOCK_TOLERANCE_MS;
  if (phase === undefined || isAnother || isForsaken(object)) {
    return { state: 'succeeded', message: 'The operation is over' };
  }
  if (phase === 'running') {
    return run.state === 'running' ? undefined : { state: 'requested' };
  }
  return phase === 'terminating'
    ? { state: 'running', message: 'Argo CD is terminating the operation' }
    : {
        state: 'succeeded',
        message: `The operation is over: ${
          state.message('message') ?? state.string('phase')
        }`,
        // One that ended before was over without the command.
        finishedAt:
          elapsed(run, state.string('finishedAt')) >= -TIME_RESOLUTION_MS
            ? state.time('finishedAt')
            : undefined,
      };
}
