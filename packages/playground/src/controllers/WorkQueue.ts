const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 30_000;

/** Names the object to look at; returns after how many milliseconds to look again, if at all. */
export type Work = (key: string) => Promise<number | undefined>;

interface Waiting {
  dueAt: number;
  timer: NodeJS.Timeout;
}

/**
 * A queue of objects to look at. A key waits at most once, is never worked on twice at the
 * same time, and is tried again with growing pauses while its work fails.
 */
export class WorkQueue {
  readonly #work: Work;
  readonly #onError: (key: string, error: unknown) => void;
  readonly #waiting = new Map<string, Waiting>();
  readonly #running = new Map<string, Promise<void>>();
  /** Keys that came in again while they were worked on, with the time they are due. */
  readonly #again = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  #stopped = false;

  constructor(options: {
    work: Work;
    onError: (key: string, error: unknown) => void;
  }) {
    this.#work = options.work;
    this.#onError = options.onError;
  }

  /** Looks at the key after the delay, or earlier when it is already due earlier. */
  add(key: string, delayMs: number): void {
    if (this.#stopped) {
      return;
    }
    const dueAt = Date.now() + delayMs;
    if (this.#running.has(key)) {
      this.#again.set(key, Math.min(dueAt, this.#again.get(key) ?? dueAt));
      return;
    }
    const waiting = this.#waiting.get(key);
    if (waiting && waiting.dueAt <= dueAt) {
      return;
    }
    clearTimeout(waiting?.timer);
    const timer = setTimeout(() => this.#run(key), Math.max(0, delayMs));
    this.#waiting.set(key, { dueAt, timer });
  }

  /** Takes nothing up any more; resolves when the work under way is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#waiting.values()) {
      clearTimeout(timer);
    }
    this.#waiting.clear();
    await Promise.all(this.#running.values());
  }

  #run(key: string): void {
    this.#waiting.delete(key);
    const running = this.#attempt(key).then(next => {
      this.#running.delete(key);
      const again = this.#again.get(key);
      this.#again.delete(key);
      if (again !== undefined) {
        this.add(key, again - Date.now());
      }
      if (next !== undefined) {
        this.add(key, next);
      }
    });
    this.#running.set(key, running);
  }

  async #attempt(key: string): Promise<number | undefined> {
    try {
      const next = await this.#work(key);
      this.#failures.delete(key);
      return next;
    } catch (error) {
      const failures = this.#failures.get(key) ?? 0;
      this.#failures.set(key, failures + 1);
      this.#onError(key, error);
      return Math.min(FIRST_BACKOFF_MS * 2 ** failures, LONGEST_BACKOFF_MS);
    }
  }
}
