import type { ConnectionError } from '@fairway/plugin-gitops-node';

/** Whether a cluster answers, as all its watches are told at once. */
export class Reachability {
  #down = new AbortController();
  #up = new AbortController();
  #heardAt = 0;

  /** Unix time in milliseconds of the last word of the cluster, whatever it was. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** The cluster said something: it answers, however slow. */
  heard(): void {
    this.#heardAt = Date.now();
  }

  /** Aborted with the cause once the cluster does not answer any more. */
  get down(): AbortSignal {
    return this.#down.signal;
  }

  /** Aborted once the cluster answers again; see {@link down}. */
  get up(): AbortSignal {
    return this.#up.signal;
  }

  fail(cause: ConnectionError): void {
    if (!this.#down.signal.aborted) {
      this.#up = new AbortController();
      this.#down.abort(cause);
    }
  }

  succeed(): void {
    if (this.#down.signal.aborted) {
      this.#down = new AbortController();
      this.#up.abort();
    }
  }
}
