import type {
  CommandPatch,
  KubernetesObject,
  ObjectEvent,
  ObjectPage,
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

/** A kind that a cluster serves. */
export interface ServedKind {
  kind: string;
  /** Lower-case plural. */
  plural: string;
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
      /**
       * Called when the answer begins, before it is read into memory, which waits for it: so
       * that many clusters that answer at once are read one after the other.
       */
      admit?(): Promise<void>;
    },
  ): Promise<ObjectPage>;
  /**
   * The kinds of a group that can be listed and watched.
   *
   * @throws ConnectionError `not-installed` when the cluster does not know the group's version.
   */
  listKinds(
    group: { cluster: string; group: string; version: string },
    options: { signal?: AbortSignal },
  ): Promise<ServedKind[]>;
  /**
   * Whether the cluster answers at all, whatever it says.
   *
   * @returns the time that the answer bears, by the clock of the cluster
   * @throws ConnectionError `unreachable` when it does not answer.
   */
  probe(
    cluster: string,
    options: { signal?: AbortSignal },
  ): Promise<{ date?: Date }>;
  /** Events until the server ends the watch. */
  watch(
    resource: ClusterResource,
    options: {
      resourceVersion: string;
      timeoutSeconds: number;
      labelSelector?: string;
      signal?: AbortSignal;
    },
  ): AsyncIterable<ObjectEvent>;
  /**
   * One object.
   *
   * @throws NotFoundError when the cluster says that there is none of that name; ConnectionError
   * `not-installed` when it does not know the kind in that version.
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
