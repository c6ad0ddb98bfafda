/** Resolves after the time, or at once when the signal is aborted; never rejects. */
export function wait(millis: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) {
    return Promise.resolve();
  }
  return new Promise(resolve => {
    const timer = setTimeout(done, millis);
    signal.addEventListener('abort', done, { once: true });

    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

/**
 * How long to wait before the next attempt: doubles with each failure, with jitter so that many
 * watches that failed together do not come back together.
 */
export class Backoff {
  readonly #initialMillis: number;
  readonly #maximumMillis: number;
  #failures = 0;

  constructor(options: { initialMillis: number; maximumMillis: number }) {
    this.#initialMillis = options.initialMillis;
    this.#maximumMillis = options.maximumMillis;
  }

  /** Milliseconds until the next attempt, after one more failure. */
  next(): number {
    const full = Math.min(
      this.#initialMillis * 2 ** this.#failures,
      this.#maximumMillis,
    );
    this.#failures += 1;
    return full * (0.5 + Math.random() / 2);
  }

  /** An attempt succeeded. */
  reset(): void {
    this.#failures = 0;
  }
}

/** Calls `work` for every item, at most `limit` at a time; the first error ends it. */
export async function forEachLimited<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const item = items[next];
      next += 1;
      await work(item);
    }
  };
  await Promise.all(
    Array.from({ length: Math.min(limit, items.length) }, worker),
  );
}

/**
 * The work's result, unless it takes longer or the signal is aborted.
 *
 * @throws Error that says how long was waited, or the reason of the signal.
 */
export async function within<T>(
  millis: number,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  let end = () => {};
  try {
    return await new Promise<T>((resolve, reject) => {
      const abort = () => reject(signal?.reason);
      const timer = setTimeout(
        () =>
          reject(
            new Error(
              `it took longer than ${Math.round(millis / 1000)} seconds`,
            ),
          ),
        millis,
      );
      end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
      signal?.addEventListener('abort', abort, { once: true });
      work().then(resolve, reject);
    });
  } finally {
    end();
  }
}

/**
 * The items, until the signal is aborted: also when the source does not hear of that.
 *
 * @throws the reason of the signal.
 */
export async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  // One promise for each item: a race with one that lasts would keep every item in memory.
  let giveUp: ((reason: unknown) => void) | undefined;
  const abort = () => giveUp?.(signal.reason);
  const next = () =>
    new Promise<IteratorResult<T>>((resolve, reject) => {
      giveUp = reject;
      iterator.next().then(resolve, reject);
    });
  signal.addEventListener('abort', abort, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const item = await next();
      if (item.done) {
        return;
      }
      yield item.value;
    }
  } finally {
    signal.removeEventListener('abort', abort);
    // Not waited for: a source that hangs would hold its reader.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
