import type {
  Application,
  Deployment,
  Failure,
} from '@fairway/plugin-gitops-common';
import {
  deploymentId,
  failureId,
  type NewDeployment,
  type StoredObservation,
} from '../store';

/** What decides when a deployment failed, and when it was over. */
export interface FailurePlanInput {
  application: Application;
  observation: StoredObservation;
  /** Deployments that this observation adds, oldest first. */
  added: readonly NewDeployment[];
  /** Observed deployments that were stored before, newest first, with their failures. */
  stored: readonly Deployment[];
  /** Failures of the application that last, of whatever deployment. */
  open: readonly Failure[];
  failureWindowSeconds: number;
  now: Date;
}

/** What opens, is reopened or ends, with its new values. */
export interface FailurePlan {
  opened: Failure[];
  closed: Failure[];
}

type Candidate = Pick<
  Deployment,
  'id' | 'revision' | 'startedAt' | 'finishedAt' | 'outcome' | 'message'
> & { failures: readonly Failure[] };

/** Signals whose end only a person, the attribution worker or a fact can tell. */
const ENDED_ELSEWHERE: Array<Failure['signal']> = [
  'incident',
  'mark',
  'rollback',
  'revert',
  'rollout-aborted',
];

function iso(time: string): string {
  return new Date(time).toISOString();
}

/** The deployments that changed something, newest first. */
function candidates(input: FailurePlanInput): Candidate[] {
  const added = input.added
    .filter(({ notCountedReason }) => notCountedReason !== 'same-revision')
    .map(deployment => ({
      ...deployment,
      id: deploymentId(deployment.applicationId, deployment.key),
      failures: [],
    }))
    .reverse();
  const stored = input.stored.filter(
    ({ notCountedReason }) => notCountedReason !== 'same-revision',
  );
  return [...added, ...stored];
}

/** A reconciliation that failed, for those that this observation adds. */
function reconcileFailures(input: FailurePlanInput): Failure[] {
  return input.added
    .filter(
      ({ outcome, notCountedReason }) =>
        outcome === 'failed' && notCountedReason !== 'same-revision',
    )
    .map(deployment => {
      const id = deploymentId(deployment.applicationId, deployment.key);
      return {
        id: failureId(id, 'reconcile'),
        deploymentId: id,
        applicationId: deployment.applicationId,
        signal: 'reconcile',
        reason: deployment.message ?? 'The engine could not apply the revision',
        startedAt: iso(deployment.finishedAt),
      };
    });
}

/** Degraded health that began within the window of the newest deployment. */
function healthFailure(
  input: FailurePlanInput,
  newest?: Candidate,
): Failure | undefined {
  const { application, failureWindowSeconds } = input;
  if (application.health !== 'degraded' || !newest) {
    return undefined;
  }
  const since = Date.parse(application.healthSince);
  // A cluster whose clock is ahead says that it began later than now, which nothing comes after.
  const from = Math.min(
    Date.parse(newest.startedAt ?? newest.finishedAt),
    input.now.getTime(),
  );
  const until = Date.parse(newest.finishedAt) + failureWindowSeconds * 1000;
  if (since < from || since > until) {
    return undefined;
  }
  const earlier = newest.failures.find(({ signal }) => signal === 'health');
  if (earlier && (!earlier.endedAt || since <= Date.parse(earlier.endedAt))) {
    return undefined;
  }
  return {
    id: failureId(newest.id, 'health'),
    deploymentId: newest.id,
    applicationId: application.id,
    signal: 'health',
    reason:
      application.healthMessage ??
      'The engine reports the application degraded',
    // It failed with the first signal, however often it recovers and fails again.
    startedAt: earlier?.startedAt ?? application.healthSince,
  };
}

/**
 * True when the engine's last operation failed on the very revision that it reports. A dry run
 * takes the place of that operation and says nothing of it: what failed before it still did.
 */
function lastOperationFailed(
  { observation }: FailurePlanInput,
  failed: Candidate | undefined,
): boolean {
  const { operation, revision } = observation;
  if (operation?.dryRun) {
    return failed !== undefined && failed.revision === revision;
  }
  return (
    operation?.phase === 'failed' &&
    operation.revision !== undefined &&
    operation.revision === revision
  );
}

/** When a failure was over, by what is known now; undefined while it lasts. */
function endOf(
  failure: Failure,
  input: FailurePlanInput,
  deployments: readonly Candidate[],
): string | undefined {
  const { application } = input;
  const startedAt = Date.parse(failure.startedAt);
  if (failure.signal === 'reconcile') {
    const repair = [...deployments]
      .reverse()
      .find(
        ({ outcome, finishedAt, id }) =>
          outcome === 'succeeded' &&
          id !== failure.deploymentId &&
          Date.parse(finishedAt) >= startedAt,
      );
    if (repair) {
      return iso(repair.finishedAt);
    }
    const runsWell =
      application.health === 'healthy' &&
      application.sync === 'synced' &&
      !lastOperationFailed(
        input,
        deployments.find(({ id }) => id === failure.deploymentId),
      );
    // By the clock of the cluster it may not have begun yet.
    return runsWell
      ? new Date(Math.max(startedAt, input.now.getTime())).toISOString()
      : undefined;
  }
  if (application.health !== 'healthy') {
    return undefined;
  }
  return Date.parse(application.healthSince) >= startedAt
    ? application.healthSince
    : input.now.toISOString();
}

/** The failures that an observation opens and ends. Replaying an observation plans nothing. */
export function planFailures(input: FailurePlanInput): FailurePlan {
  const deployments = candidates(input);
  const health = healthFailure(input, deployments[0]);
  const opened = [...reconcileFailures(input), ...(health ? [health] : [])];
  const openedIds = new Set(opened.map(({ id }) => id));
  const closed: Failure[] = [];
  for (const failure of [
    ...opened,
    ...input.open.filter(({ id }) => !openedIds.has(id)),
  ]) {
    const endedAt = ENDED_ELSEWHERE.includes(failure.signal)
      ? undefined
      : endOf(failure, input, deployments);
    if (endedAt !== undefined) {
      closed.push({ ...failure, endedAt });
    }
  }
  return { opened, closed };
}
