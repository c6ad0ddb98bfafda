import { KubernetesObject } from '../types';
import { CRD_FINALIZER } from './defaults';
import { Logs } from './Logs';
import { ObjectService } from './ObjectService';
import { StoreEvent } from './ObjectStore';
import { ResourceDefinition } from './resources';
import { StatusError } from './StatusError';
import { StoredObject } from './StoredObject';

const MANAGER = 'kube-controller-manager';

/**
 * What a cluster does by itself after a write: garbage collection by owner references,
 * emptying of namespaces that are deleted, kinds that come and go with their
 * CustomResourceDefinition.
 *
 * It works after the write that caused it, never within it.
 */
export class Lifecycle {
  readonly #objects: ObjectService;
  readonly #logs: Logs;
  readonly #onError: (error: unknown) => void;
  readonly #tasks: Array<() => void> = [];
  #scheduled?: NodeJS.Immediate;
  #unsubscribe?: () => void;

  constructor(options: {
    objects: ObjectService;
    logs: Logs;
    onError: (error: unknown) => void;
  }) {
    this.#objects = options.objects;
    this.#logs = options.logs;
    this.#onError = options.onError;
  }

  /** Also takes up what was left undone when the cluster stopped. */
  start(): void {
    const { store } = this.#objects;
    this.#unsubscribe = store.hub.subscribe(event => this.#onEvent(event));
    for (const stored of [...store.all()]) {
      this.#later(() => this.#reconcile(stored));
    }
  }

  stop(): void {
    this.#unsubscribe?.();
    if (this.#scheduled) {
      clearImmediate(this.#scheduled);
      this.#scheduled = undefined;
    }
    this.#tasks.length = 0;
  }

  #onEvent(event: StoreEvent): void {
    const { resource, current } = event;
    if (isDefinition(resource)) {
      this.#onDefinition(event);
    }
    if (event.type !== 'DELETED') {
      this.#later(() => this.#reconcile(current));
      return;
    }
    if (resource.kind === 'Pod' && resource.group === '') {
      const { namespace, name } = current.object.metadata;
      this.#logs.remove(namespace!, name);
    }
    this.#later(() => this.#afterDeletion(current));
  }

  #onDefinition(event: StoreEvent): void {
    const { object } = event.current;
    const { group, names } = object.spec ?? {};
    if (event.type === 'DELETED') {
      this.#objects.registry.removeDefined({ group, plural: names?.plural });
    } else {
      this.#objects.registry.addFromDefinition(object);
    }
  }

  #reconcile(seen: StoredObject): void {
    const { resource, object } = seen;
    const current = this.#objects.store.byUid(object.metadata.uid!);
    if (!current) {
      return;
    }
    this.#collectIfOrphan(current);
    if (isDefinition(resource) && !current.object.metadata.deletionTimestamp) {
      this.#establish(current);
    }
    if (current.object.metadata.deletionTimestamp) {
      this.#continueDeletion(current);
    }
  }

  #afterDeletion(gone: StoredObject): void {
    const { store } = this.#objects;
    const { uid, namespace, ownerReferences } = gone.object.metadata;
    for (const dependent of store.dependentsOf(uid!)) {
      this.#collectIfOrphan(dependent);
    }
    for (const reference of ownerReferences ?? []) {
      const owner = store.byUid(reference.uid);
      if (owner?.object.metadata.deletionTimestamp) {
        this.#continueDeletion(owner);
      }
    }
    if (namespace) {
      const owner = this.#find('v1', 'Namespace', namespace);
      if (owner?.object.metadata.deletionTimestamp) {
        this.#continueDeletion(owner);
      }
    }
    if (gone.resource.custom) {
      const { plural, group } = gone.resource;
      const definition = this.#find(
        'apiextensions.k8s.io/v1',
        'CustomResourceDefinition',
        `${plural}.${group}`,
      );
      if (definition?.object.metadata.deletionTimestamp) {
        this.#continueDeletion(definition);
      }
    }
  }

  /** An object whose owners are all gone goes too. */
  #collectIfOrphan(dependent: StoredObject): void {
    const { ownerReferences, uid } = dependent.object.metadata;
    const { store } = this.#objects;
    if (
      ownerReferences?.length &&
      store.byUid(uid!) &&
      ownerReferences.every(owner => !store.byUid(owner.uid))
    ) {
      this.#delete(dependent, 'Background');
    }
  }

  #continueDeletion(stored: StoredObject): void {
    const { resource, object } = stored;
    const finalizers = object.metadata.finalizers ?? [];
    if (finalizers.includes('orphan')) {
      this.#orphanDependents(stored);
    } else if (finalizers.includes('foregroundDeletion')) {
      this.#deleteDependents(stored);
    }
    if (resource.kind === 'Namespace' && resource.group === '') {
      this.#emptyNamespace(stored);
    }
    if (isDefinition(resource)) {
      this.#removeInstances(stored);
    }
  }

  #orphanDependents(owner: StoredObject): void {
    const { uid } = owner.object.metadata;
    for (const dependent of this.#objects.store.dependentsOf(uid!)) {
      this.#change(dependent, object => {
        object.metadata.ownerReferences =
          object.metadata.ownerReferences?.filter(
            reference => reference.uid !== uid,
          );
      });
    }
    this.#removeFinalizer(owner, 'orphan');
  }

  #deleteDependents(owner: StoredObject): void {
    const { uid } = owner.object.metadata;
    const dependents = this.#objects.store.dependentsOf(uid!);
    for (const dependent of dependents) {
      if (!dependent.object.metadata.deletionTimestamp) {
        this.#delete(dependent, 'Foreground');
      }
    }
    const blocking = this.#objects.store
      .dependentsOf(uid!)
      .some(dependent =>
        dependent.object.metadata.ownerReferences?.some(
          reference => reference.uid === uid && reference.blockOwnerDeletion,
        ),
      );
    if (!blocking) {
      this.#removeFinalizer(owner, 'foregroundDeletion');
    }
  }

  #emptyNamespace(namespace: StoredObject): void {
    const { name } = namespace.object.metadata;
    const content = () =>
      [...this.#objects.store.all()].filter(
        stored => stored.object.metadata.namespace === name,
      );
    for (const stored of content()) {
      if (!stored.object.metadata.deletionTimestamp) {
        this.#delete(stored, 'Background');
      }
    }
    if (content().length === 0) {
      this.#change(namespace, object => {
        object.spec = { ...object.spec, finalizers: [] };
      });
    }
  }

  #removeInstances(definition: StoredObject): void {
    const { group, names } = definition.object.spec ?? {};
    const instances = () =>
      [...this.#objects.store.all()].filter(
        stored =>
          stored.resource.group === group &&
          stored.resource.plural === names?.plural,
      );
    for (const stored of instances()) {
      if (!stored.object.metadata.deletionTimestamp) {
        this.#delete(stored, 'Background');
      }
    }
    if (instances().length === 0) {
      this.#removeFinalizer(definition, CRD_FINALIZER);
    }
  }

  #establish(definition: StoredObject): void {
    const { resource, object } = definition;
    if (object.status?.acceptedNames) {
      return;
    }
    const condition = (type: string, reason: string) => ({
      type,
      status: 'True',
      reason,
      message: '',
      lastTransitionTime: object.metadata.creationTimestamp,
    });
    this.#objects.patch(
      { resource, name: object.metadata.name },
      current => ({
        ...current,
        status: {
          acceptedNames: object.spec.names,
          storedVersions: object.spec.versions
            .filter((version: { storage?: boolean }) => version.storage)
            .map((version: { name: string }) => version.name),
          conditions: [
            condition('NamesAccepted', 'NoConflicts'),
            condition('Established', 'InitialNamesAccepted'),
          ],
        },
      }),
      { fieldManager: 'kube-apiserver', subresource: 'status' },
    );
  }

  #removeFinalizer(stored: StoredObject, finalizer: string): void {
    this.#change(stored, object => {
      object.metadata.finalizers = object.metadata.finalizers?.filter(
        name => name !== finalizer,
      );
    });
  }

  #change(stored: StoredObject, edit: (object: KubernetesObject) => void) {
    const { namespace, name, uid } = stored.object.metadata;
    if (this.#objects.store.byUid(uid!)) {
      this.#objects.patch(
        { resource: stored.resource, namespace, name },
        current => {
          edit(current);
          return current;
        },
        { fieldManager: MANAGER },
      );
    }
  }

  #delete(
    stored: StoredObject,
    propagationPolicy: 'Background' | 'Foreground',
  ): void {
    const { namespace, name, uid } = stored.object.metadata;
    try {
      this.#objects.delete(
        { resource: stored.resource, namespace, name },
        { propagationPolicy, preconditions: { uid } },
      );
    } catch (error) {
      // Gone already, or replaced by another object of the same name: nothing to do.
      if (!(error instanceof StatusError && [404, 409].includes(error.code))) {
        throw error;
      }
    }
  }

  #find(apiVersion: string, kind: string, name: string) {
    const resource = this.#objects.registry.byKind({ apiVersion, kind });
    return this.#objects.store.get(resource, undefined, name);
  }

  #later(task: () => void): void {
    this.#tasks.push(task);
    this.#scheduled ??= setImmediate(() => {
      this.#scheduled = undefined;
      for (const next of this.#tasks.splice(0)) {
        try {
          next();
        } catch (error) {
          this.#onError(error);
        }
      }
    });
  }
}

function isDefinition(resource: ResourceDefinition): boolean {
  return (
    resource.kind === 'CustomResourceDefinition' &&
    resource.group === 'apiextensions.k8s.io'
  );
}
