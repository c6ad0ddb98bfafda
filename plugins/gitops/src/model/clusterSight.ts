import type { ClusterStatus } from '@fairway/plugin-gitops-common';

/** What guards a service, by the API groups that say so. */
export type GuardrailArea = 'policy' | 'secret' | 'backup';

const GROUPS: Record<GuardrailArea, string[]> = {
  policy: [
    'wgpolicyk8s.io',
    'openreports.io',
    'constraints.gatekeeper.sh',
    'policies.kyverno.io',
    'kyverno.io',
  ],
  secret: ['external-secrets.io'],
  backup: ['velero.io'],
};

/** The moment until which what is shown of a cluster was true. */
export function lastTrue(cluster: ClusterStatus): string {
  const seen = cluster.resources
    .filter(({ state }) => state === 'unreachable')
    .map(({ lastSeenAt }) => lastSeenAt)
    .filter(time => time !== undefined)
    .sort();
  return seen[0] ?? cluster.since;
}

function kindsOf(cluster: ClusterStatus, area: GuardrailArea) {
  return cluster.resources.filter(({ resource }) =>
    GROUPS[area].includes(resource.split('/')[0]),
  );
}

/** Titles of the clusters on which an area cannot be seen, wholly or in part. */
export function unseenClusters(
  clusters: readonly ClusterStatus[],
  area: GuardrailArea,
): string[] {
  const isUnseen = ({ state }: Pick<ClusterStatus, 'state'>) =>
    state !== 'connected' && state !== 'not-installed';
  return clusters
    .filter(cluster =>
      cluster.resources.length === 0
        ? isUnseen(cluster)
        : kindsOf(cluster, area).some(isUnseen),
    )
    .map(({ title }) => title);
}

/** True when an area is watched on some cluster, so that what is not known there is not there. */
export function isWatched(
  clusters: readonly ClusterStatus[],
  area: GuardrailArea,
): boolean {
  return clusters.some(cluster =>
    kindsOf(cluster, area).some(({ state }) => state === 'connected'),
  );
}

/** True when nothing of a cluster can be seen, and not some of its kinds alone. */
export function isWhollyUnseen(cluster: ClusterStatus): boolean {
  return cluster.resources.every(({ state }) => state !== 'connected');
}
