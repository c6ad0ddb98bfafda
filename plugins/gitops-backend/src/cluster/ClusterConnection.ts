import type {
  AuthService,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type {
  CommandPatch,
  KubernetesObject,
  ObjectEvent,
  ObjectPage,
} from '@fairway/plugin-gitops-node';
import {
  ConnectionError,
  connectionErrorReason,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi, ClusterResource, ServedKind } from './ClusterApi';
import { clusterResponseError, isFromPortal } from './clusterResponseError';
import { confirmNotInstalled } from './confirmNotInstalled';
import { readLines } from './readLines';
import { pathSegment, resourcePath } from './resourcePath';
import { within } from './waiting';

/** Until an answer begins, and from there until it ends. */
const HEAD_TIMEOUT_MILLIS = 30_000;
const BODY_TIMEOUT_MILLIS = 30_000;

interface Call {
  cluster?: string;
  path: string[];
  query?: Record<string, string | undefined>;
  method?: 'GET' | 'PATCH';
  body?: { type: string; content: unknown };
  signal?: AbortSignal;
}

/**
 * The clusters of the `kubernetes:` section, reached through the Kubernetes plugin's proxy with
 * the plugin's own credentials: one configuration, and every authentication that Backstage has.
 */
export class ClusterConnection implements ClusterApi {
  readonly #auth: AuthService;
  readonly #discovery: DiscoveryService;

  readonly #headTimeoutMillis: number;

  constructor(options: {
    auth: AuthService;
    discovery: DiscoveryService;
    /** A request that is not answered for so long has failed; 30 seconds by default. */
    answerWithinMillis?: number;
  }) {
    this.#auth = options.auth;
    this.#discovery = options.discovery;
    this.#headTimeoutMillis = options.answerWithinMillis ?? HEAD_TIMEOUT_MILLIS;
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
      admit?(): Promise<void>;
    },
  ): Promise<ObjectPage> {
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
      admit: options.admit,
    });
    // Items of a list do not name their kind on a real API server; the list does.
    const kind = list.kind?.replace(/List$/, '');
    return {
      items: (list.items ?? []).map(item => ({
        ...item,
        apiVersion: item?.apiVersion ?? list.apiVersion ?? '',
        kind: item?.kind ?? kind ?? '',
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
  ): AsyncGenerator<ObjectEvent> {
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
    if (!response.ok) {
      throw await this.#refusal(call, response);
    }
    if (!response.body) {
      throw new ConnectionError(
        'unreachable',
        `Cluster '${resource.cluster}' answered a watch without a body`,
      );
    }
    try {
      for await (const line of readLines(response.body)) {
        yield JSON.parse(line) as ObjectEvent;
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

  async listKinds(
    group: { cluster: string; group: string; version: string },
    options: { signal?: AbortSignal },
  ): Promise<ServedKind[]> {
    const list = await this.#json<{
      resources?: Array<{ name: string; kind: string; verbs?: string[] }>;
    }>({
      cluster: group.cluster,
      path: ['apis', group.group, group.version],
      signal: options.signal,
    });
    return (list.resources ?? [])
      .filter(
        ({ name, verbs = [] }) =>
          // A slash names a part of a kind, for example its status.
          !name.includes('/') &&
          verbs.includes('list') &&
          verbs.includes('watch'),
      )
      .map(({ name, kind }) => ({ kind, plural: name }));
  }

  async probe(
    cluster: string,
    options: { signal?: AbortSignal },
  ): Promise<{ date?: Date }> {
    const call: Call = { cluster, path: ['version'], signal: options.signal };
    const response = await this.#answer(call);
    const text = await response.text().catch(() => '');
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      body = undefined;
    }
    if (!isFromPortal(body)) {
      const date = new Date(response.headers.get('date') ?? '');
      return Number.isNaN(date.getTime()) ? {} : { date };
    }
    const error = await clusterResponseError(
      call,
      new Response(text, { status: response.status }),
    );
    if (connectionErrorReason(error) === 'forbidden') {
      // The portal's own policy; the lists say so.
      return {};
    }
    throw error;
  }

  /** What an answer that is not ok means; that a kind is unknown, only the API server may say. */
  async #refusal(call: Call, response: Response): Promise<Error> {
    const error = await clusterResponseError(call, response);
    const { cluster, path, signal } = call;
    return cluster !== undefined &&
      connectionErrorReason(error) === 'not-installed'
      ? confirmNotInstalled(error, { cluster, path }, document =>
          this.#json({ cluster, path: document, signal }, clusterResponseError),
        )
      : error;
  }

  async #json<T>(
    call: Call & { admit?(): Promise<void> },
    refusal = (refused: Call, response: Response) =>
      this.#refusal(refused, response),
  ): Promise<T> {
    const stop = new AbortController();
    const response = await this.#answer({
      ...call,
      signal: call.signal
        ? AbortSignal.any([call.signal, stop.signal])
        : stop.signal,
    });
    if (!response.ok) {
      throw await refusal(call, response);
    }
    try {
      await call.admit?.();
      return await within(
        BODY_TIMEOUT_MILLIS,
        call.signal,
        () => response.json() as Promise<T>,
      );
    } catch (error) {
      // What is not read any more must not hold its connection.
      stop.abort();
      throw this.#connectionError(call, error);
    }
  }

  /** The head of an answer, in time. */
  async #answer(call: Call): Promise<Response> {
    const late = new AbortController();
    const timer = setTimeout(
      () =>
        late.abort(
          new Error(
            `no answer within ${Math.round(
              this.#headTimeoutMillis / 1000,
            )} seconds`,
          ),
        ),
      this.#headTimeoutMillis,
    );
    try {
      return await this.#fetch({
        ...call,
        signal: call.signal
          ? AbortSignal.any([call.signal, late.signal])
          : late.signal,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async #fetch(call: Call): Promise<Response> {
    const base = await this.#discovery.getBaseUrl('kubernetes');
    const path = call.path.map(pathSegment).join('/');
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
    try {
      return await fetch(url, {
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
    );
  }
}
