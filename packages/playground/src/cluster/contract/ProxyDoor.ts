import { KubernetesObject } from '../../types';
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

type Query = Record<string, string | number | boolean | undefined>;

/** Through the proxy of Backstage's kubernetes plugin. */
export class ProxyDoor implements Door {
  readonly #options: { baseUrl: string; token: string; cluster: string };

  /** @param options - `baseUrl` is that of the kubernetes plugin */
  constructor(options: { baseUrl: string; token: string; cluster: string }) {
    this.#options = options;
  }

  list(collection: Collection, query: ListQuery = {}): Promise<ObjectList> {
    return this.#json('GET', pathOf(collection), { query: { ...query } });
  }

  get(collection: Collection, name: string): Promise<KubernetesObject> {
    return this.#json('GET', pathOf(collection, name));
  }

  create(
    collection: Collection,
    body: KubernetesObject,
  ): Promise<KubernetesObject> {
    return this.#json('POST', pathOf(collection), { body });
  }

  replace(
    collection: Collection,
    body: KubernetesObject,
  ): Promise<KubernetesObject> {
    return this.#json('PUT', pathOf(collection, body.metadata.name), { body });
  }

  patch(
    collection: Collection,
    name: string,
    patch: PatchRequest,
  ): Promise<KubernetesObject> {
    const path = pathOf(collection, name) + (patch.status ? '/status' : '');
    return this.#json('PATCH', path, {
      body: patch.body,
      contentType: PATCH_TYPES[patch.type],
      query: {
        fieldManager: patch.fieldManager,
        force: patch.force,
        ...(patch.dryRun && { dryRun: 'All' }),
      },
    });
  }

  delete(collection: Collection, name: string): Promise<unknown> {
    return this.#json('DELETE', pathOf(collection, name));
  }

  async watch(
    collection: Collection,
    query: WatchQuery,
  ): Promise<WatchSession> {
    const controller = new AbortController();
    const session = new WatchSession(() => controller.abort());
    // The proxy passes even the head of the answer on only with its first line, so that
    // a watch in which nothing happens is not answered at all.
    void this.#fetch('GET', pathOf(collection), {
      query: { ...query, watch: true },
      signal: controller.signal,
    })
      .then(response =>
        readLines(response, line => session.push(JSON.parse(line))),
      )
      .then(
        () => session.end(),
        error => session.end(isCut(error) ? undefined : error),
      );
    return session;
  }

  async log(
    pod: { namespace: string; name: string },
    query: { container: string; tailLines?: number; previous?: boolean },
  ): Promise<string> {
    const response = await this.#fetch(
      'GET',
      `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log`,
      { query },
    );
    return response.text();
  }

  async #json<T>(
    method: string,
    path: string,
    options: { query?: Query; body?: object; contentType?: string } = {},
  ): Promise<T> {
    const response = await this.#fetch(method, path, options);
    return (await response.json()) as T;
  }

  async #fetch(
    method: string,
    path: string,
    options: {
      query?: Query;
      body?: object;
      contentType?: string;
      signal?: AbortSignal;
    },
  ): Promise<Response> {
    const url = new URL(`${this.#options.baseUrl}/proxy${path}`);
    for (const [name, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) {
        url.searchParams.set(name, String(value));
      }
    }
    const response = await fetch(url, {
      method,
      signal: options.signal,
      headers: {
        authorization: `Bearer ${this.#options.token}`,
        'Backstage-Kubernetes-Cluster': this.#options.cluster,
        // Backstage compresses what it forwards, and holds a watch back to do so.
        'accept-encoding': 'identity',
        ...(options.body && {
          'content-type': options.contentType ?? 'application/json',
        }),
      },
      ...(options.body && { body: JSON.stringify(options.body) }),
    });
    if (!response.ok) {
      throw new Refusal(response.status, await response.json());
    }
    return response;
  }
}

function pathOf(collection: Collection, name?: string): string {
  const { group, version, namespace, plural } = collection;
  const path = `/apis/${group}/${version}/namespaces/${namespace}/${plural}`;
  return name === undefined ? path : `${path}/${encodeURIComponent(name)}`;
}

async function readLines(
  response: Response,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    lines.filter(Boolean).forEach(onLine);
  }
}

/** The test has closed the watch, or the connection was lost. */
function isCut(error: Error): boolean {
  return error.name === 'AbortError' || error.message === 'terminated';
}
