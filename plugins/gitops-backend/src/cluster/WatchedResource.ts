import type { ClusterResourceStatus } from '@fairway/plugin-gitops-common';
import type {
  GitopsObserver,
  KubernetesObject,
  ObservedResource,
} from '@fairway/plugin-gitops-node';

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
  /** An object is gone. */
  remove(watch: WatchedResource, object: string): Promise<void>;
  /** A list ended: these objects are there, and no others. */
  listed(
    watch: WatchedResource,
    objects: ReadonlySet<string>,
    at: string,
  ): Promise<void>;
  /** What is known of the connection. */
  status(watch: WatchedResource, status: ClusterResourceStatus): Promise<void>;
}
