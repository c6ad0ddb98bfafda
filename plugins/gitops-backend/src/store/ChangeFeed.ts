/** What changed after a change number. */
export interface Changes {
  /** Where to go on from; equal to the number asked for when nothing changed. */
  seq: number;
  /** Applications whose state, deployments or failures changed, and those that are gone. */
  applicationIds: string[];
  /** Components of those applications, before and now, and components with a changed fact. */
  entityRefs: string[];
  /**
   * Clusters and other connections whose state changed, that came or went, or of which a fact
   * changed that services share.
   */
  clusters: string[];
  /**
   * False when the feed no longer knows all that changed since then: read everything anew, and
   * go on from `seq`. The lists are empty then.
   */
  complete: boolean;
}

/**
 * Numbers what is written, so that readers on any replica learn cheaply what to read again.
 *
 * @remarks
 * Every transaction that changes what readers see takes the next number, and holds it exclusively
 * until it ends: numbers become visible in their order, so who has read up to a number misses
 * nothing below it. The feed keeps the last number of each name, and forgets those that are very
 * old.
 *
 * A reader begins with `latestChange()`, then reads everything, then asks for `changesSince`
 * that number again and again, as long as `seq` is below `latestChange()`. What it reads may be
 * newer than the number says; it is told again then.
 *
 * Times alone are no change: `observedAt`, and the time when a connection was last seen.
 */
export interface ChangeFeed {
  /** The number of the last change; 0 before the first. One row by its key. */
  latestChange(): Promise<number>;
  /**
   * What changed after a number, the earliest first.
   *
   * @param limit - about so many names at most; those of one number are never split
   */
  changesSince(seq: number, limit: number): Promise<Changes>;
}
