import type { LoggerService } from '@backstage/backend-plugin-api';
import type {
  GitopsConnection,
  GitopsObserver,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi } from './ClusterApi';
import { ClusterProbe } from './ClusterProbe';
import type { ClusterRegistry } from './ClusterRegistry';
import { Reachability } from './Reachability';
import { ResourceWatcher } from './ResourceWatcher';
import type { Semaphore } from './Semaphore';
import {
  watchedResources,
  type WatchedResource,
  type WatchSink,
} from './WatchedResource';
import {
  clusterSource,
  connectionSource,
  type WatchSource,
} from './WatchSource';
import type { WatchLimits, WatchTimes } from './WatchTimes';
import { WildcardWatcher } from './WildcardWatcher';

/** What the work on every cluster and connection needs. */
export interface ClusterWorkOptions {
  api: ClusterApi;
  observers: readonly GitopsObserver[];
  sink: WatchSink;
  registry: ClusterRegistry;
  logger: LoggerService;
  times: WatchTimes;
  limits: WatchLimits;
}

/** Everything that is watched of one cluster or connection; until the signal is aborted. */
export class ClusterWork {
  readonly #options: ClusterWorkOptions;
  readonly #name: string;
  readonly #connection?: GitopsConnection;
  readonly #reachability = new Reachability();
  readonly #source: WatchSource;
  readonly #lists: Semaphore;

  /** @param target - the name of a cluster, or a connection */
  constructor(options: ClusterWorkOptions, target: string | GitopsConnection) {
    const { api, limits } = options;
    this.#options = options;
    if (typeof target === 'string') {
      this.#name = target;
      this.#source = clusterSource(api, target);
      this.#lists = limits.pages;
    } else {
      this.#name = target.name;
      this.#connection = target;
      this.#source = connectionSource(target);
      this.#lists = limits.connectionLists;
    }
  }

  /** Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const watches = this.#watches();
    if (watches.length > 0) {
      await Promise.all([
        this.#probe(signal),
        ...watches.map(watch =>
          watch.resource.plural === '*'
            ? this.#watchWildcard(watch, signal)
            : this.#watch(watch, signal),
        ),
      ]);
    }
  }

  #watches(): WatchedResource[] {
    const { observers } = this.#options;
    const connection = this.#connection;
    if (!connection) {
      return watchedResources(this.#name, observers);
    }
    const { resources } = connection;
    return observers
      .filter(({ id }) => id === connection.observer)
      .flatMap(observer =>
        watchedResources(this.#name, [{ ...bound(observer), resources }]),
      );
  }

  #watch(watch: WatchedResource, signal: AbortSignal): Promise<void> {
    const { sink, logger, times, registry, limits } = this.#options;
    return new ResourceWatcher({
      ...{ watch, sink, logger, times },
      source: this.#source,
      reachability: this.#reachability,
      limits: { lists: this.#lists, events: limits.events },
      missing: listed =>
        registry.missingApplications(
          { cluster: watch.cluster, resource: watch.key },
          listed,
        ),
    }).run(signal);
  }

  #watchWildcard(watch: WatchedResource, signal: AbortSignal): Promise<void> {
    const { api, sink, logger, times, registry } = this.#options;
    const { cluster } = watch;
    const { group } = watch.resource;
    return new WildcardWatcher({
      ...{ watch, sink, logger, times },
      listKinds: (version, stop) =>
        api.listKinds({ cluster, group, version }, { signal: stop }),
      run: (kind, stop) => this.#watch(kind, stop),
      listWatches: () => registry.listWatches(cluster),
      forget: resource => registry.forgetWatch({ cluster, resource }),
    }).run(signal);
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const { api, registry, times, logger } = this.#options;
    const connection = this.#connection;
    const cluster = this.#name;
    const ask = connection
      ? connection.probe?.bind(connection)
      : (options: { signal: AbortSignal }) => api.probe(cluster, options);
    if (ask) {
      await new ClusterProbe({
        ...{ cluster, times, logger },
        ask: stop => ask({ signal: stop }),
        reachability: this.#reachability,
        onClockSkew: seconds => registry.putClockSkew(cluster, seconds),
      }).run(signal);
    }
  }
}

/** The observer's members, also when it is an instance of a class. */
function bound(observer: GitopsObserver): GitopsObserver {
  return {
    id: observer.id,
    resources: observer.resources,
    observe: observer.observe.bind(observer),
    commands: observer.commands?.bind(observer),
    progress: observer.progress?.bind(observer),
  };
}
