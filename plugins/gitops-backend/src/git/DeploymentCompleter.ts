import type { Deployment } from '@fairway/plugin-gitops-common';
import {
  failureId,
  type ApplicationToBackfill,
  type DeploymentToAttribute,
  type GitopsStore,
} from '../store';
import { attributeDeployment } from './attributeDeployment';
import { attributeWithoutGit, type Attribution } from './attributeWithoutGit';
import { backfillApplication } from './backfillApplication';
import { GitError } from './GitCommand';
import type { SourceHistory } from './SourceHistory';

/** What {@link DeploymentCompleter} stands on. */
export interface DeploymentCompleterOptions {
  store: GitopsStore;
  /** How far back the history of a new application is read; 0 reads none. */
  backfillDays: number;
  /** Called with the reason when Git itself is missing. */
  onGitMissing(message: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

const LOOK_BACK = 50;
const DAY_MS = 86_400_000;

/** Finds out about one application or one deployment, and writes it down. */
export class DeploymentCompleter {
  readonly #options: DeploymentCompleterOptions;

  constructor(options: DeploymentCompleterOptions) {
    this.#options = options;
  }

  /** Reads the history of an application before it was first seen. */
  async backfill(
    item: ApplicationToBackfill,
    history: SourceHistory | undefined,
  ): Promise<void> {
    const { store, backfillDays, now } = this.#options;
    if (history && backfillDays > 0) {
      const since = new Date(now() - backfillDays * DAY_MS);
      const deployments = await this.#unlessGitIsMissing(
        () => backfillApplication(item, history, since.toISOString()),
        () => [],
      );
      await store.insertBackfilled(deployments);
    }
    await store.markBackfilled(item.application.id);
  }

  /** Completes a deployment. */
  async attribute(
    item: DeploymentToAttribute,
    history: SourceHistory | undefined,
  ): Promise<void> {
    const { store } = this.#options;
    const { deployment } = item;
    const { items: earlier } = await store.listDeployments({
      applicationId: [deployment.applicationId],
      to: deployment.finishedAt,
      limit: LOOK_BACK,
    });
    const withoutGit = () => attributeWithoutGit(item, earlier);
    const attribution = history
      ? await this.#unlessGitIsMissing(
          () => attributeDeployment(item, earlier, history),
          withoutGit,
        )
      : withoutGit();
    await this.#markUndone(deployment, earlier, attribution);
    await store.completeDeployment(deployment.id, attribution.completion);
  }

  /** Deployments that were rolled back or reverted have failed, from their first signal on. */
  async #markUndone(
    repair: Deployment,
    earlier: readonly Deployment[],
    { undone }: Attribution,
  ): Promise<void> {
    for (const { deployment, signal, reason } of undone) {
      const failed = earlier.find(one => one.id === deployment.id);
      if (failed && repair.outcome === 'succeeded') {
        const starts = failed.failures.map(one => one.startedAt).sort();
        await this.#options.store.putFailure({
          id: failureId(failed.id, signal),
          deploymentId: failed.id,
          applicationId: failed.applicationId,
          signal,
          reason,
          startedAt: starts[0] ?? failed.finishedAt,
          endedAt: repair.finishedAt,
        });
      }
    }
  }

  async #unlessGitIsMissing<T>(
    task: () => Promise<T>,
    otherwise: () => T,
  ): Promise<T> {
    try {
      return await task();
    } catch (error) {
      if (error instanceof GitError && error.reason === 'not-installed') {
        this.#options.onGitMissing(error.message);
        return otherwise();
      }
      throw error;
    }
  }
}
