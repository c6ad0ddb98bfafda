import { toError } from '@backstage/errors';
import type {
  GitopsConnection,
  KubernetesObject,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi } from '../cluster';
import type { TargetObject } from '../store';

/** Where objects of commands are read. */
export interface TargetPlaces {
  connections: readonly GitopsConnection[];
  clusters: Pick<ClusterApi, 'get'>;
  signal?: AbortSignal;
}

/**
 * Reads the object of a command where its application was seen: through a connection of that
 * name, else from the cluster.
 *
 * @throws NotFoundError when it is gone; ConnectionError.
 */
export async function readTarget(
  { ref, plural }: TargetObject,
  from: TargetPlaces,
): Promise<KubernetesObject | undefined> {
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

/** The same, of what need not be there: undefined when it is not. */
export async function findTarget(
  target: TargetObject,
  from: TargetPlaces,
): Promise<KubernetesObject | undefined> {
  try {
    return await readTarget(target, from);
  } catch (error) {
    if (toError(error).name === 'NotFoundError') {
      return undefined;
    }
    throw error;
  }
}
