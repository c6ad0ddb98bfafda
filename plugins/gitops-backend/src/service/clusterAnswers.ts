import type {
  Application,
  ClusterStatus,
  PartialError,
} from '@fairway/plugin-gitops-common';

/** Counts what the caller may see; the store counts everything. */
export function countApplications(
  clusters: readonly ClusterStatus[],
  applications: readonly Application[],
): ClusterStatus[] {
  return clusters.map(cluster => ({
    ...cluster,
    applications: applications.filter(({ ref }) => ref.cluster === cluster.name)
      .length,
  }));
}

/** What cannot be seen at present, so that an answer may be stale. */
export function errorsOf(clusters: readonly ClusterStatus[]): PartialError[] {
  return clusters
    .filter(({ state }) => state === 'unreachable' || state === 'forbidden')
    .map(({ name, title, state, since, message }) => ({
      source: name,
      message:
        message ??
        `Cluster ${title} is ${state} since ${since}; see its status for the cause`,
    }));
}
