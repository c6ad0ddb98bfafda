import type { Application, ClusterStatus } from '@fairway/plugin-gitops-common';

/** What is known of the watch that shows an application. */
function watchOf(
  application: Application,
  cluster: ClusterStatus,
): { state: ClusterStatus['state']; since: string; lastSeenAt?: string } {
  const [group] = application.ref.apiVersion.split('/');
  const plural = `${application.ref.kind.toLowerCase()}s`;
  return (
    cluster.resources.find(
      ({ resource }) =>
        resource.startsWith(`${group}/`) && resource.endsWith(`/${plural}`),
    ) ?? cluster
  );
}

/** Sets `staleSince` on the applications of clusters that cannot be seen at present. */
export function markStale(
  applications: readonly Application[],
  clusters: readonly ClusterStatus[],
): Application[] {
  const byName = new Map(clusters.map(cluster => [cluster.name, cluster]));
  return applications.map(application => {
    const cluster = byName.get(application.ref.cluster);
    if (!cluster) {
      return { ...application, staleSince: application.observedAt };
    }
    const watch = watchOf(application, cluster);
    return watch.state === 'connected'
      ? application
      : { ...application, staleSince: watch.lastSeenAt ?? watch.since };
  });
}
