/** Once may be an accident. */
const BEFORE_SAID = 3;

/** How often in a row a server forgot a version before it could be watched from there. */
export class Outruns {
  readonly #pauseSeconds: number;
  #count = 0;
  #said = '';

  /** @param options - the longest pause between two lists */
  constructor(options: { maximumMillis: number }) {
    this.#pauseSeconds = Math.round(options.maximumMillis / 1000);
  }

  /** @param said - what the server said of the version */
  add(said: string): void {
    this.#count += 1;
    this.#said = said;
  }

  reset(): void {
    this.#count = 0;
  }

  get any(): boolean {
    return this.#count > 0;
  }

  /** What is to be told; undefined while it is not worth a word. */
  get message(): string | undefined {
    return this.#count < BEFORE_SAID
      ? undefined
      : `It cannot be watched, because its server forgets versions too soon: ${
          this.#said
        }. Everything is listed again and again instead, with pauses of up to ${
          this.#pauseSeconds
        } seconds; let an API server remember for longer (--etcd-compaction-interval, --watch-cache-sizes)`;
  }
}
