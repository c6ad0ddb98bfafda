import { KubernetesObject } from '../types';
import { ResourceDefinition } from './resources';

/** Orders and finds the objects of one resource; `/` cannot occur in a name. */
export function storageKey(namespace: string | undefined, name: string) {
  return namespace ? `${namespace}/${name}` : name;
}

/**
 * One version of one object, never changed after it was made.
 *
 * The serialised form is kept, because a list or a watch sends the same version many times.
 */
export class StoredObject {
  readonly resource: ResourceDefinition;
  readonly key: string;
  readonly version: number;
  /** Must not be changed: take `copy` for that. */
  readonly object: KubernetesObject;
  #json?: string;

  constructor(
    resource: ResourceDefinition,
    object: KubernetesObject,
    version: number,
  ) {
    // `apiVersion` and `kind` come first, so that listItemJson can cut them off.
    const { apiVersion, kind, metadata, ...rest } = object;
    this.resource = resource;
    this.version = version;
    this.object = {
      apiVersion,
      kind,
      metadata: { ...metadata, resourceVersion: String(version) },
      ...rest,
    };
    this.key = storageKey(metadata.namespace, metadata.name);
  }

  get json(): string {
    this.#json ??= JSON.stringify(this.object);
    return this.#json;
  }

  /** As an item of a list: built-in kinds leave `apiVersion` and `kind` to the list. */
  get listItemJson(): string {
    if (this.resource.custom) {
      return this.json;
    }
    const { apiVersion, kind } = this.object;
    return `{${this.json.slice(JSON.stringify({ apiVersion, kind }).length)}`;
  }

  copy(): KubernetesObject {
    return JSON.parse(this.json);
  }
}
