import type { Deployment } from '@fairway/plugin-gitops-common';

/** The deployments of each component; those of none are left out. */
export function groupByService(
  deployments: readonly Deployment[],
): Map<string, Deployment[]> {
  const groups = new Map<string, Deployment[]>();
  for (const deployment of deployments) {
    const ref = deployment.entityRef;
    if (ref) {
      const group = groups.get(ref);
      if (group) {
        group.push(deployment);
      } else {
        groups.set(ref, [deployment]);
      }
    }
  }
  return groups;
}
