import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import {
  connectionErrorReason,
  type ObservedResource,
} from '@fairway/plugin-gitops-node';
import type { ServedKind } from './ClusterApi';
import { LinkedAbort } from './LinkedAbort';
import { wait } from './waiting';
import type { WatchedResource, WatchSink } from './WatchedResource';
import { watchKey } from './WatchedResource';
import { WatchStatus } from './WatchStatus';
import type { WatchTimes } from './WatchTimes';

interface Running {
  watch: WatchedResource;
  stop: AbortController;
  done: Promise<void>;
}

/**
 * Watches every kind of a group, as the cluster serves them: kinds that appear later too, and
 * those that are gone no longer.
 */
export class WildcardWatcher {
  readonly #options: {
    /** Its resource has the plural `*`. */
    watch: WatchedResource;
    listKinds(version: string, signal: AbortSignal): Promise<ServedKind[]>;
    /** Watches one kind until the signal is aborted. */
    run(watch: WatchedResource, signal: AbortSignal): Promise<void>;
    /** Keys of the watches of this cluster that something is stored of. */
    listWatches(): Promise<string[]>;
    /** Forgets the status of a watch. */
    forget(key: string): Promise<void>;
    sink: WatchSink;
    logger: LoggerService;
    times: WatchTimes;
  };
  readonly #status: WatchStatus;
  readonly #running = new Map<string, Running>();

  constructor(options: {
    watch: WatchedResource;
    listKinds(version: string, signal: AbortSignal): Promise<ServedKind[]>;
    run(watch: WatchedResource, signal: AbortSignal): Promise<void>;
    listWatches(): Promise<string[]>;
    forget(key: string): Promise<void>;
    sink: WatchSink;
    logger: LoggerService;
    times: WatchTimes;
  }) {
    this.#options = options;
    const { watch, sink, logger, times } = options;
    this.#status = new WatchStatus({
      ...{ watch, sink, logger },
      seenEveryMillis: times.seenEveryMillis,
    });
    [this.#status.version = ''] = watch.resource.versions;
  }

  /** Runs until the signal is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const attempt = new LinkedAbort(signal);
      try {
        const kinds = await this.#kinds(attempt.signal);
        await this.#watchOnly(kinds, signal);
        await this.#status.set('connected');
      } catch (error) {
        if (!signal.aborted) {
          await this.#failed(error, signal);
        }
      } finally {
        attempt.release();
      }
      const { lookAgainMillis } = this.#options.times;
      await wait(lookAgainMillis * (0.9 + Math.random() * 0.1), signal);
    }
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  /** The kinds in the first version of the group that the cluster serves. */
  async #kinds(signal: AbortSignal): Promise<ObservedResource[]> {
    const { resource } = this.#options.watch;
    let unknown: unknown;
    for (const version of resource.versions) {
      this.#status.version = version;
      try {
        const kinds = await this.#options.listKinds(version, signal);
        return kinds.map(kind => ({
          ...resource,
          ...kind,
          versions: [version],
        }));
      } catch (error) {
        if (connectionErrorReason(error) !== 'not-installed') {
          throw error;
        }
        unknown = error;
      }
    }
    throw unknown;
  }

  async #watchOnly(
    kinds: readonly ObservedResource[],
    signal: AbortSignal,
  ): Promise<void> {
    const { watch, run } = this.#options;
    const wanted = new Map(
      kinds.map(resource => [
        `${resource.versions[0]}/${resource.plural}`,
        { ...watch, resource, key: watchKey(watch.observer, resource) },
      ]),
    );
    for (const [id, running] of this.#running) {
      if (!wanted.has(id)) {
        running.stop.abort();
        await running.done;
        this.#running.delete(id);
      }
    }
    await this.#forgetOthers(
      new Set([...wanted.values()].map(({ key }) => key)),
    );
    for (const [id, one] of wanted) {
      if (!this.#running.has(id)) {
        const stop = new AbortController();
        const done = run(one, AbortSignal.any([signal, stop.signal]));
        this.#running.set(id, { watch: one, stop, done });
      }
    }
  }

  /** Forgets the kinds that are gone, also those that went while nobody looked. */
  async #forgetOthers(keys: ReadonlySet<string>): Promise<void> {
    const { watch, sink, listWatches, forget } = this.#options;
    const prefix = `${watch.observer.id}:${watch.resource.group}/`;
    const selector = watch.resource.labelSelector;
    for (const key of await listWatches()) {
      const ours =
        key !== watch.key &&
        key.startsWith(prefix) &&
        key.slice(prefix.length).split('?')[1] === selector;
      if (ours && !keys.has(key) && !this.#isNamed(key)) {
        const at = new Date().toISOString();
        await sink.listed({ ...watch, key }, new Set(), at);
        await forget(key);
      }
    }
  }

  /** The observer may watch a kind of the same group by its name as well. */
  #isNamed(key: string): boolean {
    const { observer } = this.#options.watch;
    return observer.resources.some(
      resource => watchKey(observer, resource) === key,
    );
  }

  async #failed(error: unknown, signal: AbortSignal): Promise<void> {
    const { logger, watch } = this.#options;
    const failed = connectionErrorReason(error);
    const reason = failed === 'expired' ? 'unreachable' : failed;
    try {
      if (reason === 'not-installed') {
        await this.#watchOnly([], signal);
      }
      await this.#status.set(reason, toError(error).message);
    } catch (cause) {
      logger.warn(
        `Cluster '${watch.cluster}', ${watch.key}: what was seen could not be stored`,
        toError(cause),
      );
    }
  }
}
