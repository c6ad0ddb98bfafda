/** How an engine applies what Git says, without being asked. @public */
export interface SyncPolicy {
  /** Applies new revisions by itself. */
  automated: boolean;
  /** Deletes what Git no longer names. */
  prune: boolean;
  /** Reverts changes that were made in the cluster. */
  selfHeal: boolean;
  /**
   * What the engine is told to mind with every sync, in its own words, for example
   * `CreateNamespace=true`; a sync that is asked for must repeat them.
   */
  options?: string[];
}

/** A step on the way to full GitOps: manual, automated, + prune, + self-heal. @public */
export type MigrationPhase = 1 | 2 | 3 | 4;

/**
 * The migration phase that a sync policy stands for.
 *
 * @remarks
 * A Flux Kustomization always reverts drift while it is not suspended, so its phase is
 * decided by `prune` alone: 4 with it, 2 without.
 *
 * @public
 */
export function migrationPhase(policy: SyncPolicy): MigrationPhase {
  if (!policy.automated) {
    return 1;
  }
  if (!policy.prune) {
    return 2;
  }
  return policy.selfHeal ? 4 : 3;
}
