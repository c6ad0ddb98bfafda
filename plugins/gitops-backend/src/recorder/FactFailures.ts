import type { Failure } from '@fairway/plugin-gitops-common';
import type { FactObservation } from '@fairway/plugin-gitops-node';
import { failureId } from '../store';
import type { RecorderOptions } from './Recorder';

/** Deployments among which an open failure of a fact is looked for. */
const LATEST_DEPLOYMENTS = 10;

/**
 * The failures that facts mean for the deployment in progress: an aborted rollout. Each opens
 * once, and is over when what the fact is about is healthy again, or gone.
 */
export class FactFailures {
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Opens or closes the failure that a fact means now. */
  async follow(
    observation: FactObservation,
    context: {
      factId: string;
      applicationId: string;
      /** What was stored before meant a failure, too. */
      wasFailing: boolean;
      now: Date;
    },
  ): Promise<void> {
    const { failure, health } = observation;
    if (failure) {
      await this.#open(failure, context);
    } else if (health === 'healthy') {
      await this.close(context.factId, [context.applicationId]);
    }
  }

  /** Closes what a fact opened in these applications. */
  async close(
    factId: string,
    applicationIds: readonly string[],
  ): Promise<void> {
    const { store, listener } = this.#options;
    for (const applicationId of applicationIds) {
      const deployments = await store.latestDeployments(
        applicationId,
        LATEST_DEPLOYMENTS,
      );
      const open = deployments
        .flatMap(({ failures }) => failures)
        .filter(
          ({ id, deploymentId, signal, endedAt }) =>
            !endedAt && id === failureId(deploymentId, signal, factId),
        );
      for (const failure of open) {
        const closed: Failure = {
          ...failure,
          endedAt: this.#now().toISOString(),
        };
        await store.putFailure(closed);
        listener.failureClosed(closed);
      }
    }
  }

  async #open(
    failure: NonNullable<FactObservation['failure']>,
    context: {
      factId: string;
      applicationId: string;
      wasFailing: boolean;
      now: Date;
    },
  ): Promise<void> {
    const { store, listener } = this.#options;
    const { applicationId, now } = context;
    const deployments = await store.latestDeployments(
      applicationId,
      LATEST_DEPLOYMENTS,
    );
    const deployment = deployments.find(
      ({ notCountedReason }) => notCountedReason !== 'same-revision',
    );
    if (!deployment) {
      return;
    }
    const { signal, reason } = failure;
    const id = failureId(deployment.id, signal, context.factId);
    const known = deployment.failures.find(item => item.id === id);
    if (known && (!known.endedAt || context.wasFailing)) {
      return;
    }
    const opened: Failure = {
      ...{ id, deploymentId: deployment.id, applicationId, signal, reason },
      // It failed with the first signal, however often it is tried again.
      startedAt:
        known?.startedAt ?? startOf(failure.startedAt, deployment, now),
    };
    await store.putFailure(opened);
    listener.failureOpened(opened);
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }
}

/** When it failed, by the object unless that lies outside of what is possible. */
function startOf(
  told: string | undefined,
  deployment: { startedAt?: string; finishedAt: string },
  now: Date,
): string {
  const from = Date.parse(deployment.startedAt ?? deployment.finishedAt);
  const time = Date.parse(told ?? '');
  return time >= from && time <= now.getTime()
    ? new Date(time).toISOString()
    : now.toISOString();
}
