import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type {
  GitopsConnection,
  GitopsObserver,
} from '@fairway/plugin-gitops-node';
import { clusterLease } from '../store';
import type { ClusterApi, ConfiguredCluster } from './ClusterApi';
import type { ClusterRegistry, RegisteredCluster } from './ClusterRegistry';
import { ClusterWork, type ClusterWorkOptions } from './ClusterWork';
import { LinkedAbort } from './LinkedAbort';
import { Backoff, wait } from './waiting';
import { watchedResources, type WatchSink } from './WatchedResource';
import {
  createWatchLimits,
  DEFAULT_WATCH_TIMES,
  type WatchTimes,
} from './WatchTimes';
import { withLease } from './withLease';

/** While the portal starts, the Kubernetes plugin may not be there yet. */
const FAILURES_BEFORE_SAID = 4;
/** A list that misses a cluster may be a catalog that has not read it yet. */
const LISTS_BEFORE_LEFT = 3;

/** What a {@link ClusterWatcher} works with. */
export interface ClusterWatcherOptions {
  api: ClusterApi;
  /** Places other than clusters; see `GitopsConnection`. */
  connections?: readonly GitopsConnection[];
  observers: readonly GitopsObserver[];
  sink: WatchSink;
  registry: ClusterRegistry;
  logger: LoggerService;
  times?: WatchTimes;
}

/**
 * Watches every cluster of the `kubernetes:` section and every connection for every observer, and
 * follows changes of that section. One replica watches a cluster at a time.
 */
export class ClusterWatcher {
  readonly #options: ClusterWorkOptions;
  readonly #connections: readonly GitopsConnection[];
  readonly #holder = randomUUID();
  readonly #stopping = new AbortController();
  readonly #running = new Map<
    string,
    { stop: AbortController; done: Promise<void> }
  >();
  /** How often in a row each cluster that was known was missing from the list. */
  readonly #missed = new Map<
    string,
    { count: number; cluster: ConfiguredCluster }
  >();
  readonly #refused = new Set<string>();
  #loop?: Promise<void>;

  constructor(options: ClusterWatcherOptions) {
    const { connections = [], times = DEFAULT_WATCH_TIMES, ...rest } = options;
    this.#connections = connections;
    this.#options = { ...rest, times, limits: createWatchLimits() };
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
    const { api, registry, times, logger } = this.#options;
    const backoff = new Backoff({
      initialMillis: 200,
      maximumMillis: times.clustersEveryMillis,
    });
    let failures = 0;
    while (!signal.aborted) {
      const attempt = new LinkedAbort(signal);
      try {
        const clusters = this.#settled(
          await api.listClusters({ signal: attempt.signal }),
        );
        const names = new Set(clusters.map(({ name }) => name));
        const connections = this.#connections.filter(
          ({ name }) => !names.has(name),
        );
        const refused = this.#connections.filter(({ name }) => names.has(name));
        this.#stopOthers([...clusters.map(({ name }) => name), ...connections]);
        await registry.setClusters([
          ...clusters.map(cluster => ({
            ...cluster,
            connection: 'kubernetes' as const,
          })),
          ...connections.map(registered),
          ...refused.map(refusal),
        ]);
        clusters.forEach(({ name }) => this.#watch(name));
        connections.forEach(connection => this.#watch(connection));
        await this.#refuse(refused);
        backoff.reset();
        failures = 0;
        await wait(times.clustersEveryMillis, signal);
      } catch (error) {
        failures += 1;
        if (failures >= FAILURES_BEFORE_SAID && !signal.aborted) {
          const message = `The clusters cannot be listed: ${
            toError(error).message
          }`;
          if (failures === FAILURES_BEFORE_SAID) {
            logger.warn(message);
          }
          await this.#cannotList(message).catch(cause => this.#warn(cause));
        }
        await wait(backoff.next(), signal);
      } finally {
        attempt.release();
      }
    }
  }

  /** The clusters, and those that are missing for too short a time to be taken for gone. */
  #settled(clusters: readonly ConfiguredCluster[]): ConfiguredCluster[] {
    const listed = new Set(clusters.map(({ name }) => name));
    for (const cluster of clusters) {
      this.#missed.set(cluster.name, { count: 0, cluster });
    }
    for (const [name, missed] of this.#missed) {
      missed.count += listed.has(name) ? 0 : 1;
      if (missed.count >= LISTS_BEFORE_LEFT) {
        this.#missed.delete(name);
      }
    }
    return [...this.#missed.values()].map(({ cluster }) => cluster);
  }

  /** Again with every failure: who watched a cluster until now may have ended since. */
  async #cannotList(message: string): Promise<void> {
    const { registry } = this.#options;
    if (![...this.#running.keys()].some(name => this.#missed.has(name))) {
      await registry.failWatches(message);
    }
    // They need no Kubernetes plugin.
    await registry.addClusters(this.#connections.map(registered));
    this.#connections.forEach(connection => this.#watch(connection));
  }

  /** Stops the watches of clusters and connections that are gone. */
  #stopOthers(targets: ReadonlyArray<string | GitopsConnection>): void {
    const ids = new Set(targets.map(idOf));
    for (const [id, { stop }] of this.#running) {
      if (!ids.has(id)) {
        stop.abort();
      }
    }
  }

  #watch(target: string | GitopsConnection): void {
    const id = idOf(target);
    if (!this.#running.has(id)) {
      const stop = new AbortController();
      const signal = AbortSignal.any([stop.signal, this.#stopping.signal]);
      const done = this.#work(target, signal).finally(() =>
        this.#running.delete(id),
      );
      this.#running.set(id, { stop, done });
    }
  }

  async #work(
    target: string | GitopsConnection,
    signal: AbortSignal,
  ): Promise<void> {
    const { logger, registry } = this.#options;
    const work = (whileHeld: AbortSignal) =>
      new ClusterWork(this.#options, target).run(whileHeld);
    if (registry.exclusive) {
      await work(signal);
      return;
    }
    await withLease({
      ...{ registry, signal, logger, work },
      name: clusterLease(typeof target === 'string' ? target : target.name),
      holder: this.#holder,
    });
  }

  /** A connection with the name of a cluster would mix its objects with the cluster's. */
  async #refuse(connections: readonly GitopsConnection[]): Promise<void> {
    const { observers, sink, logger } = this.#options;
    for (const connection of connections) {
      const { name, resources, observer: id } = connection;
      if (this.#refused.has(name)) {
        continue;
      }
      const message = `The connection '${name}' is not watched, because a cluster has the same name; give the instance another name in the configuration`;
      logger.error(message);
      for (const observer of observers.filter(one => one.id === id)) {
        const cluster = refusal(connection).name;
        for (const watch of watchedResources(cluster, [
          { ...observer, resources },
        ])) {
          const { group, versions, plural } = watch.resource;
          await sink.status(watch, {
            resource: `${group}/${versions[0]}/${plural}`,
            state: 'unreachable',
            since: new Date().toISOString(),
            message,
          });
        }
      }
      this.#refused.add(name);
    }
  }

  #warn(error: unknown): void {
    this.#options.logger.warn(
      'The state of the clusters was not stored',
      toError(error),
    );
  }
}

function idOf(target: string | GitopsConnection): string {
  return typeof target === 'string' ? target : `connection:${target.name}`;
}

function registered({ name, title }: GitopsConnection): RegisteredCluster {
  return { name, title, connection: 'argocd' };
}

/** Under another name, so that the refusal can be shown beside the cluster. */
function refusal({ name, title }: GitopsConnection): RegisteredCluster {
  return { name: `${name} (connection)`, title, connection: 'argocd' };
}
