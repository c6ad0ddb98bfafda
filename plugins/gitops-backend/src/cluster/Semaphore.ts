/** Lets so many at a time go on; those that wait are served in their order. */
export class Semaphore {
  #free: number;
  readonly #waiting: Array<{ go(): void }> = [];

  constructor(permits: number) {
    this.#free = permits;
  }

  /**
   * Resolves to what gives the permit back, which may be called again without effect.
   *
   * @throws the reason of the signal, when it is aborted first.
   */
  async acquire(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free -= 1;
    } else {
      await this.#turn(signal);
    }
    let held = true;
    return () => {
      if (held) {
        held = false;
        this.#release();
      }
    };
  }

  /** Waits for a permit that somebody gives back. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const waiting = { go: () => {} };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason);
      };
      waiting.go = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiting);
    });
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next) {
      next.go();
    } else {
      this.#free += 1;
    }
  }
}
