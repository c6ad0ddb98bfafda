import { Cluster, ClusterEvent, ObjectKey } from '../../types';
import {
  APPLICATION,
  DEPLOYMENT,
  INGRESS,
  JOB,
  Kind,
  kindId,
  kindOf,
  keyOf,
  NAMESPACE,
  resourceId,
  SERVICE,
  STATEFUL_SET,
} from '../objects/kinds';
import { Reconciler } from '../Reconciler';
import { CONTROLLER_NAMESPACE, trackedBy } from './annotations';

/** Kinds that are watched from the start; others from when an application first has one. */
const KINDS: Kind[] = [
  NAMESPACE,
  SERVICE,
  DEPLOYMENT,
  STATEFUL_SET,
  JOB,
  INGRESS,
  APPLICATION,
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'v1', kind: 'Secret' },
  { apiVersion: 'v1', kind: 'ServiceAccount' },
  { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
];

/** The queue key of the application that a tracking id names. */
function applicationKey(instance: string): string {
  return instance.includes('_')
    ? instance.replace('_', '/')
    : `${CONTROLLER_NAMESPACE}/${instance}`;
}

/** Which live objects belong to which application, by their tracking ids. */
export class ManagedResources {
  readonly #cluster: Cluster;
  #reconciler?: Reconciler;
  readonly #kinds = new Set<string>();
  readonly #byInstance = new Map<string, Map<string, ObjectKey>>();
  readonly #instanceOf = new Map<string, string>();

  constructor(options: { cluster: Cluster }) {
    this.#cluster = options.cluster;
  }

  /** Begins to watch, on behalf of the application controller. */
  start(reconciler: Reconciler): void {
    this.#reconciler = reconciler;
    this.watch(KINDS);
  }

  /** Watches these kinds, too. */
  watch(kinds: Kind[]): void {
    for (const kind of kinds) {
      if (this.#kinds.has(kindId(kind)) || !this.#isServed(kind)) {
        continue;
      }
      this.#kinds.add(kindId(kind));
      this.#reconciler?.watch(kindOf(kind), event => this.#onEvent(event));
    }
  }

  /** The live objects of an application. */
  of(instance: string): ObjectKey[] {
    return [...(this.#byInstance.get(instance)?.values() ?? [])];
  }

  #isServed(kind: Kind): boolean {
    try {
      this.#cluster.list(kind, { namespace: CONTROLLER_NAMESPACE });
      return true;
    } catch {
      // Its definition may be applied later: asked again at the next comparison.
      return false;
    }
  }

  #onEvent({ type, object }: ClusterEvent): string[] {
    const key = keyOf(object);
    const id = resourceId(key);
    const before = this.#instanceOf.get(id);
    const now = type === 'DELETED' ? undefined : trackedBy(object);
    if (before && before !== now) {
      this.#byInstance.get(before)?.delete(id);
      this.#instanceOf.delete(id);
    }
    if (now) {
      const objects = this.#byInstance.get(now) ?? new Map();
      this.#byInstance.set(now, objects.set(id, key));
      this.#instanceOf.set(id, now);
    }
    return [before, now]
      .filter(instance => instance !== undefined)
      .map(applicationKey);
  }
}
