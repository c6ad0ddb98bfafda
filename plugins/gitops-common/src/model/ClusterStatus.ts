/** What Fairway knows of its connection to one resource kind of a cluster. @public */
export interface ClusterResourceStatus {
  /** `group/version/plural`, for example `argoproj.io/v1alpha1/applications`. */
  resource: string;
  /**
   * - `connecting`: the first list has not ended yet;
   * - `connected`: listed, and watched since;
   * - `forbidden`: the credential may not list or watch it;
   * - `unreachable`: the last attempts failed; what is stored is stale since `since`;
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
}

/** What Fairway knows of its connection to a cluster. @public */
export interface ClusterStatus {
  /** Name of the cluster in the `kubernetes:` section. */
  name: string;
  title: string;
  /** The worst state of its resources, `not-installed` aside; `not-installed` when no engine is. */
  state: ClusterResourceStatus['state'];
  since: string;
  message?: string;
  resources: ClusterResourceStatus[];
  /** Number of applications stored for this cluster. */
  applications: number;
}
