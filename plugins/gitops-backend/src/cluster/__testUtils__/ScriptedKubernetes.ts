import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubernetesObject } from '@fairway/plugin-gitops-node';

interface WatchEvent {
  type: string;
  object: unknown;
}

interface OpenWatch {
  path: string;
  cluster: string;
  response: ServerResponse;
}

/** The path of an object; the one of its kind is `<version>/<plural>`. */
const OBJECT_PATH =
  /^(?<version>apis\/[^/]+\/[^/]+|api\/[^/]+)\/(?:namespaces\/(?<namespace>[^/]+)\/)?(?<plural>[^/]+)\/(?<name>[^/]+)$/;

/** A request as the server saw it. */
export interface SeenRequest {
  method: string;
  cluster?: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
}

/** An answer in place of the usual one. */
export interface Fault {
  status: number;
  body: unknown;
}

/**
 * The Kubernetes plugin's HTTP API over clusters in memory, which fails as told. Objects are kept
 * by `<cluster> <path of the list>`, for example `local apis/argoproj.io/v1alpha1/applications`.
 */
export class ScriptedKubernetes {
  clusters: Array<{ name: string; title?: string }> = [{ name: 'local' }];
  readonly requests: SeenRequest[] = [];
  /** The answer to give in place of the usual one. */
  fault?: (request: SeenRequest) => Fault | 'hang-up' | undefined;
  /** Items per page at most, whatever the client asks. */
  pageSize = Infinity;
  readonly #kinds = new Map<string, Map<string, KubernetesObject>>();
  readonly #watches = new Set<OpenWatch>();
  #version = 100;
  #server?: Server;

  /** Makes a kind known to a cluster. */
  install(cluster: string, path: string): void {
    const key = `${cluster} ${path}`;
    this.#kinds.set(key, this.#kinds.get(key) ?? new Map());
  }

  /** Makes a kind unknown. */
  uninstall(cluster: string, path: string): void {
    this.#kinds.delete(`${cluster} ${path}`);
  }

  /** Creates or changes an object, and tells the watches. */
  put(
    cluster: string,
    path: string,
    object: Record<string, unknown> & { metadata: object },
  ) {
    this.install(cluster, path);
    const items = this.#kinds.get(`${cluster} ${path}`)!;
    this.#version += 1;
    const stored = {
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(this.#version) },
    } as KubernetesObject;
    const { namespace = '', name } = stored.metadata;
    const type = items.has(`${namespace}/${name}`) ? 'MODIFIED' : 'ADDED';
    items.set(`${namespace}/${name}`, stored);
    this.send(cluster, path, { type, object: stored });
  }

  /** Deletes an object; tells the watches unless `silently`. */
  delete(
    target: { cluster: string; path: string; namespace: string; name: string },
    options: { silently?: boolean } = {},
  ): void {
    const { cluster, path, namespace, name } = target;
    const items = this.#kinds.get(`${cluster} ${path}`)!;
    const object = items.get(`${namespace}/${name}`)!;
    items.delete(`${namespace}/${name}`);
    this.#version += 1;
    if (!options.silently) {
      this.send(cluster, path, {
        type: 'DELETED',
        object: {
          ...object,
          metadata: {
            ...object.metadata,
            resourceVersion: String(this.#version),
          },
        },
      });
    }
  }

  /** Sends an event to the open watches of a kind. */
  send(cluster: string, path: string, event: WatchEvent): void {
    this.write(cluster, path, `${JSON.stringify(event)}\n`);
  }

  /** Sends anything to the open watches of a kind. */
  write(cluster: string, path: string, text: string): void {
    for (const watch of this.#watches) {
      if (watch.cluster === cluster && watch.path === path) {
        watch.response.write(text);
      }
    }
  }

  /** Ends every watch: as servers do, or by cutting the connection. */
  endWatches(how: 'politely' | 'cut'): void {
    for (const watch of this.#watches) {
      if (how === 'cut') {
        watch.response.destroy();
      } else {
        watch.response.end();
      }
    }
    this.#watches.clear();
  }

  /** Number of open watches, of a kind or of all. */
  openWatches(path?: string): number {
    return [...this.#watches].filter(
      watch => path === undefined || watch.path === path,
    ).length;
  }

  /** Listens on a free port of 127.0.0.1; resolves to the base URL of the plugin. */
  async listen(): Promise<string> {
    this.#server = createServer((request, response) =>
      this.handle(request, response),
    );
    await new Promise<void>(resolve =>
      this.#server!.listen(0, '127.0.0.1', resolve),
    );
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/api/kubernetes`;
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    this.endWatches('cut');
    this.#server?.closeAllConnections();
    await new Promise(resolve =>
      this.#server ? this.#server.close(resolve) : resolve(undefined),
    );
  }

  /** Answers one request, whatever comes before `/clusters` and `/proxy` in its path. */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://server');
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const seen: SeenRequest = {
      method: request.method ?? 'GET',
      cluster: request.headers['backstage-kubernetes-cluster'] as
        | string
        | undefined,
      path: url.pathname.replace(/^.*?\/(?=clusters$|proxy\/)/, ''),
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    this.requests.push(seen);
    const fault = this.fault?.(seen);
    if (fault === 'hang-up') {
      request.socket.destroy();
    } else if (fault) {
      this.#json(response, fault.body, fault.status);
    } else if (seen.path === 'clusters') {
      this.#json(response, { items: this.clusters });
    } else {
      this.#answer(seen, response);
    }
  }

  #answer(seen: SeenRequest, response: ServerResponse): void {
    const { cluster = '' } = seen;
    if (!this.clusters.some(({ name }) => name === cluster)) {
      this.#json(response, { error: { message: 'Cluster not found' } }, 404);
      return;
    }
    const path = seen.path.replace('proxy/', '');
    const items = this.#kinds.get(`${cluster} ${path}`);
    const object = OBJECT_PATH.exec(path)?.groups;
    const siblings =
      object &&
      this.#kinds.get(`${cluster} ${object.version}/${object.plural}`);
    if (object && siblings) {
      this.#object(response, siblings, object);
    } else if (path === 'apis') {
      this.#json(response, this.#groups(cluster));
    } else if (path === 'api') {
      this.#json(response, { kind: 'APIVersions', versions: ['v1'] });
    } else if (!items && this.#pluralsOf(cluster, path).length > 0) {
      this.#json(response, {
        kind: 'APIResourceList',
        resources: this.#pluralsOf(cluster, path).map(name => ({ name })),
      });
    } else if (!items) {
      // What a real API server says about a group that it does not know.
      response.writeHead(404, { 'content-type': 'text/plain' });
      response.end('404 page not found\n');
    } else if (seen.query.get('watch') === '1') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      const watch = { path, cluster, response };
      this.#watches.add(watch);
      response.on('close', () => this.#watches.delete(watch));
    } else {
      this.#list(seen, [...items.values()], response);
    }
  }

  /** Paths of the kinds that a cluster knows. */
  #paths(cluster: string): string[] {
    return [...this.#kinds.keys()]
      .filter(key => key.startsWith(`${cluster} `))
      .map(key => key.slice(cluster.length + 1));
  }

  #groups(cluster: string): object {
    const groups = this.#paths(cluster).flatMap(path => {
      const [root, name, version] = path.split('/');
      return root === 'apis' ? { name, version } : [];
    });
    return {
      kind: 'APIGroupList',
      groups: [...new Set(groups.map(({ name }) => name))].map(name => ({
        name,
        versions: groups.filter(group => group.name === name),
      })),
    };
  }

  #pluralsOf(cluster: string, groupVersion: string): string[] {
    return this.#paths(cluster)
      .filter(path => path.startsWith(`${groupVersion}/`))
      .map(path => path.slice(groupVersion.length + 1));
  }

  /** What a real API server says of one object. */
  #object(
    response: ServerResponse,
    items: ReadonlyMap<string, KubernetesObject>,
    path: Record<string, string>,
  ): void {
    const { namespace = '', plural: kind, name } = path;
    const found = items.get(`${namespace}/${name}`);
    if (found) {
      this.#json(response, found);
    } else {
      const details = { name, kind };
      const status = { kind: 'Status', reason: 'NotFound', details };
      this.#json(response, { ...status, message: `"${name}" not found` }, 404);
    }
  }

  #list(
    seen: SeenRequest,
    items: KubernetesObject[],
    response: ServerResponse,
  ): void {
    const start = Number(seen.query.get('continue') ?? 0);
    const limit = Math.min(Number(seen.query.get('limit')), this.pageSize);
    const end = start + limit;
    const page = items.slice(start, end).map(item => {
      const { apiVersion, kind, ...rest } = item;
      return rest;
    });
    const [group, version] = seen.path.split('/').slice(-3);
    this.#json(response, {
      apiVersion: `${group}/${version}`,
      kind: `${items[0]?.kind ?? ''}List`,
      metadata: {
        resourceVersion: String(this.#version),
        ...(end < items.length ? { continue: String(end) } : {}),
      },
      items: page,
    });
  }

  #json(response: ServerResponse, body: unknown, status = 200): void {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }
}
