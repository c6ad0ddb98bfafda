import {
  ApiException,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  setHeaderOptions,
  Watch,
} from '@kubernetes/client-node';
import { KubernetesObject } from '../../types';
import { Status } from '../StatusError';
import {
  Collection,
  Door,
  ListQuery,
  ObjectList,
  PATCH_TYPES,
  PatchRequest,
  Refusal,
  WatchQuery,
  WatchSession,
} from './Door';

/** The configuration of the official client for a cluster on plain HTTP. */
export function kubeConfigFor(url: string, token: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'playground', server: url, skipTLSVerify: true }],
    users: [{ name: 'playground', token }],
    contexts: [
      { name: 'playground', cluster: 'playground', user: 'playground' },
    ],
    currentContext: 'playground',
  });
  return config;
}

/** Through the official JavaScript client. */
export class ClientDoor implements Door {
  readonly #config: KubeConfig;
  readonly #objects: CustomObjectsApi;
  readonly #core: CoreV1Api;

  constructor(config: KubeConfig) {
    this.#config = config;
    this.#objects = config.makeApiClient(CustomObjectsApi);
    this.#core = config.makeApiClient(CoreV1Api);
  }

  list(collection: Collection, query: ListQuery = {}): Promise<ObjectList> {
    const { continue: next, ...rest } = query;
    return refusing(
      this.#objects.listNamespacedCustomObject({
        ...collection,
        ...rest,
        _continue: next,
      }),
    );
  }

  get(collection: Collection, name: string): Promise<KubernetesObject> {
    return refusing(
      this.#objects.getNamespacedCustomObject({ ...collection, name }),
    );
  }

  create(
    collection: Collection,
    body: KubernetesObject,
  ): Promise<KubernetesObject> {
    return refusing(
      this.#objects.createNamespacedCustomObject({ ...collection, body }),
    );
  }

  replace(
    collection: Collection,
    body: KubernetesObject,
  ): Promise<KubernetesObject> {
    const { name } = body.metadata;
    return refusing(
      this.#objects.replaceNamespacedCustomObject({
        ...collection,
        name,
        body,
      }),
    );
  }

  patch(
    collection: Collection,
    name: string,
    patch: PatchRequest,
  ): Promise<KubernetesObject> {
    const parameters = {
      ...collection,
      name,
      body: patch.body,
      fieldManager: patch.fieldManager,
      force: patch.force,
      ...(patch.dryRun && { dryRun: 'All' }),
    };
    const options = setHeaderOptions('Content-Type', PATCH_TYPES[patch.type]);
    return refusing(
      patch.status
        ? this.#objects.patchNamespacedCustomObjectStatus(parameters, options)
        : this.#objects.patchNamespacedCustomObject(parameters, options),
    );
  }

  delete(collection: Collection, name: string): Promise<unknown> {
    return refusing(
      this.#objects.deleteNamespacedCustomObject({ ...collection, name }),
    );
  }

  async watch(
    collection: Collection,
    query: WatchQuery,
  ): Promise<WatchSession> {
    const { group, version, namespace, plural } = collection;
    const watching: { controller?: AbortController } = {};
    const session = new WatchSession(() => watching.controller?.abort());
    watching.controller = await new Watch(this.#config).watch(
      `/apis/${group}/${version}/namespaces/${namespace}/${plural}`,
      { ...query },
      (type, object) => session.push({ type: type as 'ADDED', object }),
      () => session.end(),
    );
    return session;
  }

  log(
    pod: { namespace: string; name: string },
    query: { container: string; tailLines?: number; previous?: boolean },
  ): Promise<string> {
    return refusing(this.#core.readNamespacedPodLog({ ...pod, ...query }));
  }
}

async function refusing<T>(answer: Promise<any>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiException) {
      const status: Status =
        typeof error.body === 'string' ? JSON.parse(error.body) : error.body;
      throw new Refusal(error.code, status);
    }
    throw error;
  }
}
