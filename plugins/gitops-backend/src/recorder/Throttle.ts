/**
 * Calls `send` with what was added since the last call: the first time at once, then at most
 * once per interval.
 */
export class Throttle<T> {
  readonly #millis: number;
  readonly #send: (items: T[]) => void;
  #items: T[] = [];
  #timer?: NodeJS.Timeout;

  constructor(options: { millis: number; send(items: T[]): void }) {
    this.#millis = options.millis;
    this.#send = options.send;
  }

  /** Sends the item now or with the next call. */
  add(item: T): void {
    this.#items.push(item);
    if (!this.#timer) {
      this.#flush();
    }
  }

  /** Sends what waits, and nothing later. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#items.length > 0) {
      this.#send(this.#items.splice(0));
    }
  }

  #flush(): void {
    this.#send(this.#items.splice(0));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#items.length > 0) {
        this.#flush();
      }
    }, this.#millis);
    this.#timer.unref();
  }
}
