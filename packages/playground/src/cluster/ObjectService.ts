import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { KubernetesObject } from '../types';
import { setDefaults } from './defaults';
import { copyJson, isJsonObject } from './json';
import {
  applyConfiguration,
  FieldWriter,
  managedFieldsOf,
  trackUpdate,
} from './managedFields';
import { checkName, generateName } from './names';
import {
  checkFinalizers,
  checkIdentity,
  checkUid,
  checkVersion,
  counted,
  isHeld,
  isNamespace,
  isUnchanged,
  ObjectAddress,
  partOf,
  timestamp,
  withServerMetadata,
} from './objectRules';
import { ObjectStore } from './ObjectStore';
import { ResourceDefinition, ResourceRegistry } from './resources';
import {
  alreadyExists,
  badRequest,
  conflict,
  forbidden,
  invalid,
  notFound,
} from './StatusError';
import { StoredObject } from './StoredObject';

/** How a write is done. */
export interface WriteOptions {
  /** Recorded in `metadata.managedFields`. */
  fieldManager: string;
  subresource?: 'status';
  /** Every check, but nothing is stored. */
  dryRun?: boolean;
}

/** How a deletion is done; see `metav1.DeleteOptions`. */
export interface DeleteOptions {
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: boolean;
}

const FINALIZER_OF_POLICY: Record<string, string | undefined> = {
  Foreground: 'foregroundDeletion',
  Orphan: 'orphan',
};

/**
 * The rules of the Kubernetes API over the store: every write, from HTTP or from a
 * controller in this process, goes through here.
 *
 * Stored objects are handed out as they are and must not be changed.
 */
export class ObjectService {
  readonly store: ObjectStore;
  readonly registry: ResourceRegistry;
  readonly #now: () => Date;

  constructor(options: {
    store: ObjectStore;
    registry: ResourceRegistry;
    now: () => Date;
  }) {
    this.store = options.store;
    this.registry = options.registry;
    this.#now = options.now;
  }

  /** @throws a 404 Status */
  get(address: ObjectAddress): StoredObject {
    const { resource, namespace, name } = address;
    const found = this.store.get(resource, namespace, name);
    if (!found) {
      throw notFound(resource, name);
    }
    return found;
  }

  create(
    target: { resource: ResourceDefinition; namespace?: string },
    body: KubernetesObject,
    options: WriteOptions,
  ): StoredObject {
    const object = this.#admitNew(target, body);
    return this.#store(
      target.resource,
      trackUpdate(target.resource, undefined, object, this.#writer(options)),
      options,
    );
  }

  /** Replaces an object (PUT). */
  update(
    address: ObjectAddress,
    body: KubernetesObject,
    options: WriteOptions,
  ): StoredObject {
    const previous = this.get(address);
    const next = copyJson(body);
    checkIdentity(address, next);
    if (address.resource.custom && !next.metadata.resourceVersion) {
      throw invalid(address.resource, address.name, [
        {
          reason: 'FieldValueInvalid',
          message: 'Invalid value: 0x0: must be specified for an update',
          field: 'metadata.resourceVersion',
        },
      ]);
    }
    return this.#change(previous, next, options);
  }

  /**
   * Changes an object by a function of its present state.
   *
   * @param change - gets a copy and returns the new state; a `metadata.resourceVersion`
   *   that it sets is a precondition
   */
  patch(
    address: ObjectAddress,
    change: (current: KubernetesObject) => unknown,
    options: WriteOptions,
  ): StoredObject {
    const previous = this.get(address);
    const next = change(previous.copy());
    if (!isJsonObject(next) || !isJsonObject(next.metadata)) {
      throw badRequest('the patch does not leave an object with metadata');
    }
    const object = copyJson(next) as unknown as KubernetesObject;
    checkIdentity(address, object);
    return this.#change(previous, object, options);
  }

  /**
   * Server-side apply.
   *
   * @returns the object, and whether this apply created it
   */
  apply(
    address: ObjectAddress,
    body: KubernetesObject,
    options: WriteOptions & { force: boolean },
  ): { stored: StoredObject; created: boolean } {
    const { resource, namespace, name } = address;
    const configuration = copyJson(body);
    checkIdentity(address, configuration);
    if (configuration.metadata.managedFields?.length) {
      throw badRequest('metadata.managedFields must be nil');
    }
    const previous = this.store.get(resource, namespace, name);
    if (!previous && options.subresource) {
      throw notFound(resource, name);
    }
    const apply = (
      live: KubernetesObject | undefined,
      wanted: KubernetesObject,
    ) =>
      applyConfiguration({
        kind: resource,
        live,
        configuration: wanted,
        writer: this.#writer(options),
        force: options.force,
      });
    if (!previous) {
      const wanted = partOf(resource, configuration, undefined);
      const { managedFields } = apply(undefined, wanted).metadata;
      const object = this.#admitNew({ resource, namespace }, wanted);
      object.metadata.managedFields = managedFields;
      return { stored: this.#store(resource, object, options), created: true };
    }
    checkVersion(previous, configuration.metadata.resourceVersion);
    const wanted = partOf(resource, configuration, options.subresource);
    const next = apply(previous.object, wanted);
    return { stored: this.#finish(previous, next, options), created: false };
  }

  /**
   * Deletes an object, or marks it as being deleted while finalizers hold it.
   *
   * @returns the object that stays, or undefined when it is gone
   * @throws a 404 Status, or 409 when a precondition does not hold
   */
  delete(
    address: ObjectAddress,
    options: DeleteOptions = {},
  ): StoredObject | undefined {
    const previous = this.get(address);
    const { uid, resourceVersion } = options.preconditions ?? {};
    if (uid && uid !== previous.object.metadata.uid) {
      throw conflict(
        address.resource,
        address.name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${previous.object.metadata.uid}`,
      );
    }
    checkVersion(previous, resourceVersion);
    const object = previous.copy();
    const { metadata } = object;
    const finalizer = FINALIZER_OF_POLICY[options.propagationPolicy ?? ''];
    if (finalizer && !metadata.deletionTimestamp) {
      metadata.finalizers = [
        ...new Set([...(metadata.finalizers ?? []), finalizer]),
      ];
    }
    if (!isHeld(object)) {
      if (!options.dryRun) {
        this.store.remove(previous, object);
      }
      return undefined;
    }
    if (metadata.deletionTimestamp) {
      return previous;
    }
    metadata.deletionTimestamp = timestamp(this.#now());
    if (metadata.generation !== undefined) {
      metadata.generation += 1;
    }
    if (isNamespace(address.resource)) {
      object.status = { ...object.status, phase: 'Terminating' };
    }
    return this.#store(previous.resource, object, options, previous);
  }

  #writer(options: WriteOptions): FieldWriter {
    return {
      manager: options.fieldManager,
      subresource: options.subresource,
      time: timestamp(this.#now()),
    };
  }

  /** Checks an object to be created and sets what the server sets. */
  #admitNew(
    target: { resource: ResourceDefinition; namespace?: string },
    body: KubernetesObject,
  ): KubernetesObject {
    const { resource, namespace } = target;
    const object = copyJson(body);
    const { metadata } = object;
    if (
      !metadata.name &&
      (metadata as { generateName?: string }).generateName
    ) {
      metadata.name = generateName(
        (metadata as { generateName?: string }).generateName!,
      );
    }
    checkIdentity({ resource, namespace, name: metadata.name }, object);
    if (!metadata.name) {
      throw invalid(resource, '', [
        {
          reason: 'FieldValueRequired',
          message: 'Required value: name or generateName is required',
          field: 'metadata.name',
        },
      ]);
    }
    checkName(resource, metadata.name);
    if (metadata.resourceVersion) {
      throw badRequest(
        'resourceVersion should not be set on objects to be created',
      );
    }
    this.#checkNamespace(target, metadata.name);
    if (this.store.get(resource, namespace, metadata.name)) {
      throw alreadyExists(resource, metadata.name);
    }
    if (namespace) {
      metadata.namespace = namespace;
    } else {
      delete metadata.namespace;
    }
    metadata.uid = randomUUID();
    metadata.creationTimestamp = timestamp(this.#now());
    delete metadata.deletionTimestamp;
    delete metadata.managedFields;
    delete metadata.generation;
    if (resource.generation) {
      metadata.generation = 1;
    }
    if (resource.status) {
      delete object.status;
    }
    setDefaults(resource, object);
    return object;
  }

  #checkNamespace(
    target: { resource: ResourceDefinition; namespace?: string },
    name: string,
  ): void {
    if (!target.namespace) {
      return;
    }
    const namespaces = this.registry.byKind({
      apiVersion: 'v1',
      kind: 'Namespace',
    });
    const found = this.store.get(namespaces, undefined, target.namespace);
    if (!found) {
      throw notFound(namespaces, target.namespace);
    }
    if (found.object.metadata.deletionTimestamp) {
      const message = `unable to create new content in namespace ${target.namespace} because it is being terminated`;
      throw forbidden(target.resource, name, message, [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${target.namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ]);
    }
  }

  /** An update or patch: keeps what its endpoint must not change, and who owns what. */
  #change(
    previous: StoredObject,
    wanted: KubernetesObject,
    options: WriteOptions,
  ): StoredObject {
    checkVersion(previous, wanted.metadata.resourceVersion);
    const { resource, object: before } = previous;
    let next: KubernetesObject;
    if (options.subresource) {
      next = { ...before, status: wanted.status };
    } else if (resource.status) {
      next = { ...wanted, status: before.status };
    } else {
      next = wanted;
    }
    next = copyJson({
      ...next,
      metadata: { ...next.metadata, managedFields: managedFieldsOf(before) },
    });
    return this.#finish(
      previous,
      trackUpdate(resource, before, next, this.#writer(options)),
      options,
    );
  }

  #finish(
    previous: StoredObject,
    wanted: KubernetesObject,
    options: WriteOptions,
  ): StoredObject {
    const { resource, object: before } = previous;
    const next = withServerMetadata(before, wanted);
    checkUid(resource, before, wanted);
    checkFinalizers(resource, before, next);
    if (
      resource.generation &&
      !isDeepStrictEqual(counted(resource, before), counted(resource, next))
    ) {
      next.metadata.generation = (before.metadata.generation ?? 0) + 1;
    }
    if (isUnchanged(before, next)) {
      return previous;
    }
    if (next.metadata.deletionTimestamp && !isHeld(next)) {
      return options.dryRun
        ? new StoredObject(resource, next, previous.version)
        : this.store.remove(previous, next);
    }
    return this.#store(resource, next, options, previous);
  }

  #store(
    resource: ResourceDefinition,
    object: KubernetesObject,
    options: { dryRun?: boolean },
    previous?: StoredObject,
  ): StoredObject {
    return options.dryRun
      ? new StoredObject(resource, object, previous?.version ?? 0)
      : this.store.put(resource, object);
  }
}
