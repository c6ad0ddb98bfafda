import {
  ObjectFields,
  type ObservedDeployment,
} from '@fairway/plugin-gitops-node';
import { condition } from './readConditions';
import { readRevision } from './readRevision';

/** Reasons of `Ready=False` that mean an attempt to apply a revision failed, not that it waits. */
const FAILED_ATTEMPT = [
  'BuildFailed',
  'HealthCheckFailed',
  'PruneFailed',
  'ReconciliationFailed',
];

/** Entries that the history of a Kustomization keeps; older ones are dropped. */
const KEPT = 5;

/** Which revisions a Kustomization speaks of. */
export interface Revisions {
  status: ObjectFields;
  /** Last one applied. */
  revision?: string;
  /** Last one tried. */
  attempted?: string;
}

/** One set of manifests with one outcome, as `status.history` has it. */
interface Snapshot {
  digest: string;
  succeeded: boolean;
  revision: string;
  /** ISO times. */
  first: string;
  last: string;
}

/**
 * What the object's history says, oldest first.
 *
 * @remarks
 * Flux has no list of events. Its `history` has one entry for each set of manifests and outcome,
 * which moves to the front and counts on when the same manifests come back; what tells the second
 * time from the first is when the manifests in between were reconciled last, a time that stays as
 * it is while they are not in force. Without a history (before Flux 2.7) it is the time of the
 * `Ready` condition.
 *
 * Entries behind the one in force are deployments that may have gone unseen. Those that came back
 * since, or that another one came back after, no longer say when that was, and are left out: their
 * key would be another than the one they had while they were in force.
 */
export function readDeployments(options: Revisions): ObservedDeployment[] {
  const history = readSnapshots(options.status);
  const applied = readApplied(options, history);
  const failed = readFailed(options, applied);
  const before = readEarlier(options, history);
  const all = [...before, applied, failed].filter(
    deployment => deployment !== undefined,
  );
  return [
    ...new Map(all.map(deployment => [deployment.key, deployment])).values(),
  ];
}

/** The entries that are complete, newest first. */
function readSnapshots(status: ObjectFields): Snapshot[] {
  return status
    .list('history')
    .slice(0, KEPT)
    .flatMap(entry => {
      const digest = entry.string('digest');
      const first = entry.time('firstReconciled');
      const last = entry.time('lastReconciled');
      const revision = readRevision(
        entry.object('metadata').string('revision'),
      );
      return digest && first && last && revision
        ? [
            {
              digest,
              succeeded:
                entry.string('lastReconciledStatus') ===
                'ReconciliationSucceeded',
              revision,
              first,
              last,
            },
          ]
        : [];
    });
}

/** The manifests that were in force before those at `index`: the next that were applied. */
function predecessorOf(
  history: Snapshot[],
  index: number,
): Snapshot | undefined {
  return history
    .slice(index + 1)
    .find(
      ({ succeeded, digest }) => succeeded && digest !== history[index].digest,
    );
}

function keyOf(history: Snapshot[], index: number): string {
  const { revision, first } = history[index];
  return `applied/${revision}/${predecessorOf(history, index)?.last ?? first}`;
}

function readApplied(
  { status, revision }: Revisions,
  history: Snapshot[],
): ObservedDeployment | undefined {
  if (!revision) {
    return undefined;
  }
  const index = history.findIndex(
    entry => entry.succeeded && entry.revision === revision,
  );
  if (index < 0) {
    const ready = condition(status, 'Ready');
    const since = ready.time('lastTransitionTime');
    return since && ready.string('status') === 'True'
      ? {
          key: `applied/${revision}/${since}`,
          revision,
          finishedAt: since,
          outcome: 'succeeded',
        }
      : undefined;
  }
  const { first, last } = history[index];
  const before = predecessorOf(history, index)?.last;
  if (!before && index > 0 && history.length >= KEPT) {
    // Failed attempts have pushed out what was in force before, which the key stood on.
    return undefined;
  }
  return {
    key: keyOf(history, index),
    revision,
    // Manifests that came back were first reconciled before those they replaced.
    finishedAt: !before || first >= before ? first : last,
    outcome: 'succeeded',
  };
}

function readFailed(
  { status, revision, attempted }: Revisions,
  applied?: ObservedDeployment,
): ObservedDeployment | undefined {
  const ready = condition(status, 'Ready');
  const finishedAt = ready.time('lastTransitionTime');
  if (
    !attempted ||
    attempted === revision ||
    !finishedAt ||
    ready.string('status') !== 'False' ||
    !FAILED_ATTEMPT.includes(ready.string('reason') ?? '')
  ) {
    return undefined;
  }
  return {
    // Retries are the same attempt; what it was made upon tells it from one made later.
    key: `failed/${attempted}/after/${applied?.key ?? revision ?? 'nothing'}`,
    revision: attempted,
    finishedAt,
    outcome: 'failed',
    message: ready.message('message'),
  };
}

/** The entries behind the one in force that still say when they were, oldest first. */
function readEarlier(
  { revision }: Revisions,
  history: Snapshot[],
): ObservedDeployment[] {
  const current = history.findIndex(
    entry => entry.succeeded && entry.revision === revision,
  );
  if (current < 0) {
    return [];
  }
  return history
    .map((entry, index) => ({ entry, index }))
    .filter(({ index }) => index > current)
    .flatMap(({ entry, index }) => {
      const deployment = entry.succeeded
        ? readEarlierApplied(history, index)
        : readEarlierFailed(history, index);
      return deployment ? [deployment] : [];
    })
    .sort((a, b) => a.finishedAt.localeCompare(b.finishedAt));
}

/** Whether manifests that were applied before these came back after them. */
function isOvertaken(history: Snapshot[], index: number): boolean {
  return history
    .slice(0, index)
    .some(({ succeeded, first }) => succeeded && first <= history[index].first);
}

/** Whether others were applied in between: then these were in force more than once. */
function isInterrupted(history: Snapshot[], index: number): boolean {
  const { first, last } = history[index];
  return history.some(
    other => other.succeeded && other.first > first && other.first <= last,
  );
}

/**
 * Applied once only, upon what the history still has behind it. As entries are dropped by the time
 * of their last reconciliation, all that came after that one are still there.
 */
function isClear(history: Snapshot[], index: number): boolean {
  const before = predecessorOf(history, index);
  return (
    !isOvertaken(history, index) &&
    !isInterrupted(history, index) &&
    (before ? before.last <= history[index].first : history.length < KEPT)
  );
}

function readEarlierApplied(
  history: Snapshot[],
  index: number,
): ObservedDeployment | undefined {
  const { revision, first } = history[index];
  return isClear(history, index)
    ? {
        key: keyOf(history, index),
        revision,
        finishedAt: first,
        outcome: 'succeeded',
      }
    : undefined;
}

function readEarlierFailed(
  history: Snapshot[],
  index: number,
): ObservedDeployment | undefined {
  const { revision, first, digest } = history[index];
  const upon = history.findIndex(
    (other, at) => at > index && other.succeeded && other.digest !== digest,
  );
  const isFirstTime = upon >= 0 && history[upon].first <= first;
  const ranBefore = history
    .slice(index + 1)
    .some(other => other.succeeded && other.digest === digest);
  return isFirstTime &&
    !ranBefore &&
    !isOvertaken(history, index) &&
    !isInterrupted(history, index) &&
    isClear(history, upon)
    ? {
        key: `failed/${revision}/after/${keyOf(history, upon)}`,
        revision,
        finishedAt: first,
        outcome: 'failed',
      }
    : undefined;
}
