import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { connectionErrorReason } from '@fairway/plugin-gitops-node';
import { BrokenWatchError } from './BrokenWatchError';
import { LinkedAbort } from './LinkedAbort';
import { ObjectFollower, type EndedWatch } from './ObjectFollower';
import { ObjectLister, type EndedList } from './ObjectLister';
import type { Reachability } from './Reachability';
import { Outruns } from './Outruns';
import { NotRecordedError, ResourceRecorder } from './ResourceRecorder';
import type { Semaphore } from './Semaphore';
import { Backoff, wait } from './waiting';
import type { WatchedResource, WatchSink } from './WatchedResource';
import type { WatchSource } from './WatchSource';
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

/**
 * Lists and watches one kind of one cluster until it is told to stop.
 *
 * @remarks
 * It keeps no copy of any object but those that wait to be recorded. After a list it watches from
 * the list's resourceVersion, and goes on from the last event's when the server ends the watch or
 * says nothing. It lists again when the version is too old, when the connection breaks, when an
 * event cannot be read or recorded, when a server is silent for longer than it may be, and when
 * what it had stored is gone.
 */
export class ResourceWatcher {
  readonly #options: ResourceWatcherOptions;
  readonly #times: WatchTimes;
  readonly #backoff: Backoff;
  readonly #status: WatchStatus;
  readonly #recorder: ResourceRecorder;
  readonly #lister: ObjectLister;
  readonly #follower: ObjectFollower;
  readonly #outruns: Outruns;
  #heardAt = 0;
  /** The last watch was refused: it is not well before the next one stands. */
  #refused = false;
  /** Why the last list does not show everything, if so. */
  #listMessage?: string;
  /** Aborted when everything must be listed anew. */
  #again?: LinkedAbort;

  constructor(options: ResourceWatcherOptions) {
    const { watch, sink, logger, times } = options;
    this.#options = options;
    this.#times = times;
    this.#backoff = new Backoff({
      initialMillis: times.initialBackoffMillis,
      maximumMillis: times.maximumBackoffMillis,
    });
    this.#outruns = new Outruns({ maximumMillis: times.maximumBackoffMillis });
    this.#status = new WatchStatus({
      ...{ watch, sink, logger },
      seenEveryMillis: times.seenEveryMillis,
      onForgotten: () => this.#again?.abort(),
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
    this.#follower = new ObjectFollower({
      ...options,
      events: options.limits.events,
      onEvent: type => {
        this.#heard();
        if (type !== 'ERROR') {
          this.#settled();
        }
      },
      recorder: this.#recorder,
      status: this.#status,
      store: work => this.#store(work),
    });
  }

  /** Runs until the signal is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { reachability } = this.#options;
    await this.#store(this.#status.set('connecting'));
    while (!signal.aborted) {
      const { down } = reachability;
      const attempt = new LinkedAbort(signal, down);
      const again = new LinkedAbort(attempt.signal);
      this.#again = again;
      let timer: NodeJS.Timeout | undefined;
      try {
        attempt.signal.throwIfAborted();
        const list = await this.#lister.list(attempt.signal);
        await this.#listed(list);
        if (!list.allNamed) {
          timer = setTimeout(() => again.abort(), this.#times.lookAgainMillis);
        }
        await this.#followList(list, again.signal);
      } catch (error) {
        if (!attempt.signal.aborted && again.signal.aborted) {
          continue;
        }
        if (!signal.aborted) {
          await this.#failed(down.aborted ? down.reason : error, signal);
        }
      } finally {
        clearTimeout(timer);
        [attempt, again].forEach(link => link.release());
      }
    }
  }

  async #listed({ message }: EndedList): Promise<void> {
    this.#heard();
    this.#listMessage = message;
    if (this.#outruns.message !== undefined) {
      await this.#sayOutrun({ isSeen: true });
    } else if (!this.#refused) {
      await this.#store(this.#status.set('connected', message));
    }
  }

  /** Watches from a list on, until everything must be listed again. */
  async #followList(list: EndedList, signal: AbortSignal): Promise<void> {
    const listedAt = Date.now();
    const expired = await this.#followFrom(list.resourceVersion, signal);
    if (expired !== undefined && Date.now() - listedAt < WELL_MILLIS) {
      this.#lister.hurry();
      this.#outruns.add(expired);
      await this.#sayOutrun({ isSeen: false });
      await wait(this.#backoff.next(), signal);
    }
  }

  /**
   * Watches, from one version to the next, until everything must be listed again; resolves to what
   * was said of the version when it was too old.
   */
  async #followFrom(
    from: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { watchSeconds, graceMillis } = this.#times;
    let resourceVersion = from;
    while (!signal.aborted) {
      const startedAt = Date.now();
      const watched = await this.#follow(resourceVersion, signal);
      resourceVersion = watched.resourceVersion;
      const { ending, message = '' } = watched;
      if (ending === 'expired') {
        return message;
      }
      if (ending === 'ended' && Date.now() - startedAt < 1000) {
        // A server that ends watches at once must not be asked again at once.
        await wait(this.#backoff.next(), signal);
      } else if (ending === 'ended') {
        this.#heardAt = Date.now();
        this.#backoff.reset();
        this.#settled();
        await this.#store(this.#status.seen());
      } else if (
        Date.now() - this.#heardAt >=
        watchSeconds * 1000 + graceMillis - TIMER_MILLIS
      ) {
        // It should have ended a watch by now: something between swallows what it says.
        return undefined;
      }
    }
    return undefined;
  }

  /** Watches once; says so when it stands, if the ones before did not. */
  async #follow(from: string, signal: AbortSignal): Promise<EndedWatch> {
    const startedAt = Date.now();
    const settle = setTimeout(
      () => signal.aborted || this.#settled(),
      this.#outruns.any ? WELL_MILLIS : SETTLE_MILLIS,
    );
    try {
      return await this.#follower.follow(from, signal);
    } finally {
      clearTimeout(settle);
      if (Date.now() - startedAt > WELL_MILLIS) {
        this.#backoff.reset();
      }
    }
  }

  #heard(): void {
    this.#heardAt = Date.now();
    this.#options.reachability.heard();
  }

  /** A watch that did not stand before stands now. */
  #settled(): void {
    const isNews = this.#refused || this.#outruns.message !== undefined;
    this.#refused = false;
    this.#outruns.reset();
    if (isNews) {
      void this.#store(this.#status.set('connected', this.#listMessage));
    }
  }

  /** Says that the server forgets too soon, once that is worth a word. */
  async #sayOutrun(options: { isSeen: boolean }): Promise<void> {
    const { message } = this.#outruns;
    if (message !== undefined) {
      await this.#store(this.#status.set('unreachable', message, options));
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
      this.#outruns.add(toError(cause).message);
      await this.#sayOutrun({ isSeen: false });
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
    if (reason === 'not-installed' && this.#status.state !== reason) {
      // A kind that was taken away takes its objects with it.
      const at = new Date().toISOString();
      if (!(await this.#store(this.#recorder.listed(new Set(), at)))) {
        await wait(this.#backoff.next(), signal);
        return;
      }
    }
    // Also when it is known here: what is stored may say something else since.
    await this.#store(this.#status.set(reason, toError(cause).message));
    await this.#pause(reason, signal);
  }

  async #pause(reason: string, signal: AbortSignal): Promise<void> {
    const { down, up } = this.#options.reachability;
    if (down.aborted) {
      const over = new LinkedAbort(signal, up);
      await wait(this.#times.lookAgainMillis, over.signal);
      over.release();
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
