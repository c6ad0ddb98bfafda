/**
 * Delivers events to listeners at once and in order.
 *
 * A listener may write to the cluster while it is being told of a change: the event of
 * that write waits until every listener has seen the present one, so that nobody sees a
 * later version before an earlier one.
 */
export class WatchHub<TEvent> {
  readonly #listeners = new Set<(event: TEvent) => void>();
  readonly #pending: Array<() => void> = [];
  readonly #onError: (error: unknown) => void;
  #draining = false;

  /** @param onError - told when a listener throws; the other listeners go on */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  publish(event: TEvent): void {
    this.#run(() => {
      for (const listener of [...this.#listeners]) {
        if (this.#listeners.has(listener)) {
          this.#guard(() => listener(event));
        }
      }
    });
  }

  /**
   * @param replay - called before the first event, for what exists already
   * @returns ends the subscription
   */
  subscribe(listener: (event: TEvent) => void, replay?: () => void) {
    this.#listeners.add(listener);
    if (replay) {
      this.#run(() => this.#guard(replay));
    }
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#onError(error);
    }
  }

  #run(work: () => void): void {
    this.#pending.push(work);
    if (this.#draining) {
      return;
    }
    this.#draining = true;
    try {
      for (
        let next = this.#pending.shift();
        next;
        next = this.#pending.shift()
      ) {
        next();
      }
    } finally {
      this.#draining = false;
    }
  }
}
