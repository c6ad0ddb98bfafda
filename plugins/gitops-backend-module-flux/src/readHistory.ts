import {
  ObjectFields,
  type ObservedDeployment,
} from '@fairway/plugin-gitops-node';
import { condition } from './readConditions';
import { readRevision } from './readRevision';
import { readSnapshots, SnapshotHistory } from './SnapshotHistory';

/** Reasons of `Ready=False` that mean an attempt to apply a revision failed, not that it waits. */
const FAILED_ATTEMPT = [
  'BuildFailed',
  'HealthCheckFailed',
  'PruneFailed',
  'ReconciliationFailed',
];

/** Which revisions a Kustomization speaks of. */
export interface Revisions {
  status: ObjectFields;
  /** Last one applied. */
  revision?: string;
  /** Last one tried. */
  attempted?: string;
}

/**
 * What the object's history says, oldest first.
 *
 * @remarks
 * Flux has no list of events. Its `history` has one entry for each set of manifests and outcome,
 * which moves to the front and counts on when the same manifests come back. A deployment is known
 * by the digest of its manifests: the revision of an entry is the last one that had them, and
 * changes with each commit and each artifact that changes nothing here. What tells the second time
 * that the same manifests are in force from the first is when those in between were reconciled
 * last, a time that stays as it is while they are not in force.
 *
 * Entries behind the one in force are deployments that may have gone unseen. Those that came back
 * since, or that another one came back after, no longer say when that was, and are left out: their
 * key would be another than the one they had while they were in force.
 */
export function readDeployments(options: Revisions): ObservedDeployment[] {
  const history = new SnapshotHistory(readSnapshots(options.status));
  const applied = readApplied(options, history);
  const failed = readFailed(options, history, applied);
  const before = readEarlier(options, history);
  const all = [...before, applied, failed].filter(
    deployment => deployment !== undefined,
  );
  return [
    ...new Map(all.map(deployment => [deployment.key, deployment])).values(),
  ];
}

/** Where the history has what is in force; -1 before Flux 2.7. */
function indexInForce(history: SnapshotHistory, revision?: string): number {
  return history.entries.findIndex(
    entry => entry.succeeded && entry.revision === revision,
  );
}

function readApplied(
  { status, revision }: Revisions,
  history: SnapshotHistory,
): ObservedDeployment | undefined {
  const index = indexInForce(history, revision);
  if (!revision || index < 0) {
    return readWithoutHistory(status, revision);
  }
  const { first, last } = history.entries[index];
  const before = history.predecessorOf(index)?.last;
  if (!before && index > 0 && history.isFull) {
    // Failed attempts have pushed out what was in force before, which the key stood on.
    return undefined;
  }
  return {
    ...describeApplied(history, index),
    // Manifests that came back were first reconciled before those they replaced.
    finishedAt: !before || first >= before ? first : last,
  };
}

/** Before Flux 2.7, the condition is all there is; it is written at each reconciliation. */
function readWithoutHistory(
  status: ObjectFields,
  revision: string | undefined,
): ObservedDeployment | undefined {
  const ready = condition(status, 'Ready');
  const since = ready.time('lastTransitionTime');
  return revision && since && ready.string('status') === 'True'
    ? {
        key: `applied/${revision}/${since}`,
        revision,
        originRevision: readRevision(
          status.string('lastAppliedOriginRevision'),
        ),
        inferred: true,
        finishedAt: since,
        outcome: 'succeeded',
      }
    : undefined;
}

function describeApplied(
  history: SnapshotHistory,
  index: number,
): ObservedDeployment {
  const { revision, originRevision, first } = history.entries[index];
  return {
    key: history.keyOf(index),
    revision,
    originRevision,
    // Others ran before; of the first ones that are known, nobody can say.
    ...(history.predecessorOf(index) && { changed: true }),
    finishedAt: first,
    outcome: 'succeeded',
  };
}

/**
 * The last attempt, when it failed: known by its manifests, or by its revision when they could not
 * be built. To fail with the manifests that run is no deployment.
 */
function readFailed(
  { status, revision, attempted }: Revisions,
  history: SnapshotHistory,
  applied?: ObservedDeployment,
): ObservedDeployment | undefined {
  const ready = condition(status, 'Ready');
  const finishedAt = ready.time('lastTransitionTime');
  if (
    !attempted ||
    !finishedAt ||
    ready.string('status') !== 'False' ||
    !FAILED_ATTEMPT.includes(ready.string('reason') ?? '')
  ) {
    return undefined;
  }
  const [newest] = history.entries;
  const tried =
    newest && !newest.succeeded && newest.revision === attempted
      ? newest
      : undefined;
  const inForce = history.entries[indexInForce(history, revision)];
  const isOther =
    tried && inForce ? tried.digest !== inForce.digest : attempted !== revision;
  return isOther
    ? {
        // Retries are the same attempt; what it was made upon tells it from one made later.
        key: `failed/${tried?.digest ?? attempted}/after/${
          applied?.key ?? revision ?? 'nothing'
        }`,
        revision: attempted,
        originRevision: tried?.originRevision,
        ...(tried && inForce && { changed: true }),
        finishedAt,
        outcome: 'failed',
        message: ready.message('message'),
      }
    : undefined;
}

/** The entries behind the one in force that still say when they were, oldest first. */
function readEarlier(
  { revision }: Revisions,
  history: SnapshotHistory,
): ObservedDeployment[] {
  const current = indexInForce(history, revision);
  if (current < 0) {
    return [];
  }
  return history.entries
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

function readEarlierApplied(
  history: SnapshotHistory,
  index: number,
): ObservedDeployment | undefined {
  return history.isClear(index) ? describeApplied(history, index) : undefined;
}

function readEarlierFailed(
  history: SnapshotHistory,
  index: number,
): ObservedDeployment | undefined {
  const { entries } = history;
  const { revision, originRevision, first, digest } = entries[index];
  const upon = history.predecessorIndex(index);
  const isFirstTime = upon >= 0 && entries[upon].first <= first;
  const ranBefore = entries
    .slice(index + 1)
    .some(other => other.succeeded && other.digest === digest);
  return isFirstTime &&
    !ranBefore &&
    !history.isOvertaken(index) &&
    !history.isInterrupted(index) &&
    history.isClear(upon)
    ? {
        key: `failed/${digest}/after/${history.keyOf(upon)}`,
        revision,
        originRevision,
        changed: true,
        finishedAt: first,
        outcome: 'failed',
      }
    : undefined;
}
