/** Nothing was written for so long: between the pages of a list it is shorter. */
const QUIET_MILLIS = 1_000;
const LOOK_EVERY_MILLIS = 100;

interface Waiting<T> {
  items: readonly T[];
  /** Instead of items: something that runs alone. */
  task?: () => Promise<void>;
  done(): void;
  failed(error: unknown): void;
}

/** Lets everybody else have a turn: readers, timers, requests. */
function othersTurn(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve);
  });
}

/**
 * Writes what is added by different callers, in the order in which it was added, one batch at a
 * time. What waits is written together, as far as it is about different things.
 *
 * @remarks
 * One writer is as fast as several: a database that answers many statements at once gains less
 * than a transaction of many rows saves.
 */
export class WriteQueue<T> {
  readonly #options: {
    write(items: T[]): Promise<void>;
    keyOf(item: T): string;
    maximum: number;
  };
  readonly #waiting: Array<Waiting<T>> = [];
  #turns: Promise<void> = Promise.resolve();
  #running = false;
  #lastWrittenAt = 0;

  constructor(options: {
    /** Items of one key are never in one batch. */
    keyOf(item: T): string;
    /** So many items in a batch, unless more were added at once. */
    maximum: number;
    write(items: T[]): Promise<void>;
  }) {
    this.#options = options;
  }

  /** Resolves when all are written; rejects when the batch with them could not be. */
  add(items: readonly T[]): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ items, done, failed });
      this.#start();
    });
  }

  /** Runs a task alone, after everything that was added before. */
  run<R>(task: () => Promise<R>): Promise<R> {
    return new Promise((resolve, failed) => {
      this.#waiting.push({
        items: [],
        task: async () => resolve(await task()),
        done: () => {},
        failed,
      });
      this.#start();
    });
  }

  /**
   * Resolves when nothing was written for a moment, or after so many milliseconds; for those who
   * wait one after the other, each in a turn of its own.
   *
   * @remarks
   * SQLite answers without a turn of the event loop. Work that only asks it would never let
   * anybody else have one, and so never see that something more urgent waits.
   */
  async quiet(maximumMillis: number): Promise<void> {
    this.#turns = this.#turns.then(othersTurn);
    await this.#turns;
    const until = Date.now() + maximumMillis;
    const isBusy = () =>
      this.#running || Date.now() - this.#lastWrittenAt < QUIET_MILLIS;
    while (isBusy() && Date.now() < until) {
      await new Promise(resolve => {
        setTimeout(resolve, LOOK_EVERY_MILLIS).unref();
      });
    }
  }

  #start(): void {
    if (!this.#running) {
      this.#running = true;
      this.#run();
    }
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#next();
      try {
        const [{ task }] = batch;
        await (task
          ? task()
          : this.#options.write(batch.flatMap(({ items }) => items)));
        batch.forEach(({ done }) => done());
      } catch (error) {
        batch.forEach(({ failed }) => failed(error));
      }
      this.#lastWrittenAt = Date.now();
      await othersTurn();
    }
    this.#running = false;
  }

  #next(): Array<Waiting<T>> {
    const { keyOf, maximum } = this.#options;
    const keys = new Set<string>();
    let count = 0;
    let size = 0;
    for (const { items, task } of this.#waiting) {
      const isAlone = task !== undefined || count + items.length > maximum;
      if (size > 0 && (isAlone || items.some(item => keys.has(keyOf(item))))) {
        break;
      }
      items.forEach(item => keys.add(keyOf(item)));
      count += items.length;
      size += 1;
      if (task) {
        break;
      }
    }
    return this.#waiting.splice(0, size);
  }
}
