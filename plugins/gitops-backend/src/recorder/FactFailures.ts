import type { Failure } from '@fairway/plugin-gitops-common';
import type { FactFailure, Recording, StoredFact } from '../store';
import type { IndexedApplication } from './ApplicationIndex';
import { isUnrecorded } from './failuresAfter';
import { planFactFailures, type FactFailuresPlan } from './planFactFailures';
import type { RecorderOptions } from './Recorder';

/** Deployments among which the one that failed is looked for. */
const LATEST_DEPLOYMENTS = 30;

/** The application in which a fact is a failure, as far as it is known. */
type FailedApplication = Pick<IndexedApplication, 'id' | 'cluster'>;

/**
 * Records the failures that facts mean for deployments: an aborted rollout. Each opens once, and
 * is over when what the fact is about is healthy again, or gone. One whose deployment cannot be
 * told yet waits until its application is seen again.
 */
export class FactFailures {
  readonly #options: Pick<RecorderOptions, 'store' | 'listener'>;
  /** Facts of which something waits to be recorded, with their applications. */
  readonly #waiting = new Map<string, string | undefined>();

  constructor(options: Pick<RecorderOptions, 'store' | 'listener'>) {
    this.#options = options;
  }

  /** Facts of which something waits for one of these applications. */
  waitingFor(applicationIds: readonly string[]): string[] {
    return [...this.#waiting].flatMap(([factId, applicationId]) =>
      applicationId !== undefined && applicationIds.includes(applicationId)
        ? [factId]
        : [],
    );
  }

  /**
   * Records what can be of a fact.
   *
   * @param options - `isGone` when it is not stored any more
   */
  async record(
    { fact, failures = [] }: Pick<StoredFact, 'fact' | 'failures'>,
    application: FailedApplication | undefined,
    options: { isGone?: boolean } = {},
  ): Promise<void> {
    const isWaiting = failures.some(isUnrecorded);
    if (isWaiting && !options.isGone) {
      this.#waiting.set(fact.id, application?.id);
    } else {
      this.#waiting.delete(fact.id);
    }
    const clusters = clustersOf(failures, application);
    if (!isWaiting || clusters.length === 0) {
      return;
    }
    const { store } = this.#options;
    const plan = await store.recording(clusters, async recording => {
      const stored = options.isGone
        ? { failures }
        : await recording.storedFact(fact.id);
      const planned = await planOf(recording, {
        ...{ factId: fact.id, failures: stored?.failures ?? [], application },
      });
      await recording.putFailures(planned.changes);
      await recording.putFactFailures(fact.id, planned.failures);
      return planned;
    });
    if (!plan.failures.some(isUnrecorded)) {
      this.#waiting.delete(fact.id);
    }
    this.#tell(plan.changes);
  }

  #tell(changes: readonly Failure[]): void {
    const { listener } = this.#options;
    for (const failure of changes) {
      if (failure.endedAt) {
        listener.failureClosed(failure);
      } else {
        listener.failureOpened(failure);
      }
    }
  }
}

/** Those whose recorders have to wait. */
function clustersOf(
  failures: readonly FactFailure[],
  application: FailedApplication | undefined,
): string[] {
  return [application, ...failures.filter(isUnrecorded)].flatMap(
    one => one?.cluster ?? [],
  );
}

async function planOf(
  recording: Recording,
  options: {
    factId: string;
    failures: readonly FactFailure[];
    application?: FailedApplication;
  },
): Promise<FactFailuresPlan> {
  const { factId, failures, application } = options;
  const concerned = [
    ...new Set(
      [application?.id, ...failures.map(one => one.applicationId)].flatMap(
        id => id ?? [],
      ),
    ),
  ];
  const open = await recording.openFailures(concerned);
  return planFactFailures({
    ...{ factId, failures, open: [...open.values()].flat() },
    failedIn: application && (await failedIn(recording, application.id)),
  });
}

async function failedIn(recording: Recording, applicationId: string) {
  const stored = await recording.storedApplications([applicationId]);
  const application = stored.get(applicationId)?.application;
  const latest = await recording.latestDeployments(
    [applicationId],
    LATEST_DEPLOYMENTS,
  );
  return (
    application && {
      ...{ applicationId, application },
      deployments: latest.get(applicationId) ?? [],
    }
  );
}
