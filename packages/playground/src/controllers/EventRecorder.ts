import { Cluster, KubernetesObject, ObjectKey } from '../types';
import { timestamp } from './objects/conditions';
import { safeHash } from './objects/digest';
import { EVENT, keyOf } from './objects/kinds';

/** Kubernetes forgets events after an hour; here only so many are kept. */
const MOST_EVENTS = 400;

/** Writes core `v1` Events, as the Kubernetes components do, and forgets the oldest. */
export class EventRecorder {
  readonly #cluster: Cluster;
  #kept?: ObjectKey[];

  constructor(options: { cluster: Cluster }) {
    this.#cluster = options.cluster;
  }

  /** Records an event about an object; the same event again raises its count. */
  record(
    about: KubernetesObject,
    event: {
      type?: 'Normal' | 'Warning';
      reason: string;
      message: string;
      component: string;
    },
  ): void {
    const { name, namespace = 'default', uid = '' } = about.metadata;
    const hash = safeHash(`${uid} ${event.reason} ${event.message}`, 16);
    const key: ObjectKey = { ...EVENT, namespace, name: `${name}.${hash}` };
    const before = this.#cluster.get(key);
    const now = timestamp();
    if (before) {
      const count = (before.count ?? 1) + 1;
      this.#cluster.patch(key, { count, lastTimestamp: now });
      return;
    }
    this.#forgetOldest();
    this.#cluster.create({
      ...EVENT,
      metadata: { name: key.name, namespace },
      involvedObject: {
        apiVersion: about.apiVersion,
        kind: about.kind,
        name,
        namespace,
        uid,
        resourceVersion: about.metadata.resourceVersion,
      },
      type: event.type ?? 'Normal',
      reason: event.reason,
      message: event.message,
      source: { component: event.component },
      reportingComponent: event.component,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
    });
    this.#kept?.push(key);
  }

  #forgetOldest(): void {
    // Read once, at the first event after a start; from then on the order is known.
    this.#kept ??= this.#cluster
      .list(EVENT)
      .sort((left, right) =>
        String(left.lastTimestamp).localeCompare(String(right.lastTimestamp)),
      )
      .map(keyOf);
    while (this.#kept.length >= MOST_EVENTS) {
      this.#cluster.delete(this.#kept.shift()!);
    }
  }
}
