import type { Application, ClusterStatus } from '@fairway/plugin-gitops-common';

type Shown = Pick<Application, 'ref' | 'observedAt'>;

/** What is known of the watch that shows an application. */
function watchOf(
  { ref }: Shown,
  cluster: ClusterStatus,
): { state: ClusterStatus['state']; since: string; lastSeenAt?: string } {
  const [group] = ref.apiVersion.split('/');
  const plural = `${ref.kind.toLowerCase()}s`;
  return (
    cluster.resources.find(
      ({ resource }) =>
        resource.startsWith(`${group}/`) && resource.endsWith(`/${plural}`),
    ) ?? cluster
  );
}

/** Since when an application was not seen; absent while its cluster is connected. */
export function staleSince(
  application: Shown,
  clusters: readonly ClusterStatus[],
): string | undefined {
  const { cluster: name } = application.ref;
  const cluster = clusters.find(one => one.name === name);
  if (!cluster) {
    return application.observedAt;
  }
  const watch = watchOf(application, cluster);
  return watch.state === 'connected'
    ? undefined
    : watch.lastSeenAt ?? watch.since;
}

/** Sets `staleSince` on the applications of clusters that cannot be seen at present. */
export function markStale(
  applications: readonly Application[],
  clusters: readonly ClusterStatus[],
): Application[] {
  return applications.map(application => {
    const since = staleSince(application, clusters);
    return since ? { ...application, staleSince: since } : application;
  });
}
