import type {
  GitopsConnection,
  KubernetesObject,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi } from '../cluster';
import type { CommandTarget } from '../store';

/**
 * Reads the object of a command where its application was seen: through a connection of that
 * name, else from the cluster.
 *
 * @throws NotFoundError when it is gone; ConnectionError.
 */
export async function readTarget(
  target: CommandTarget,
  from: {
    connections: readonly GitopsConnection[];
    clusters: Pick<ClusterApi, 'get'>;
    signal: AbortSignal;
  },
): Promise<KubernetesObject | undefined> {
  const { ref, plural } = target;
  const { signal } = from;
  const [group, version] = ref.apiVersion.includes('/')
    ? ref.apiVersion.split('/')
    : ['', ref.apiVersion];
  const connection = from.connections.find(({ name }) => name === ref.cluster);
  if (!connection) {
    return from.clusters.get(
      { cluster: ref.cluster, group, version, plural },
      ref,
      { signal },
    );
  }
  const resource = connection.resources.find(
    candidate => candidate.group === group && candidate.plural === plural,
  );
  return resource && connection.get(resource, ref, { signal });
}
