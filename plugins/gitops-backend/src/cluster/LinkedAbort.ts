/**
 * Ends something when its own end comes, or that of one of its parents.
 *
 * @remarks
 * In place of `AbortSignal.any` where parents live for long: what that makes stays with the parent,
 * for some time on Node 24 and for ever on Node 20 and 22. Here it is one listener of each parent,
 * until `release`.
 */
export class LinkedAbort {
  readonly #own = new AbortController();
  readonly #releases: Array<() => void>;

  constructor(...parents: AbortSignal[]) {
    this.#releases = parents.map(parent => {
      const follow = () => this.abort(parent.reason);
      if (parent.aborted) {
        follow();
      } else {
        parent.addEventListener('abort', follow, { once: true });
      }
      return () => parent.removeEventListener('abort', follow);
    });
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  abort(reason?: unknown): void {
    this.#own.abort(reason);
  }

  /** The parents are not followed any more; must be called in the end. */
  release(): void {
    this.#releases.splice(0).forEach(release => release());
  }
}
