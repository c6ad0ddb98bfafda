/** Columns of `cluster_status` that say how the watch of a row is, joined to the row. */
export const WATCH_COLUMNS = [
  'cluster_status.state as watch_state',
  'cluster_status.since as watch_since',
  'cluster_status.last_seen_at as watch_seen_at',
] as const;

/** What {@link WATCH_COLUMNS} selects; null when nothing is known of the watch. */
export interface DbWatchColumns {
  watch_state: string | null;
  watch_since: string | null;
  watch_seen_at: string | null;
}

/**
 * Since when what a row says may be out of date; undefined while it is watched. That includes the
 * time in which a watch begins anew: what changed since it ended is known when it has listed.
 */
export function staleSinceOf(
  row: DbWatchColumns & { observed_at: string },
): string | undefined {
  return row.watch_state && row.watch_state !== 'connected'
    ? row.watch_seen_at ?? row.watch_since ?? row.observed_at
    : undefined;
}
