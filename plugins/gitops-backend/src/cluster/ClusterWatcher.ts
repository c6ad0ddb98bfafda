import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { GitopsObserver } from '@fairway/plugin-gitops-node';
import type { LeaseStore } from '../store';
import { withLease } from './withLease';
import type { ClusterApi, ConfiguredCluster } from './ClusterApi';
import { ResourceWatcher, type WatchTimes } from './ResourceWatcher';
import { Backoff, wait } from './waiting';
import { watchedResources, type WatchSink } from './WatchedResource';

const LIST_CLUSTERS_EVERY_MILLIS = 30_000;
/** While the portal starts, the Kubernetes plugin may not be there yet. */
const FAILURES_BEFORE_SAID = 4;

/** What the watcher writes beside what it observes. */
export interface ClusterRegistry extends LeaseStore {
  setClusters(clusters: readonly ConfiguredCluster[]): Promise<void>;
  failWatches(message: string): Promise<void>;
}

/**
 * Watches every cluster of the `kubernetes:` section for every observer, and follows changes of
 * that section. One replica watches a cluster at a time.
 */
export class ClusterWatcher {
  readonly #options: {
    api: ClusterApi;
    observers: readonly GitopsObserver[];
    sink: WatchSink;
    registry: ClusterRegistry;
    logger: LoggerService;
    times?: WatchTimes;
  };
  readonly #holder = randomUUID();
  readonly #stopping = new AbortController();
  readonly #running = new Map<
    string,
    { stop: AbortController; done: Promise<void> }
  >();
  #loop?: Promise<void>;

  constructor(options: {
    api: ClusterApi;
    observers: readonly GitopsObserver[];
    sink: WatchSink;
    registry: ClusterRegistry;
    logger: LoggerService;
    times?: WatchTimes;
  }) {
    this.#options = options;
  }

  /** Starts to watch in the background. */
  start(): void {
    this.#loop ??= this.#run(this.#stopping.signal);
  }

  /** Ends every request; resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { api, registry } = this.#options;
    const backoff = new Backoff({
      initialMillis: 200,
      maximumMillis: LIST_CLUSTERS_EVERY_MILLIS,
    });
    let failures = 0;
    while (!signal.aborted) {
      try {
        const clusters = await api.listClusters({ signal });
        await registry.setClusters(clusters);
        this.#watchOnly(clusters);
        backoff.reset();
        failures = 0;
        await wait(LIST_CLUSTERS_EVERY_MILLIS, signal);
      } catch (error) {
        failures += 1;
        if (failures === FAILURES_BEFORE_SAID && !signal.aborted) {
          await this.#cannotList(toError(error).message);
        }
        await wait(backoff.next(), signal);
      }
    }
  }

  async #cannotList(cause: string): Promise<void> {
    const { registry, logger } = this.#options;
    const message = `The clusters cannot be listed: ${cause}`;
    logger.warn(message);
    if (this.#running.size === 0) {
      await registry
        .failWatches(message)
        .catch(error =>
          logger.warn(
            'The state of the clusters was not stored',
            toError(error),
          ),
        );
    }
  }

  /** Starts the watches of new clusters, and stops those of clusters that are gone. */
  #watchOnly(clusters: readonly ConfiguredCluster[]): void {
    const names = new Set(clusters.map(cluster => cluster.name));
    for (const [name, { stop }] of this.#running) {
      if (!names.has(name)) {
        stop.abort();
      }
    }
    for (const name of names) {
      if (!this.#running.has(name)) {
        const stop = new AbortController();
        const signal = AbortSignal.any([stop.signal, this.#stopping.signal]);
        const done = this.#watchCluster(name, signal).finally(() =>
          this.#running.delete(name),
        );
        this.#running.set(name, { stop, done });
      }
    }
  }

  async #watchCluster(cluster: string, signal: AbortSignal): Promise<void> {
    const { api, observers, sink, logger, times, registry } = this.#options;
    const watchAll = async (whileHeld: AbortSignal) => {
      await Promise.all(
        watchedResources(cluster, observers).map(watch =>
          new ResourceWatcher({ api, watch, sink, logger, times }).run(
            whileHeld,
          ),
        ),
      );
    };
    if (registry.exclusive) {
      await watchAll(signal);
      return;
    }
    await withLease({
      registry,
      name: `cluster:${cluster}`,
      holder: this.#holder,
      signal,
      logger,
      work: watchAll,
    });
  }
}
