import type {
  AuthService,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { InputError, toError } from '@backstage/errors';
import type {
  CommandPatch,
  KubernetesObject,
} from '@fairway/plugin-gitops-node';
import { ConnectionError } from '@fairway/plugin-gitops-node';
import type {
  ClusterApi,
  ClusterListPage,
  ClusterResource,
  ClusterWatchEvent,
} from './ClusterApi';
import { clusterResponseError } from './clusterResponseError';
import { readLines } from './readLines';

const REQUEST_TIMEOUT_MILLIS = 30_000;

interface Call {
  cluster?: string;
  path: string[];
  query?: Record<string, string | undefined>;
  method?: 'GET' | 'PATCH';
  body?: { type: string; content: unknown };
  signal?: AbortSignal;
}

/** A name from a catalog or a cluster must not walk to another endpoint. */
function segment(name: string): string {
  if (name === '' || name === '.' || name === '..') {
    throw new InputError(`Invalid name '${name}' of a Kubernetes object`);
  }
  return encodeURIComponent(name);
}

function resourcePath(
  resource: Omit<ClusterResource, 'cluster'>,
  object?: { namespace?: string; name: string },
): string[] {
  const { group, version, plural } = resource;
  return [
    ...(group ? ['apis', group, version] : ['api', version]),
    ...(object?.namespace ? ['namespaces', object.namespace] : []),
    plural,
    ...(object ? [object.name] : []),
  ];
}

/**
 * The clusters of the `kubernetes:` section, reached through the Kubernetes plugin's proxy with
 * the plugin's own credentials: one configuration, and every authentication that Backstage has.
 */
export class ClusterConnection implements ClusterApi {
  readonly #auth: AuthService;
  readonly #discovery: DiscoveryService;

  constructor(options: { auth: AuthService; discovery: DiscoveryService }) {
    this.#auth = options.auth;
    this.#discovery = options.discovery;
  }

  async listClusters(options: { signal?: AbortSignal }) {
    const { items } = await this.#json<{
      items: Array<{ name: string; title?: string }>;
    }>({ path: ['clusters'], signal: options.signal });
    return items.map(({ name, title }) => ({ name, title: title ?? name }));
  }

  async listPage(
    resource: ClusterResource,
    options: {
      limit: number;
      continue?: string;
      labelSelector?: string;
      signal?: AbortSignal;
    },
  ): Promise<ClusterListPage> {
    const list = await this.#json<{
      apiVersion?: string;
      kind?: string;
      metadata?: { resourceVersion?: string; continue?: string };
      items?: KubernetesObject[];
    }>({
      cluster: resource.cluster,
      path: resourcePath(resource),
      query: {
        limit: String(options.limit),
        continue: options.continue,
        labelSelector: options.labelSelector,
      },
      signal: options.signal,
    });
    // Items of a list do not name their kind on a real API server; the list does.
    const kind = list.kind?.replace(/List$/, '');
    return {
      items: (list.items ?? []).map(item => ({
        ...item,
        apiVersion: item.apiVersion ?? list.apiVersion ?? '',
        kind: item.kind ?? kind ?? '',
      })),
      resourceVersion: list.metadata?.resourceVersion ?? '',
      ...(list.metadata?.continue ? { continue: list.metadata.continue } : {}),
    };
  }

  async *watch(
    resource: ClusterResource,
    options: {
      resourceVersion: string;
      timeoutSeconds: number;
      labelSelector?: string;
      signal?: AbortSignal;
    },
  ): AsyncGenerator<ClusterWatchEvent> {
    const call: Call = {
      cluster: resource.cluster,
      path: resourcePath(resource),
      query: {
        watch: '1',
        allowWatchBookmarks: 'true',
        resourceVersion: options.resourceVersion,
        timeoutSeconds: String(options.timeoutSeconds),
        labelSelector: options.labelSelector,
      },
      signal: options.signal,
    };
    const response = await this.#fetch(call);
    if (!response.body) {
      throw new ConnectionError(
        'unreachable',
        `Cluster '${resource.cluster}' answered a watch without a body`,
      );
    }
    try {
      for await (const line of readLines(response.body)) {
        yield JSON.parse(line) as ClusterWatchEvent;
      }
    } catch (error) {
      throw this.#connectionError(call, error);
    }
  }

  get(
    resource: ClusterResource,
    object: { namespace?: string; name: string },
    options: { signal?: AbortSignal } = {},
  ) {
    return this.#json<KubernetesObject>({
      cluster: resource.cluster,
      path: resourcePath(resource, object),
      signal: options.signal,
    });
  }

  patch(patch: CommandPatch, options: { signal?: AbortSignal } = {}) {
    const [version, group = ''] = patch.ref.apiVersion.split('/').reverse();
    return this.#json<KubernetesObject>({
      cluster: patch.ref.cluster,
      method: 'PATCH',
      path: resourcePath({ group, version, plural: patch.plural }, patch.ref),
      body: { type: patch.type, content: patch.patch },
      signal: options.signal,
    });
  }

  async #json<T>(call: Call): Promise<T> {
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MILLIS);
    const signal = call.signal
      ? AbortSignal.any([call.signal, timeout])
      : timeout;
    const response = await this.#fetch({ ...call, signal });
    try {
      return (await response.json()) as T;
    } catch (error) {
      throw this.#connectionError(call, error);
    }
  }

  async #fetch(call: Call): Promise<Response> {
    const base = await this.#discovery.getBaseUrl('kubernetes');
    const path = call.path.map(segment).join('/');
    const url = new URL(
      call.cluster === undefined ? `${base}/${path}` : `${base}/proxy/${path}`,
    );
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) {
        url.searchParams.set(name, value);
      }
    }
    const { token } = await this.#auth.getPluginRequestToken({
      onBehalfOf: await this.#auth.getOwnServiceCredentials(),
      targetPluginId: 'kubernetes',
    });
    let response: Response;
    try {
      response = await fetch(url, {
        method: call.method ?? 'GET',
        headers: {
          authorization: `Bearer ${token}`,
          // The portal compresses by default, which holds a watch's small events back.
          'accept-encoding': 'identity',
          ...(call.cluster === undefined
            ? {}
            : { 'Backstage-Kubernetes-Cluster': call.cluster }),
          ...(call.body ? { 'content-type': call.body.type } : {}),
        },
        body: call.body && JSON.stringify(call.body.content),
        signal: call.signal,
      });
    } catch (error) {
      throw this.#connectionError(call, error);
    }
    if (!response.ok) {
      throw await clusterResponseError(call, response);
    }
    return response;
  }

  #connectionError(call: Call, error: unknown): Error {
    const where =
      call.cluster === undefined
        ? 'The Kubernetes plugin'
        : `Cluster '${call.cluster}'`;
    const { message, cause } = toError(error);
    const detail = cause instanceof Error ? cause.message : message;
    return new ConnectionError(
      'unreachable',
      `${where} did not answer: ${detail}; see that it runs and that its address in the 'kubernetes' section is right`,
      error,
    );
  }
}
