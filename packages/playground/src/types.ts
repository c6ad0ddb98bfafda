/**
 * The seams between the parts of the playground.
 *
 * The forge, the cluster and the controllers know each other only through these
 * interfaces, so that each can be started, tested and replaced alone.
 */

/** Any Kubernetes object, as it travels over the API. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    finalizers?: string[];
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: Array<{
      apiVersion: string;
      kind: string;
      name: string;
      uid: string;
      controller?: boolean;
      blockOwnerDeletion?: boolean;
    }>;
    managedFields?: unknown[];
  };
  [field: string]: any;
}

/** Names one object of a cluster. */
export interface ObjectKey {
  apiVersion: string;
  kind: string;
  /** Absent for cluster-scoped kinds. */
  namespace?: string;
  name: string;
}

/** A change in the cluster, as a watch reports it. */
export interface ClusterEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubernetesObject;
}

/**
 * The cluster as the controllers see it: the same store that the Kubernetes API serves.
 *
 * Every write goes through the same rules as a request over HTTP (resourceVersion,
 * generation, finalizers, status subresource), and is seen by every watch.
 * Objects that are returned are copies: changing one changes nothing.
 */
export interface Cluster {
  get(key: ObjectKey): KubernetesObject | undefined;
  list(
    kind: { apiVersion: string; kind: string },
    options?: { namespace?: string; labels?: Record<string, string> },
  ): KubernetesObject[];
  create(object: KubernetesObject): KubernetesObject;
  /** Server-side apply: creates the object or takes over the fields it names. */
  apply(object: KubernetesObject, fieldManager: string): KubernetesObject;
  /** Merge patch of metadata and spec; a change of the spec raises the generation. */
  patch(key: ObjectKey, patch: object): KubernetesObject;
  /** Merge patch of the status subresource only. */
  patchStatus(key: ObjectKey, status: object): KubernetesObject;
  /** Deletes, honouring finalizers; deleting what is not there does nothing. */
  delete(key: ObjectKey): void;
  /** Calls back for every existing object of the kind, then for each change, in order. */
  watch(
    kind: { apiVersion: string; kind: string },
    listener: (event: ClusterEvent) => void,
  ): () => void;
  /** The log lines of a container, oldest first; a controller appends, the API serves them. */
  appendLog(pod: ObjectKey, line: string): void;
}

/** A push that the forge accepted. */
export interface PushEvent {
  owner: string;
  repository: string;
  branch: string;
  before: string;
  after: string;
}

/** An open pull request, as those see it who make something of each. */
export interface ForgePullRequest {
  number: number;
  title: string;
  author: string;
  /** The branch that is to be merged. */
  branch: string;
  targetBranch: string;
  headSha: string;
  labels: string[];
}

/** The forge as the other parts of the playground see it. */
export interface Forge {
  /** Base URL, for example `http://localhost:3100`. */
  readonly url: string;
  /**
   * The bare repository on disk that a clone URL of this forge names (with or without
   * `.git`), or undefined when the forge has no such repository. Read it with real git.
   */
  gitDirectory(cloneUrl: string): string | undefined;
  onPush(listener: (event: PushEvent) => void): () => void;
  /**
   * The open pull requests of the repository that a URL of this forge names, newest first;
   * undefined when the forge has no such repository.
   */
  openPulls(url: string): ForgePullRequest[] | undefined;
}

/** One stand-in for a controller; `start` returns at once and works until it is stopped. */
export interface Controller {
  readonly name: string;
  start(): void;
  stop(): Promise<void>;
}
