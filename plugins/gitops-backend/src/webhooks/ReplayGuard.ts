import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** As old as a dated body may be. */
export const REPLAY_WINDOW_MILLIS = 60 * 60_000;
/** As far as the clock of a sender may be ahead. */
export const CLOCK_SKEW_MILLIS = 5 * 60_000;
const REMEMBERED = 10_000;

/**
 * Knows the bodies of the last hour, so that one that is sent again costs nothing.
 *
 * @remarks
 * Each replica remembers its own. That is enough: a webhook carries no state, it only makes
 * Fairway look, so a body that comes twice to two replicas is looked at twice.
 */
export class ReplayGuard {
  readonly #seen: LRUCache<string, true>;

  constructor(options: { now?: () => number } = {}) {
    const { now } = options;
    this.#seen = new LRUCache({
      max: REMEMBERED,
      // A dated body is refused before it is forgotten.
      ttl: REPLAY_WINDOW_MILLIS + CLOCK_SKEW_MILLIS,
      ttlResolution: 0,
      ...(now && { perf: { now } }),
    });
  }

  /** True the first time. */
  isNew(source: string, body: Buffer): boolean {
    const digest = digestOf(source, body);
    if (this.#seen.has(digest)) {
      return false;
    }
    this.#seen.set(digest, true);
    return true;
  }

  /** Nothing came of it: when it is sent again, it is new. */
  forget(source: string, body: Buffer): void {
    this.#seen.delete(digestOf(source, body));
  }
}

function digestOf(source: string, body: Buffer): string {
  return createHash('sha256')
    .update(source)
    .update('\0')
    .update(body)
    .digest('base64');
}
