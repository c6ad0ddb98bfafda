/** What Fairway knows of its connection to one resource kind of a cluster. @public */
export interface ClusterResourceStatus {
  /** `group/version/plural`, for example `argoproj.io/v1alpha1/applications`. */
  resource: string;
  /**
   * - `connecting`: the first list has not ended yet;
   * - `connected`: listed, and watched since;
   * - `forbidden`: the credential may not list or watch it;
   * - `unreachable`: the last attempts failed, or nobody watches it; what is stored is stale since
   *   `since`;
   * - `not-installed`: the cluster does not know the kind.
   */
  state:
    | 'connecting'
    | 'connected'
    | 'forbidden'
    | 'unreachable'
    | 'not-installed';
  /** ISO time of the moment the state began. */
  since: string;
  /** ISO time of the last moment the stored objects were known to equal the cluster's. */
  lastSeenAt?: string;
  /** Cause and what to do, when the state is not `connected`. */
  message?: string;
  /** Objects that could not be read; what was known of them before stays. At most 20. */
  problems?: ClusterObjectProblem[];
}

/** An object that no observation could be made of. @public */
export interface ClusterObjectProblem {
  /** `<namespace>/<name>`, without the slash when cluster-scoped. */
  object: string;
  /** Why not, and what to do. */
  message: string;
  /** ISO time since when. */
  since: string;
}

/** What Fairway knows of its connection to a cluster, or to an engine's own API. @public */
export interface ClusterStatus {
  /** Name of the cluster in the `kubernetes:` section, or of the connection. */
  name: string;
  title: string;
  /** How it is watched: over the Kubernetes API, or over an engine's own. */
  connection: 'kubernetes' | 'argocd';
  /**
   * Seconds that the clock of the cluster is ahead of the backend's (negative: behind), when it is
   * off by more than 30 seconds. Times that the engines wrote are wrong by as much.
   */
  clockSkewSeconds?: number;
  /** The worst state of its resources, `not-installed` aside; `not-installed` when no engine is. */
  state: ClusterResourceStatus['state'];
  since: string;
  message?: string;
  resources: ClusterResourceStatus[];
  /** Number of applications stored for this cluster. */
  applications: number;
}
