import type { SyncPolicy } from '@fairway/plugin-gitops-common';

/** The four sync policies that a form offers, from the safest on. @public */
export const SYNC_POLICY_NAMES = [
  'manual',
  'automated',
  'automated-prune',
  'automated-prune-self-heal',
] as const;

/** One of {@link SYNC_POLICY_NAMES}. @public */
export type SyncPolicyName = (typeof SYNC_POLICY_NAMES)[number];

/** The policy that a name of a form stands for. @public */
export function syncPolicyByName(name: SyncPolicyName): SyncPolicy {
  const step = SYNC_POLICY_NAMES.indexOf(name);
  return { automated: step >= 1, prune: step >= 2, selfHeal: step >= 3 };
}
