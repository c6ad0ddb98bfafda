import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import {
  connectionErrorReason,
  type ObjectEvent,
} from '@fairway/plugin-gitops-node';
import { BrokenWatchError, errorOf } from './BrokenWatchError';
import { EventBatcher } from './EventBatcher';
import { ObjectLister } from './ObjectLister';
import type { Reachability } from './Reachability';
import { NotRecordedError, ResourceRecorder } from './ResourceRecorder';
import type { Semaphore } from './Semaphore';
import { Backoff, untilAborted, wait } from './waiting';
import type { WatchedResource, WatchSink } from './WatchedResource';
import type { SourceKind, WatchSource } from './WatchSource';
import { WatchStatus } from './WatchStatus';
import type { WatchTimes } from './WatchTimes';

/** Longer than any server takes to refuse a watch. */
const SETTLE_MILLIS = 2_000;
/** Timers and clocks disagree by so much. */
const TIMER_MILLIS = 20;
/** After so long a watch was well, and what breaks it is news. */
const WELL_MILLIS = 10_000;
/** Waits that end together must not start together. */
const SPREAD_MILLIS = 500;

/** What a {@link ResourceWatcher} works with. */
export interface ResourceWatcherOptions {
  source: WatchSource;
  watch: WatchedResource;
  sink: WatchSink;
  logger: LoggerService;
  times: WatchTimes;
  /** Whether the cluster answers at all. */
  reachability: Reachability;
  limits: { lists: Semaphore; events: Semaphore };
  /** What is stored of the watch and not in a list; for lists that are not whole. */
  missing: ConstructorParameters<typeof ObjectLister>[0]['missing'];
}

/** Why a watch ended without an error. */
type Ending =
  /** The server ended it, as it does from time to time. */
  | 'ended'
  /** Nothing came, not even a bookmark. */
  | 'silent'
  /** The version is too old. */
  | 'expired';

/**
 * Lists and watches one kind of one cluster until it is told to stop.
 *
 * @remarks
 * It keeps no copy of any object but those that wait to be recorded. After a list it watches from
 * the list's resourceVersion, and goes on from the last event's when the server ends the watch or
 * says nothing. It lists again when the version is too old, when the connection breaks, when an
 * event cannot be read or recorded, and when a server is silent for longer than it may be.
 */
export class ResourceWatcher {
  readonly #options: ResourceWatcherOptions;
  readonly #times: WatchTimes;
  readonly #backoff: Backoff;
  readonly #status: WatchStatus;
  readonly #recorder: ResourceRecorder;
  readonly #lister: ObjectLister;
  #heardAt = 0;
  /** The last watch was refused: it is not well before the next one stands. */
  #refused = false;

  constructor(options: ResourceWatcherOptions) {
    const { watch, sink, logger, times } = options;
    this.#options = options;
    this.#times = times;
    this.#backoff = new Backoff({
      initialMillis: times.initialBackoffMillis,
      maximumMillis: times.maximumBackoffMillis,
    });
    this.#status = new WatchStatus({
      ...{ watch, sink, logger },
      seenEveryMillis: times.seenEveryMillis,
    });
    [this.#status.version = ''] = watch.resource.versions;
    this.#recorder = new ResourceRecorder({
      ...{ watch, sink },
      status: this.#status,
    });
    this.#lister = new ObjectLister({
      ...options,
      lists: options.limits.lists,
      onPage: () => this.#heard(),
      recorder: this.#recorder,
      status: this.#status,
    });
  }

  /** Runs until the signal is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { reachability } = this.#options;
    await this.#store(this.#status.set('connecting'));
    while (!signal.aborted) {
      const { down } = reachability;
      const attempt = AbortSignal.any([signal, down]);
      /** When to look again at a list that had objects without a name. */
      let again: AbortSignal | undefined;
      try {
        attempt.throwIfAborted();
        const list = await this.#lister.list(attempt);
        this.#heard();
        if (!this.#refused) {
          await this.#store(this.#status.set('connected', list.message));
        }
        if (!list.allNamed) {
          again = AbortSignal.timeout(this.#times.lookAgainMillis);
        }
        await this.#followFrom(
          list.resourceVersion,
          again ? AbortSignal.any([attempt, again]) : attempt,
        );
      } catch (error) {
        if (!attempt.aborted && again?.aborted) {
          continue;
        }
        if (!signal.aborted) {
          await this.#failed(down.aborted ? down.reason : error, signal);
        }
      }
    }
  }

  /** Watches, from one version to the next, until everything must be listed again. */
  async #followFrom(from: string, signal: AbortSignal): Promise<void> {
    const { watchSeconds, graceMillis } = this.#times;
    let resourceVersion = from;
    while (!signal.aborted) {
      const startedAt = Date.now();
      const watched = await this.#follow(resourceVersion, signal);
      resourceVersion = watched.resourceVersion;
      const { ending } = watched;
      if (ending === 'expired') {
        return;
      }
      if (ending === 'ended' && Date.now() - startedAt < 1000) {
        // A server that ends watches at once must not be asked again at once.
        await wait(this.#backoff.next(), signal);
      } else if (ending === 'ended') {
        this.#heardAt = Date.now();
        this.#backoff.reset();
        await this.#store(this.#status.seen());
      } else if (
        Date.now() - this.#heardAt >=
        watchSeconds * 1000 + graceMillis - TIMER_MILLIS
      ) {
        // It should have ended a watch by now: something between swallows what it says.
        return;
      }
    }
  }

  /** Watches once, and records what it hears. */
  async #follow(
    from: string,
    signal: AbortSignal,
  ): Promise<{ resourceVersion: string; ending: Ending }> {
    const silence = new AbortController();
    const stop = AbortSignal.any([signal, silence.signal]);
    const timer = setTimeout(
      () => silence.abort(),
      Math.min(
        this.#times.silenceMillis,
        this.#times.watchSeconds * 1000 + this.#times.graceMillis,
      ),
    );
    const settle = setTimeout(() => this.#settled(signal), SETTLE_MILLIS);
    const batcher = new EventBatcher({
      record: async changes => {
        await this.#recorder.changes(changes);
        await this.#store(this.#status.seen());
      },
      room: this.#options.limits.events,
      signal,
    });
    let resourceVersion = from;
    const startedAt = Date.now();
    try {
      for await (const event of this.#events(resourceVersion, stop)) {
        this.#heard();
        if (event.type === 'ERROR') {
          throw errorOf(event);
        }
        if (event.type === 'BOOKMARK') {
          await this.#store(this.#status.seen());
        } else {
          await batcher.add(event);
        }
        resourceVersion =
          event.object.metadata.resourceVersion ?? resourceVersion;
        // Waiting for the database was not the server's silence.
        timer.refresh();
      }
      await batcher.drain();
      return { resourceVersion, ending: 'ended' };
    } catch (error) {
      if (error instanceof NotRecordedError) {
        throw error;
      }
      await batcher.drain();
      if (connectionErrorReason(error) === 'expired') {
        return { resourceVersion, ending: 'expired' };
      }
      if (silence.signal.aborted && !signal.aborted) {
        return { resourceVersion, ending: 'silent' };
      }
      if (Date.now() - startedAt > WELL_MILLIS) {
        this.#backoff.reset();
      }
      throw new BrokenWatchError(error);
    } finally {
      clearTimeout(timer);
      clearTimeout(settle);
      await batcher.stop();
    }
  }

  #events(
    resourceVersion: string,
    signal: AbortSignal,
  ): AsyncIterable<ObjectEvent> {
    return untilAborted(
      this.#options.source.watch(this.#kind(), {
        resourceVersion,
        timeoutSeconds: this.#times.watchSeconds,
        signal,
      }),
      signal,
    );
  }

  #heard(): void {
    this.#heardAt = Date.now();
    this.#options.reachability.heard();
  }

  #kind(): SourceKind {
    return {
      resource: this.#options.watch.resource,
      version: this.#status.version,
    };
  }

  /** A watch that was refused before stands now. */
  #settled(signal: AbortSignal): void {
    if (this.#refused && !signal.aborted) {
      this.#refused = false;
      void this.#store(this.#status.set('connected'));
    }
  }

  /** States what failed, and waits until it is worth another attempt. */
  async #failed(error: unknown, signal: AbortSignal): Promise<void> {
    const { logger, watch } = this.#options;
    const cause = error instanceof BrokenWatchError ? error.cause : error;
    const reason = connectionErrorReason(cause);
    const text = `Cluster '${watch.cluster}', ${watch.key}`;
    if (error instanceof NotRecordedError) {
      logger.warn(`${text}: ${error.message}`, toError(error.cause));
      await wait(this.#backoff.next(), signal);
      return;
    }
    if (reason === 'expired') {
      // The list took longer than the server remembers; the next one has larger pages.
      await wait(this.#backoff.next(), signal);
      return;
    }
    if (error instanceof BrokenWatchError && reason === 'unreachable') {
      // Whether the cluster answers, the list says that comes next.
      logger.debug(`${text}: the watch broke: ${toError(cause).message}`);
      await wait(this.#backoff.next(), signal);
      return;
    }
    this.#refused = error instanceof BrokenWatchError;
    const isKnown = reason === 'not-installed' && this.#status.state === reason;
    if (reason === 'not-installed' && !isKnown) {
      // A kind that was taken away takes its objects with it.
      const at = new Date().toISOString();
      if (!(await this.#store(this.#recorder.listed(new Set(), at)))) {
        await wait(this.#backoff.next(), signal);
        return;
      }
    }
    if (!isKnown) {
      await this.#store(this.#status.set(reason, toError(cause).message));
    }
    await this.#pause(reason, signal);
  }

  async #pause(reason: string, signal: AbortSignal): Promise<void> {
    const { down, up } = this.#options.reachability;
    if (down.aborted) {
      await wait(this.#times.lookAgainMillis, AbortSignal.any([signal, up]));
      await wait(
        Math.random() *
          Math.min(SPREAD_MILLIS, this.#times.initialBackoffMillis),
        signal,
      );
    } else if (reason === 'unreachable') {
      await wait(this.#backoff.next(), signal);
    } else {
      const { lookAgainMillis } = this.#times;
      await wait(lookAgainMillis * (0.9 + Math.random() * 0.1), signal);
    }
  }

  /**
   * What cannot be stored is said in the log; it must not end the watch.
   *
   * @returns whether it was stored
   */
  async #store(work: Promise<void>): Promise<boolean> {
    const { logger, watch } = this.#options;
    try {
      await work;
      return true;
    } catch (error) {
      logger.warn(
        `Cluster '${watch.cluster}', ${watch.key}: what was seen could not be stored`,
        toError(error),
      );
      return false;
    }
  }
}
