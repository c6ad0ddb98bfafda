import { createHash, timingSafeEqual } from 'node:crypto';
import {
  createServer,
  IncomingMessage,
  Server,
  ServerResponse,
} from 'node:http';
import { AddressInfo } from 'node:net';
import {
  badRequest,
  forbidden,
  methodNotAllowed,
  StatusError,
  unauthorized,
  unknownPath,
} from '../StatusError';
import { ApiContext, ApiRequest, isTrue, sendJson } from './ApiRequest';
import { discoveryDocument, hasLog } from './discovery';
import { listObjects } from './listObjects';
import { parsePath, RequestTarget } from './parsePath';
import { readLog } from './readLog';
import { watchObjects } from './watchObjects';
import {
  createObject,
  deleteObject,
  deleteObjects,
  patchObject,
  replaceObject,
} from './writeObjects';

const HEALTH_PATHS = ['/healthz', '/livez', '/readyz'];
/** Open to everybody, as in a real cluster. */
const PUBLIC_PATHS = [...HEALTH_PATHS, '/version'];

type Handler = (request: ApiRequest) => void | Promise<void>;

/** What a verb does; `get` of a subresource is looked up apart. */
const HANDLERS: Record<string, Handler> = {
  get: request => {
    const { context, target, response } = request;
    const { resource, namespace, name } = target;
    const stored = context.objects.get({ resource, namespace, name: name! });
    sendJson(response, 200, stored.json);
  },
  list: listObjects,
  watch: watchObjects,
  create: createObject,
  update: replaceObject,
  patch: patchObject,
  delete: deleteObject,
  deletecollection: deleteObjects,
};

/** The Kubernetes API over HTTP, on 127.0.0.1 only. */
export class ApiServer {
  readonly #server: Server;
  readonly #context: ApiContext;
  readonly #token: Buffer;
  readonly #onError: (error: unknown) => void;

  constructor(options: {
    context: ApiContext;
    token: string;
    onError: (error: unknown) => void;
  }) {
    this.#context = options.context;
    this.#token = digest(options.token);
    this.#onError = options.onError;
    this.#server = createServer((request, response) => {
      const { faults } = this.#context;
      if (faults.misdirected) {
        response.writeHead(404, { 'Content-Type': 'text/html' });
        response.end('<h1>404 Not Found</h1>');
      } else if (!faults.silent) {
        // By the clock of the cluster, which may be wrong.
        response.setHeader('Date', this.#context.now().toUTCString());
        void this.#answer(request, response);
      }
    });
    // Watches are idle for long.
    this.#server.requestTimeout = 0;
  }

  /** @returns the port it listens on */
  async start(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) {
      return;
    }
    const closed = new Promise(resolve => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    try {
      await this.#route(request, response);
    } catch (error) {
      this.#refuse(response, error);
    }
  }

  #refuse(response: ServerResponse, error: unknown): void {
    if (!(error instanceof StatusError)) {
      this.#onError(error);
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const refusal =
      error instanceof StatusError
        ? error
        : new StatusError({
            code: 500,
            reason: 'InternalError',
            message: `Internal error occurred: ${error}`,
          });
    if (refusal.code === 413) {
      // The rest of the body is not read.
      response.setHeader('Connection', 'close');
    }
    sendJson(response, refusal.code, refusal.toStatus());
  }

  async #route(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const url = parseUrl(request.url ?? '/');
    const path = url.pathname;
    if (!PUBLIC_PATHS.includes(path)) {
      this.#authenticate(request);
    }
    if (HEALTH_PATHS.includes(path)) {
      response.writeHead(200, { 'Content-Type': 'text/plain' });
      response.end('ok');
      return;
    }
    const { faults, objects } = this.#context;
    const document = discoveryDocument(
      objects.registry.all().filter(resource => !faults.isHidden(resource)),
      path,
    );
    if (document) {
      if (request.method !== 'GET') {
        throw methodNotAllowed();
      }
      sendJson(response, 200, document);
      return;
    }
    const target = parsePath(objects.registry, path);
    if (!target || faults.isHidden(target.resource)) {
      throw unknownPath();
    }
    const query = url.searchParams;
    await this.#handle({
      context: this.#context,
      target,
      query,
      request,
      response,
    });
  }

  async #handle(request: ApiRequest): Promise<void> {
    const { target, query } = request;
    const method = request.request.method ?? 'GET';
    const verb = verbOf(method, target, query);
    const isLog = target.subresource === 'log' && hasLog(target.resource);
    const isStatus = target.subresource === 'status' && target.resource.status;
    if (target.subresource && !isLog && !isStatus) {
      throw unknownPath();
    }
    const isSupported = isLog
      ? verb === 'get'
      : target.resource.verbs.includes(verb ?? '') &&
        (!isStatus || ['get', 'patch', 'update'].includes(verb ?? ''));
    if (!verb || !isSupported) {
      throw methodNotAllowed();
    }
    const { resource, namespace, name } = target;
    if (this.#context.faults.isForbidden({ verb, resource, namespace })) {
      throw forbidden(
        resource,
        name ?? '',
        `User "playground" cannot ${verb} resource "${
          resource.plural
        }" in API group "${resource.group}" ${
          namespace ? `in the namespace "${namespace}"` : 'at the cluster scope'
        }`,
      );
    }
    await (isLog ? readLog : HANDLERS[verb])(request);
  }

  #authenticate(request: IncomingMessage): void {
    const match = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '');
    if (!match || !timingSafeEqual(digest(match[1].trim()), this.#token)) {
      throw unauthorized();
    }
  }
}

/** Of equal length whatever the token is, so that it can be compared in constant time. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function parseUrl(text: string): URL {
  try {
    return new URL(text, 'http://127.0.0.1');
  } catch {
    throw badRequest('the URL of the request cannot be read');
  }
}

function verbOf(
  method: string,
  target: RequestTarget,
  query: URLSearchParams,
): string | undefined {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (isTrue(query.get('watch')) && !target.subresource) {
        return 'watch';
      }
      return target.name ? 'get' : 'list';
    case 'POST':
      return target.name ? undefined : 'create';
    case 'PUT':
      return target.name ? 'update' : undefined;
    case 'PATCH':
      return target.name ? 'patch' : undefined;
    case 'DELETE':
      return target.name ? 'delete' : 'deletecollection';
    default:
      return undefined;
  }
}
