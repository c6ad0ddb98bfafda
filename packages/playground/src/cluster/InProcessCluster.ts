import { Cluster, ClusterEvent, KubernetesObject, ObjectKey } from '../types';
import { Logs } from './Logs';
import { mergePatch } from './patches';
import { ObjectAddress } from './objectRules';
import { ObjectService } from './ObjectService';
import { StatusError, notFound } from './StatusError';

const MANAGER = 'playground';

/** The name of a container that is meant when none is named; undefined without any. */
export function defaultContainerOf(pod: KubernetesObject): string | undefined {
  return (
    pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'] ??
    pod.spec?.containers?.[0]?.name
  );
}

/**
 * The cluster for controllers of this process.
 *
 * Refusals are thrown as StatusError, with the code that a request would get. `apply`
 * forces, as the GitOps engines do: it takes over fields of other managers.
 */
export class InProcessCluster implements Cluster {
  readonly #objects: ObjectService;
  readonly #logs: Logs;
  readonly #now: () => Date;

  constructor(options: {
    objects: ObjectService;
    logs: Logs;
    now: () => Date;
  }) {
    this.#objects = options.objects;
    this.#logs = options.logs;
    this.#now = options.now;
  }

  get(key: ObjectKey): KubernetesObject | undefined {
    const { resource, namespace, name } = this.#address(key);
    return this.#objects.store.get(resource, namespace, name)?.copy();
  }

  list(
    kind: { apiVersion: string; kind: string },
    options: { namespace?: string; labels?: Record<string, string> } = {},
  ): KubernetesObject[] {
    const wanted = Object.entries(options.labels ?? {});
    return this.#objects.store
      .list(this.#objects.registry.byKind(kind))
      .filter(({ object: { metadata } }) => {
        const inNamespace =
          !options.namespace || metadata.namespace === options.namespace;
        return (
          inNamespace &&
          wanted.every(([name, value]) => metadata.labels?.[name] === value)
        );
      })
      .map(stored => stored.copy());
  }

  create(object: KubernetesObject): KubernetesObject {
    const { resource, namespace } = this.#addressOf(object);
    return this.#objects
      .create({ resource, namespace }, object, { fieldManager: MANAGER })
      .copy();
  }

  apply(object: KubernetesObject, fieldManager: string): KubernetesObject {
    // An object that was read and changed carries what the server added.
    const { managedFields: _, ...metadata } = object.metadata;
    return this.#objects
      .apply(
        this.#addressOf(object),
        { ...object, metadata },
        { fieldManager, force: true },
      )
      .stored.copy();
  }

  patch(key: ObjectKey, patch: object): KubernetesObject {
    return this.#objects
      .patch(this.#address(key), current => mergePatch(current, patch), {
        fieldManager: MANAGER,
      })
      .copy();
  }

  patchStatus(key: ObjectKey, status: object): KubernetesObject {
    const address = this.#address(key);
    return this.#objects
      .patch(address, current => mergePatch(current, { status }), {
        fieldManager: MANAGER,
        // A kind without the subresource has its status written like any other field.
        ...(address.resource.status && { subresource: 'status' as const }),
      })
      .copy();
  }

  delete(key: ObjectKey): void {
    try {
      this.#objects.delete(this.#address(key), {
        propagationPolicy: 'Background',
      });
    } catch (error) {
      if (!(error instanceof StatusError && error.code === 404)) {
        throw error;
      }
    }
  }

  watch(
    kind: { apiVersion: string; kind: string },
    listener: (event: ClusterEvent) => void,
  ): () => void {
    const { store, registry } = this.#objects;
    const resource = registry.byKind(kind);
    const since = store.version;
    const existing = store.list(resource);
    return store.hub.subscribe(
      event => {
        if (event.version > since && event.resource === resource) {
          listener({ type: event.type, object: event.current.copy() });
        }
      },
      () => {
        for (const stored of existing) {
          listener({ type: 'ADDED', object: stored.copy() });
        }
      },
    );
  }

  /** @param container - the pod's default container when left out */
  appendLog(pod: ObjectKey, line: string, container?: string): void {
    this.#logs.append(this.#logKey(pod, container), {
      time: this.#now(),
      text: line,
    });
  }

  /** The container has restarted: its log becomes the one of `previous=true`. */
  rotateLog(pod: ObjectKey, container?: string): void {
    this.#logs.rotate(this.#logKey(pod, container));
  }

  #logKey(key: ObjectKey, container: string | undefined) {
    const address = this.#address(key);
    const { object } = this.#objects.get(address);
    const name = container ?? defaultContainerOf(object);
    if (!name) {
      throw notFound(address.resource, `${key.name}: container`);
    }
    return { namespace: key.namespace!, pod: key.name, container: name };
  }

  #addressOf(object: KubernetesObject): ObjectAddress {
    return this.#address({
      apiVersion: object.apiVersion,
      kind: object.kind,
      namespace: object.metadata.namespace,
      name: object.metadata.name,
    });
  }

  #address(key: ObjectKey): ObjectAddress {
    const resource = this.#objects.registry.byKind(key);
    return {
      resource,
      namespace: resource.namespaced ? key.namespace ?? 'default' : undefined,
      name: key.name,
    };
  }
}
