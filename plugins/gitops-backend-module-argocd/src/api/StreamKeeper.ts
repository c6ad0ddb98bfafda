import { ApplicationStream } from './ApplicationStream';
import type { ArgocdClient } from './ArgocdClient';
import type { ArgocdTimes } from './ArgocdTimes';
import { wait } from './wait';

/** A stream that broke sooner is not worth a list each time. */
const SHORT_STREAM_MILLIS = 60_000;

/** Keeps one stream open from one read to the next, and closes it when nobody reads any more. */
export class StreamKeeper {
  readonly #client: ArgocdClient;
  readonly #projects: string[] | undefined;
  readonly #times: ArgocdTimes;
  readonly #bufferCharacters: number | undefined;
  readonly #onClose: () => void;
  #stream: ApplicationStream | undefined;
  #shortStreams = 0;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(options: {
    client: ArgocdClient;
    projects?: string[];
    times: ArgocdTimes;
    bufferCharacters?: number;
    /** Called when nobody has read for a while. */
    onClose(): void;
  }) {
    this.#client = options.client;
    this.#projects = options.projects;
    this.#times = options.times;
    this.#bufferCharacters = options.bufferCharacters;
    this.#onClose = options.onClose;
  }

  get stream(): ApplicationStream | undefined {
    return this.#stream;
  }

  /** The stream that is open, or a new one. */
  open(): ApplicationStream {
    if (!this.#stream || this.#stream.failure) {
      this.#stream = new ApplicationStream({
        client: this.#client,
        projects: this.#projects,
        silenceMillis: this.#times.silence,
        bufferCharacters: this.#bufferCharacters,
      });
    }
    return this.#stream;
  }

  /** @throws the failure of a stream that has ended, once */
  assertNotFailed(): void {
    const stream = this.#stream;
    if (stream?.failure) {
      const isShort = (stream.openMillis ?? 0) < SHORT_STREAM_MILLIS;
      this.#shortStreams = isShort ? this.#shortStreams + 1 : 0;
      this.#stream = undefined;
      throw stream.failure;
    }
  }

  /** Waits, the longer the more streams in a row broke soon after they began. */
  async restAfterShortStreams(signal?: AbortSignal): Promise<void> {
    if (this.#shortStreams > 1) {
      const { initialRest, maximumRest } = this.#times;
      const millis = initialRest * 2 ** (this.#shortStreams - 2);
      await wait(Math.min(millis, maximumRest), signal);
    }
  }

  /** Somebody reads. */
  busy(): void {
    clearTimeout(this.#idleTimer);
  }

  /**
   * Nobody may come back: another replica watches now, or this one stops. Who aborts a watch may
   * also go on with another one at once.
   */
  rest(signal?: AbortSignal): void {
    clearTimeout(this.#idleTimer);
    const { idle, abandoned } = this.#times;
    this.#idleTimer = setTimeout(
      () => this.#close(),
      signal?.aborted ? abandoned : idle,
    ).unref();
  }

  #close(): void {
    this.#onClose();
    this.#stream?.close();
    this.#stream = undefined;
  }
}
