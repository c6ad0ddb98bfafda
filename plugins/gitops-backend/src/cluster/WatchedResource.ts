import type { ClusterResourceStatus } from '@fairway/plugin-gitops-common';
import type {
  GitopsObserver,
  KubernetesObject,
  ObservedResource,
} from '@fairway/plugin-gitops-node';
import type { ObjectVersion } from '../store';

/** One kind of one cluster, watched for one observer. */
export interface WatchedResource {
  cluster: string;
  observer: GitopsObserver;
  resource: ObservedResource;
  /** Names the watch in the store: `<observer>:<group>/<plural>`, plus `?<selector>`. */
  key: string;
}

/** Names an object among those of its watch. */
export function objectKey(object: KubernetesObject): string {
  const { namespace, name } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}

/** The watches that observers want of a cluster. */
export function watchedResources(
  cluster: string,
  observers: readonly GitopsObserver[],
): WatchedResource[] {
  return observers.flatMap(observer =>
    observer.resources.map(resource => ({
      cluster,
      observer,
      resource,
      key: watchKey(observer, resource),
    })),
  );
}

/** See {@link WatchedResource.key}. */
export function watchKey(
  observer: Pick<GitopsObserver, 'id'>,
  resource: Pick<ObservedResource, 'group' | 'plural' | 'labelSelector'>,
): string {
  const { group, plural, labelSelector } = resource;
  return `${observer.id}:${group}/${plural}${
    labelSelector ? `?${labelSelector}` : ''
  }`;
}

/** An object that no observation could be made of. */
export interface ObjectProblem {
  /** As {@link objectKey} names it. */
  object: string;
  message: string;
}

/** As of when an object was not there: what was recorded of a newer state of it stays. */
export interface AsOf {
  /** Its last version, or that of everything of its kind, without a uid. */
  version?: ObjectVersion;
  /** ISO time at which it was looked for; what was recorded from then on stays. */
  lookedAt?: string;
}

/** Who hears what a watch sees. Calls about one object are made one after the other. */
export interface WatchSink {
  /**
   * These objects are there, as given: the newest state of each, at most once each.
   *
   * @returns those that no observation could be made of; the others were recorded.
   */
  observe(
    watch: WatchedResource,
    objects: readonly KubernetesObject[],
  ): Promise<ObjectProblem[]>;
  /** An object is gone; whatever is stored of it, or older than `asOf`. */
  remove(watch: WatchedResource, object: string, asOf?: AsOf): Promise<void>;
  /** A list that began at that time ended: these objects were there, and no others. */
  listed(
    watch: WatchedResource,
    objects: ReadonlySet<string>,
    at: string,
    asOf?: AsOf,
  ): Promise<void>;
  /** What is known of the connection. */
  status(
    watch: WatchedResource,
    status: ClusterResourceStatus,
  ): Promise<{
    /** Nothing was known of it before. */
    isNew: boolean;
  }>;
}
