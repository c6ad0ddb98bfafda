import type { Cluster, ClusterEvent, KubernetesObject } from '../types';
import { KINDS } from './ApiContext';

/**
 * The applications as the API server of Argo CD has them: it watches the cluster once, and
 * answers every list and stream from what it saw.
 */
export class ApplicationCache {
  readonly #cluster: Cluster;
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #listeners = new Set<(event: ClusterEvent) => void>();
  #version = 0;
  #stop: (() => void) | undefined;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Of the newest change that was seen. */
  get version(): string {
    return String(this.#version);
  }

  start(): void {
    this.#stop ??= this.#cluster.watch(KINDS.application, event => {
      const { uid, resourceVersion } = event.object.metadata;
      if (event.type === 'DELETED') {
        this.#objects.delete(uid!);
      } else {
        this.#objects.set(uid!, event.object);
      }
      this.#version = Math.max(this.#version, Number(resourceVersion));
      this.#listeners.forEach(listener => listener(event));
    });
  }

  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  /** Not to be changed by who gets them. */
  list(): KubernetesObject[] {
    return [...this.#objects.values()];
  }

  /** Calls back for each change from now on. */
  subscribe(listener: (event: ClusterEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
