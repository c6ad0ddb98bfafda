import { toError } from '@backstage/errors';
import {
  connectionErrorReason,
  type ObjectEvent,
} from '@fairway/plugin-gitops-node';
import { BrokenWatchError, errorOf } from './BrokenWatchError';
import { EventBatcher } from './EventBatcher';
import { LinkedAbort } from './LinkedAbort';
import { NotRecordedError, type ResourceRecorder } from './ResourceRecorder';
import type { Semaphore } from './Semaphore';
import { untilAborted } from './waiting';
import type { WatchedResource } from './WatchedResource';
import type { WatchSource } from './WatchSource';
import type { WatchStatus } from './WatchStatus';
import type { WatchTimes } from './WatchTimes';

/** How a watch ended that was not broken. */
export interface EndedWatch {
  /** Where the next one goes on. */
  resourceVersion: string;
  /**
   * `ended` by the server, as it does from time to time; `silent`: nothing came, not even a
   * bookmark; `expired`: the version is too old.
   */
  ending: 'ended' | 'silent' | 'expired';
  /** What was said of the version. */
  message?: string;
}

/** Watches one kind, and records what it hears. */
export class ObjectFollower {
  readonly #options: {
    source: WatchSource;
    watch: WatchedResource;
    recorder: ResourceRecorder;
    status: WatchStatus;
    times: WatchTimes;
    /** A permit for each event that waits to be recorded. */
    events: Semaphore;
    /** Called when the server said something, before it is recorded. */
    onEvent(type: ObjectEvent['type']): void;
    /** Waits for what must not end the watch when it fails. */
    store(work: Promise<void>): Promise<unknown>;
  };

  constructor(options: {
    source: WatchSource;
    watch: WatchedResource;
    recorder: ResourceRecorder;
    status: WatchStatus;
    times: WatchTimes;
    events: Semaphore;
    onEvent(type: ObjectEvent['type']): void;
    store(work: Promise<void>): Promise<unknown>;
  }) {
    this.#options = options;
  }

  /**
   * Watches once, from a version on.
   *
   * @throws BrokenWatchError; NotRecordedError.
   */
  async follow(from: string, signal: AbortSignal): Promise<EndedWatch> {
    const { recorder, status, times, events, onEvent, store } = this.#options;
    const over = new LinkedAbort(signal);
    let isSilent = false;
    const timer = setTimeout(() => {
      isSilent = true;
      over.abort();
    }, Math.min(times.silenceMillis, times.watchSeconds * 1000 + times.graceMillis));
    const batcher = new EventBatcher({
      record: async changes => {
        await recorder.changes(changes);
        await store(status.seen());
      },
      room: events,
      signal,
      onFailure: () => over.abort(),
    });
    let resourceVersion = from;
    try {
      for await (const event of this.#events(resourceVersion, over.signal)) {
        onEvent(event.type);
        if (event.type === 'ERROR') {
          throw errorOf(event);
        }
        if (event.type === 'BOOKMARK') {
          await store(status.seen());
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
        const { message } = toError(error);
        return { resourceVersion, ending: 'expired', message };
      }
      if (isSilent && !signal.aborted) {
        return { resourceVersion, ending: 'silent' };
      }
      throw new BrokenWatchError(error);
    } finally {
      clearTimeout(timer);
      over.release();
      await batcher.stop();
    }
  }

  #events(
    resourceVersion: string,
    signal: AbortSignal,
  ): AsyncIterable<ObjectEvent> {
    const { source, watch, status, times } = this.#options;
    return untilAborted(
      source.watch(
        { resource: watch.resource, version: status.version },
        { resourceVersion, timeoutSeconds: times.watchSeconds, signal },
      ),
      signal,
    );
  }
}
