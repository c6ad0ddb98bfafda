import type { ServerResponse } from 'node:http';

/** An open stream, as far as faults reach it. */
export interface FaultyStream {
  response: ServerResponse;
  /** Ends it as Argo CD ends one that failed. */
  fail(message: string): void;
}

/**
 * Faults of the API that tests and demonstrations switch on. Only code of this process can reach
 * them; no request can.
 */
export class ArgocdFaults {
  /** Connections are accepted, and nothing is ever answered. */
  silent = false;
  /** Streams are accepted and say nothing, not even that they are alive. */
  silentStreams = false;
  /** Trees of objects are never answered. */
  silentTrees = false;
  /** Every request is answered with the page of a sign-in proxy. */
  signInPage = false;
  /** Every request is sent elsewhere. */
  redirectTo: string | undefined;
  /** Lists of applications break off in the middle. */
  cutLists = false;
  /** Called before a list of applications is answered. */
  beforeList: ((projects: readonly string[]) => void) | undefined;
  readonly #streams = new Set<FaultyStream>();

  /** Number of streams that are open. */
  get openStreams(): number {
    return this.#streams.size;
  }

  /** Breaks every open stream off. */
  dropStreams(): void {
    for (const { response } of this.#streams) {
      response.destroy();
    }
  }

  /** Every open stream ends with an error. */
  failStreams(message: string): void {
    for (const stream of [...this.#streams]) {
      stream.fail(message);
    }
  }

  /** @returns takes the stream off the list */
  track(stream: FaultyStream): () => void {
    this.#streams.add(stream);
    return () => {
      this.#streams.delete(stream);
    };
  }
}
