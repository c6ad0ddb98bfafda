/** Work by key, one after the other; of what waits meanwhile, only the last is done. */
export class LatestWork {
  readonly #running = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, () => Promise<void>>();

  /** @param work - must not reject */
  add(key: string, work: () => Promise<void>): void {
    this.#waiting.set(key, work);
    if (!this.#running.has(key)) {
      this.#running.set(key, this.#drain(key));
    }
  }

  /** Resolves when nothing runs or waits. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async #drain(key: string): Promise<void> {
    for (
      let work = this.#waiting.get(key);
      work;
      work = this.#waiting.get(key)
    ) {
      this.#waiting.delete(key);
      await work();
    }
    this.#running.delete(key);
  }
}
