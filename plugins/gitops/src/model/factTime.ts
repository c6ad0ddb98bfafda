import type { Fact } from '@fairway/plugin-gitops-common';

/**
 * The moment that a fact is judged at: of a cluster that cannot be seen, the last one that was. What
 * was not done since then may have been done all the same.
 */
export function momentOf(fact: Pick<Fact, 'staleSince'>, now: Date): Date {
  return fact.staleSince ? new Date(fact.staleSince) : now;
}

/** Since when the oldest of some facts may be out of date; undefined when none is. */
export function oldestStale(
  facts: ReadonlyArray<Pick<Fact, 'staleSince'>>,
): string | undefined {
  return facts.flatMap(({ staleSince }) => staleSince ?? []).sort()[0];
}
