/** Whether what runs is what Git says, best first. @public */
export const SYNC_STATUSES = ['synced', 'out-of-sync', 'unknown'] as const;

/** One of {@link SYNC_STATUSES}. @public */
export type SyncStatus = (typeof SYNC_STATUSES)[number];

/**
 * The worst of several sync states. `out-of-sync` is worse than `unknown`: it is a
 * fact that somebody can act on. `unknown` when there are none.
 *
 * @public
 */
export function worstSync(statuses: readonly SyncStatus[]): SyncStatus {
  if (statuses.includes('out-of-sync')) {
    return 'out-of-sync';
  }
  if (statuses.length === 0 || statuses.includes('unknown')) {
    return 'unknown';
  }
  return 'synced';
}
