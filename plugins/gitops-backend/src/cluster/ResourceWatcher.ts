import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { ClusterResourceStatus } from '@fairway/plugin-gitops-common';
import {
  ConnectionError,
  connectionErrorReason,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi, ClusterResource } from './ClusterApi';
import { Backoff, wait } from './waiting';
import {
  objectKey,
  type WatchedResource,
  type WatchSink,
} from './WatchedResource';

/** Times of a watch; tests shorten them. */
export interface WatchTimes {
  /** First and longest wait after a failure. */
  initialBackoffMillis: number;
  maximumBackoffMillis: number;
  /** Until a kind that is missing or forbidden is looked for again. */
  lookAgainMillis: number;
  /** After this time the server ends a watch, and a new one goes on from there. */
  watchSeconds: number;
  /** A watch that says nothing for longer than `watchSeconds` plus this is given up. */
  graceMillis: number;
  /** At most so often is it written that a quiet watch is still well. */
  seenEveryMillis: number;
}

/** Times for real clusters. */
export const DEFAULT_WATCH_TIMES: WatchTimes = {
  initialBackoffMillis: 250,
  maximumBackoffMillis: 30_000,
  lookAgainMillis: 30_000,
  watchSeconds: 240,
  graceMillis: 15_000,
  seenEveryMillis: 10_000,
};

const PAGE_SIZE = 500;

/**
 * Lists and watches one kind of one cluster until it is told to stop.
 *
 * @remarks
 * It keeps no copy of any object. After a list it watches from the list's resourceVersion, and
 * goes on from the last event's when the server ends the watch. It lists again when the server
 * says that the version is too old, when the server does not end a watch in time, or when an event
 * could not be handed on. While it lists it
 * holds the names of the objects, so that those that are gone can be told.
 */
export class ResourceWatcher {
  readonly #api: ClusterApi;
  readonly #watch: WatchedResource;
  readonly #sink: WatchSink;
  readonly #logger: LoggerService;
  readonly #times: WatchTimes;
  readonly #backoff: Backoff;
  #version: string;
  #status?: ClusterResourceStatus;
  #seenWrittenAt = 0;

  constructor(options: {
    api: ClusterApi;
    watch: WatchedResource;
    sink: WatchSink;
    logger: LoggerService;
    times?: WatchTimes;
  }) {
    this.#api = options.api;
    this.#watch = options.watch;
    this.#sink = options.sink;
    this.#logger = options.logger;
    this.#times = options.times ?? DEFAULT_WATCH_TIMES;
    this.#version = options.watch.resource.versions[0];
    this.#backoff = new Backoff({
      initialMillis: this.#times.initialBackoffMillis,
      maximumMillis: this.#times.maximumBackoffMillis,
    });
  }

  /** Runs until the signal is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#setStatus('connecting').catch(error => this.#warn(error));
    while (!signal.aborted) {
      try {
        let resourceVersion: string | undefined = await this.#list(signal);
        await this.#setStatus('connected');
        this.#backoff.reset();
        while (resourceVersion !== undefined && !signal.aborted) {
          resourceVersion = await this.#follow(resourceVersion, signal);
        }
      } catch (error) {
        if (!signal.aborted) {
          await wait(await this.#failed(error), signal);
        }
      }
    }
  }

  /** Lists everything; resolves to the resourceVersion of the list. */
  async #list(signal: AbortSignal): Promise<string> {
    const at = new Date().toISOString();
    const { versions } = this.#watch.resource;
    for (const version of versions) {
      this.#version = version;
      try {
        return await this.#listVersion(at, signal);
      } catch (error) {
        const isLast = version === versions[versions.length - 1];
        if (connectionErrorReason(error) !== 'not-installed' || isLast) {
          throw error;
        }
      }
    }
    throw new ConnectionError('not-installed', 'The observer names no version');
  }

  async #listVersion(at: string, signal: AbortSignal): Promise<string> {
    const objects = new Set<string>();
    let resourceVersion = '';
    let next: string | undefined;
    do {
      const page = await this.#api.listPage(this.#resource(), {
        limit: PAGE_SIZE,
        continue: next,
        labelSelector: this.#watch.resource.labelSelector,
        signal,
      });
      page.items.forEach(item => objects.add(objectKey(item)));
      await this.#sink.observe(this.#watch, page.items);
      resourceVersion = page.resourceVersion;
      next = page.continue;
    } while (next !== undefined);
    await this.#sink.listed(this.#watch, objects, at);
    return resourceVersion;
  }

  /**
   * Watches until the server ends it.
   *
   * @returns the resourceVersion to go on from; undefined when everything must be listed again
   */
  async #follow(
    from: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { watchSeconds, graceMillis } = this.#times;
    const silence = new AbortController();
    const stop = AbortSignal.any([signal, silence.signal]);
    const maximumMillis = watchSeconds * 1000 + graceMillis;
    const timer = setTimeout(() => silence.abort(), maximumMillis);
    const startedAt = Date.now();
    let resourceVersion = from;
    let events = 0;
    try {
      for await (const event of this.#api.watch(this.#resource(), {
        resourceVersion,
        timeoutSeconds: watchSeconds,
        labelSelector: this.#watch.resource.labelSelector,
        signal: stop,
      })) {
        if (event.type === 'ERROR') {
          if (event.object.code === 410) {
            return undefined;
          }
          throw new ConnectionError(
            'unreachable',
            event.object.message ?? 'The watch failed',
          );
        }
        if (event.type === 'DELETED') {
          await this.#sink.remove(this.#watch, objectKey(event.object));
        } else if (event.type !== 'BOOKMARK') {
          await this.#sink.observe(this.#watch, [event.object]);
        }
        resourceVersion =
          event.object.metadata.resourceVersion ?? resourceVersion;
        events += 1;
        await this.#seen();
      }
    } catch (error) {
      if (connectionErrorReason(error) === 'expired') {
        return undefined;
      }
      if (silence.signal.aborted && !signal.aborted) {
        // The server should have ended it: something between swallows what it says.
        return undefined;
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
    if (events === 0 && Date.now() - startedAt < 1000) {
      // A server that ends watches at once must not be asked again at once.
      await wait(this.#backoff.next(), signal);
    } else {
      this.#backoff.reset();
      await this.#seen();
    }
    return resourceVersion;
  }

  #resource(): ClusterResource {
    const { group, plural } = this.#watch.resource;
    return {
      cluster: this.#watch.cluster,
      group,
      version: this.#version,
      plural,
    };
  }

  /** States what failed; resolves to the milliseconds until the next attempt. */
  async #failed(error: unknown): Promise<number> {
    const reason = connectionErrorReason(error);
    const state = reason === 'expired' ? 'unreachable' : reason;
    if (state === 'not-installed') {
      // A kind that was taken away takes its objects with it.
      await this.#sink
        .listed(this.#watch, new Set(), new Date().toISOString())
        .catch(cause => this.#warn(cause));
    }
    await this.#setStatus(state, toError(error).message).catch(cause =>
      this.#warn(cause),
    );
    return state === 'unreachable'
      ? this.#backoff.next()
      : this.#times.lookAgainMillis;
  }

  async #seen(): Promise<void> {
    if (Date.now() - this.#seenWrittenAt >= this.#times.seenEveryMillis) {
      await this.#setStatus('connected');
    }
  }

  async #setStatus(
    state: ClusterResourceStatus['state'],
    message?: string,
  ): Promise<void> {
    const now = new Date();
    const { group, plural } = this.#watch.resource;
    const changed = this.#status?.state !== state;
    const status: ClusterResourceStatus = {
      resource: [group, this.#version, plural].filter(Boolean).join('/'),
      state,
      since: changed ? now.toISOString() : this.#status!.since,
      ...(state === 'connected' ? { lastSeenAt: now.toISOString() } : {}),
      ...(message ? { message } : {}),
    };
    if (changed && state !== 'connecting') {
      const text = `Cluster '${this.#watch.cluster}', ${
        status.resource
      }: ${state}`;
      if (state === 'unreachable' || state === 'forbidden') {
        this.#logger.warn(`${text}: ${message}`);
      } else {
        this.#logger.info(text);
      }
    }
    if (state === 'connected') {
      this.#seenWrittenAt = now.getTime();
    }
    this.#status = status;
    await this.#sink.status(this.#watch, status);
  }

  #warn(error: unknown): void {
    this.#logger.warn(
      `Cluster '${this.#watch.cluster}', ${
        this.#watch.key
      }: what was seen could not be stored`,
      toError(error),
    );
  }
}
