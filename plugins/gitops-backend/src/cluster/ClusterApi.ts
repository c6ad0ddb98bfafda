import type {
  CommandPatch,
  KubernetesObject,
} from '@fairway/plugin-gitops-node';

/** A cluster of the `kubernetes:` section. */
export interface ConfiguredCluster {
  name: string;
  title: string;
}

/** A kind of a cluster, as its URL names it. */
export interface ClusterResource {
  cluster: string;
  /** Empty for the core group. */
  group: string;
  version: string;
  /** Lower-case plural. */
  plural: string;
}

/** One page of a list. */
export interface ClusterListPage {
  items: KubernetesObject[];
  resourceVersion: string;
  /** Token of the next page. */
  continue?: string;
}

/** One event of a watch. */
export interface ClusterWatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubernetesObject & { code?: number; message?: string };
}

/** What Fairway asks of clusters. */
export interface ClusterApi {
  listClusters(options: { signal?: AbortSignal }): Promise<ConfiguredCluster[]>;
  listPage(
    resource: ClusterResource,
    options: {
      limit: number;
      continue?: string;
      labelSelector?: string;
      signal?: AbortSignal;
    },
  ): Promise<ClusterListPage>;
  /** Events until the server ends the watch. */
  watch(
    resource: ClusterResource,
    options: {
      resourceVersion: string;
      timeoutSeconds: number;
      labelSelector?: string;
      signal?: AbortSignal;
    },
  ): AsyncIterable<ClusterWatchEvent>;
  /**
   * One object.
   *
   * @throws NotFoundError when there is none of that name.
   */
  get(
    resource: ClusterResource,
    object: { namespace?: string; name: string },
    options?: { signal?: AbortSignal },
  ): Promise<KubernetesObject>;
  /** Carries out one write; resolves to the object as it is then. */
  patch(
    patch: CommandPatch,
    options?: { signal?: AbortSignal },
  ): Promise<KubernetesObject>;
}
