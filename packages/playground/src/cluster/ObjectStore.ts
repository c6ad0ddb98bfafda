import { KubernetesObject } from '../types';
import { ResourceDefinition } from './resources';
import { expired } from './StatusError';
import { StoredObject, storageKey } from './StoredObject';
import { WatchHub } from './WatchHub';

/** A change of one object, as the history keeps it. */
export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  resource: ResourceDefinition;
  version: number;
  /** After the change; for DELETED the last state, with the version of the deletion. */
  current: StoredObject;
  previous?: StoredObject;
}

interface SortedSnapshot {
  version: number;
  objects: StoredObject[];
}

const DEFAULT_HISTORY_LIMIT = 5_000;

/** Thrown as the answer to a version that the history does not reach back to. */
export function tooOld(requested: number, oldest: number) {
  return expired(`too old resource version: ${requested} (${oldest})`);
}

/**
 * All objects in memory, the one version counter of the cluster, and the latest changes.
 *
 * It knows nothing of the rules of the API: it stores what it is given. Any version that
 * is still within the history can be listed again, by taking the later changes back.
 */
export class ObjectStore {
  readonly hub: WatchHub<StoreEvent>;
  readonly #objects = new Map<string, Map<string, StoredObject>>();
  readonly #byUid = new Map<string, StoredObject>();
  readonly #dependents = new Map<string, Map<string, StoredObject>>();
  readonly #sorted = new Map<string, SortedSnapshot>();
  readonly #historyLimit: number;
  #history: StoreEvent[] = [];
  #version = 1;
  #compacted = 1;

  constructor(options: {
    onListenerError: (error: unknown) => void;
    historyLimit?: number;
  }) {
    this.hub = new WatchHub(options.onListenerError);
    this.#historyLimit = options.historyLimit ?? DEFAULT_HISTORY_LIMIT;
  }

  /** The version of the latest change. */
  get version(): number {
    return this.#version;
  }

  /** The oldest version that a list or a watch can still start from. */
  get oldestVersion(): number {
    return this.#compacted;
  }

  get(
    resource: ResourceDefinition,
    namespace: string | undefined,
    name: string,
  ): StoredObject | undefined {
    return this.#table(resource).get(storageKey(namespace, name));
  }

  byUid(uid: string): StoredObject | undefined {
    return this.#byUid.get(uid);
  }

  /** Objects that name the uid among their owners. */
  dependentsOf(uid: string): StoredObject[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])];
  }

  /** Every object, in no particular order. */
  *all(): Iterable<StoredObject> {
    for (const table of this.#objects.values()) {
      yield* table.values();
    }
  }

  /**
   * The objects of a resource in the order of their keys, as they were at a version.
   *
   * @throws a 410 Status when the version has left the history
   */
  list(resource: ResourceDefinition, version = this.#version): StoredObject[] {
    if (version < this.#compacted) {
      throw tooOld(version, this.#compacted);
    }
    const id = resourceId(resource);
    const cached = this.#sorted.get(id);
    if (cached?.version === version) {
      return cached.objects;
    }
    const state = new Map(this.#table(resource));
    for (let index = this.#history.length - 1; index >= 0; index--) {
      const event = this.#history[index];
      if (event.version <= version) {
        break;
      }
      if (resourceId(event.resource) === id) {
        if (event.previous) {
          state.set(event.previous.key, event.previous);
        } else {
          state.delete(event.current.key);
        }
      }
    }
    const objects = [...state.values()].sort(byKey);
    this.#sorted.set(id, { version, objects });
    return objects;
  }

  /**
   * Changes of a resource after a version, oldest first.
   *
   * @throws a 410 Status when the version has left the history
   */
  eventsSince(resource: ResourceDefinition, version: number): StoreEvent[] {
    if (version < this.#compacted) {
      throw tooOld(version, this.#compacted);
    }
    const id = resourceId(resource);
    return this.#history.filter(
      event => event.version > version && resourceId(event.resource) === id,
    );
  }

  /** Stores an object as new or changed and tells every listener. */
  put(resource: ResourceDefinition, object: KubernetesObject): StoredObject {
    const table = this.#table(resource);
    const current = new StoredObject(resource, object, this.#version + 1);
    const previous = table.get(current.key);
    this.#unlink(previous);
    table.set(current.key, current);
    this.#link(current);
    this.#record({ type: previous ? 'MODIFIED' : 'ADDED', current, previous });
    return current;
  }

  /** Removes an object; `last` is its state in the DELETED event. */
  remove(previous: StoredObject, last: KubernetesObject): StoredObject {
    const { resource } = previous;
    const current = new StoredObject(resource, last, this.#version + 1);
    this.#unlink(previous);
    this.#table(resource).delete(previous.key);
    this.#record({ type: 'DELETED', current, previous });
    return current;
  }

  /** Forgets the history, so that every earlier version is answered with 410. */
  compact(): void {
    this.#history = [];
    this.#compacted = this.#version;
  }

  /** Takes over a saved state; the history begins at `version`. */
  load(
    objects: Array<{ resource: ResourceDefinition; object: KubernetesObject }>,
    version: number,
  ): void {
    for (const { resource, object } of objects) {
      const stored = new StoredObject(
        resource,
        object,
        Number(object.metadata.resourceVersion),
      );
      this.#table(resource).set(stored.key, stored);
      this.#link(stored);
    }
    this.#version = version;
    this.compact();
  }

  #record(change: Pick<StoreEvent, 'type' | 'current' | 'previous'>): void {
    this.#version = change.current.version;
    const event = {
      ...change,
      resource: change.current.resource,
      version: change.current.version,
    };
    this.#history.push(event);
    // Cut in batches: shifting a long array at each change would cost more than the change.
    if (this.#history.length > this.#historyLimit * 1.1) {
      const surplus = this.#history.length - this.#historyLimit;
      this.#compacted = this.#history[surplus - 1].version;
      this.#history = this.#history.slice(surplus);
    }
    this.hub.publish(event);
  }

  #table(resource: ResourceDefinition): Map<string, StoredObject> {
    const id = resourceId(resource);
    let table = this.#objects.get(id);
    if (!table) {
      table = new Map();
      this.#objects.set(id, table);
    }
    return table;
  }

  #link(stored: StoredObject): void {
    const { uid, ownerReferences } = stored.object.metadata;
    this.#byUid.set(uid!, stored);
    for (const owner of ownerReferences ?? []) {
      const siblings = this.#dependents.get(owner.uid) ?? new Map();
      siblings.set(uid!, stored);
      this.#dependents.set(owner.uid, siblings);
    }
  }

  #unlink(stored: StoredObject | undefined): void {
    if (!stored) {
      return;
    }
    const { uid, ownerReferences } = stored.object.metadata;
    this.#byUid.delete(uid!);
    for (const owner of ownerReferences ?? []) {
      const siblings = this.#dependents.get(owner.uid);
      siblings?.delete(uid!);
      if (siblings?.size === 0) {
        this.#dependents.delete(owner.uid);
      }
    }
  }
}

function resourceId(resource: ResourceDefinition): string {
  return `${resource.group}/${resource.plural}`;
}

function byKey(left: StoredObject, right: StoredObject): number {
  if (left.key === right.key) {
    return 0;
  }
  return left.key < right.key ? -1 : 1;
}
