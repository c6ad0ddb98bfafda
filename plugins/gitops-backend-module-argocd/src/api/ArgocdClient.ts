import { InputError, toError } from '@backstage/errors';
import { ConnectionError } from '@fairway/plugin-gitops-node';
import { Agent, fetch as fetchWithAgent } from 'undici';
import { argocdResponseError, type ArgocdCall } from './argocdResponseError';
import type { ArgocdInstance } from './readArgocdConfig';

/** One request of Argo CD's API. */
export interface ArgocdRequest {
  /** Below `/api/v1`; each segment is encoded. */
  path: string[];
  /** A list is sent as one parameter for each value. */
  query?: Record<string, string | string[] | undefined>;
  method?: 'GET' | 'POST' | 'DELETE';
  body?: object;
  /** For people, for example `sync application argocd/orders`. */
  what: string;
  isObject?: boolean;
  needs?: string;
  signal?: AbortSignal;
}

/** Names of Kubernetes objects and of projects; all other names are refused. */
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/**
 * A name that may stand in a path. Encoding is not enough: Argo CD's gateway decodes a slash
 * before it looks for the endpoint, so `../clusters` would reach another one.
 *
 * @throws InputError for a name that no object can have
 */
export function checkedName(name: string): string {
  if (!NAME.test(name) || name.includes('..')) {
    throw new InputError(
      `'${name}' cannot be the name of an object of Argo CD; names have lower-case letters, digits, dashes and dots`,
    );
  }
  return name;
}

/** The API of one Argo CD installation: one token for every request, and errors that say what to do. */
export class ArgocdClient {
  readonly #instance: ArgocdInstance;
  readonly #fetch: typeof fetch;
  readonly #timeoutMillis: number;

  constructor(instance: ArgocdInstance, options: { timeoutMillis: number }) {
    this.#instance = instance;
    this.#timeoutMillis = options.timeoutMillis;
    this.#fetch = instance.dangerouslySkipTLSVerify
      ? fetchWithoutVerification()
      : fetch;
  }

  /** As messages name the installation. */
  get where(): string {
    return `Argo CD '${this.#instance.name}'`;
  }

  /** @throws ConnectionError, and what an answer means for the request */
  async json<T>(request: ArgocdRequest): Promise<T> {
    const timeout = AbortSignal.timeout(this.#timeoutMillis);
    const signal = request.signal
      ? AbortSignal.any([request.signal, timeout])
      : timeout;
    const response = await this.#send({ ...request, signal });
    this.#assertJson(response);
    try {
      return (await response.json()) as T;
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  /**
   * Whether anything answers at all, without the token, and what time it is there.
   *
   * @throws ConnectionError `unreachable`
   */
  async probe(signal: AbortSignal): Promise<{ date?: Date }> {
    try {
      const response = await this.#fetch(
        new URL(`${this.#instance.apiUrl}/api/version`),
        { redirect: 'manual', signal },
      );
      response.body?.cancel().catch(() => undefined);
      const date = new Date(response.headers.get('date') ?? NaN);
      return Number.isNaN(date.getTime()) ? {} : { date };
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  /** The body of a long answer, which the caller reads or cancels; there is no time limit. */
  async open(
    request: ArgocdRequest,
    accept: string,
  ): Promise<ReadableStream<Uint8Array>> {
    const response = await this.#send(request, {
      accept,
      // Compression holds small events back.
      ...(accept === 'text/event-stream' && { 'accept-encoding': 'identity' }),
    });
    this.#assertJson(response);
    if (!response.body) {
      throw new ConnectionError(
        'unreachable',
        `${this.where} answered without a body`,
      );
    }
    return response.body;
  }

  /** An error that a stream tells in its middle. */
  errorInStream(error: { http_code?: unknown; message?: unknown }): Error {
    const status = Number(error.http_code) || 500;
    return argocdResponseError(
      this.#call({ path: [], what: 'follow its applications' }),
      status,
      this.#redact(JSON.stringify({ error })),
    );
  }

  async #send(
    request: ArgocdRequest,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const { token } = this.#instance;
    let response: Response;
    try {
      response = await this.#fetch(this.#url(request), {
        method: request.method ?? 'GET',
        headers: {
          accept: 'application/json',
          ...headers,
          authorization: `Bearer ${token}`,
          // Argo CD refuses writes without it, to keep forms of other sites out.
          ...(request.method && { 'content-type': 'application/json' }),
        },
        body: request.body && JSON.stringify(request.body),
        // The token goes to the configured URL and nowhere else.
        redirect: 'manual',
        signal: request.signal,
      });
    } catch (error) {
      throw this.#unreachable(error);
    }
    if (!response.ok) {
      const text = await response.text().catch(() => '');
      throw argocdResponseError(
        this.#call(request),
        response.status,
        this.#redact(text),
      );
    }
    return response;
  }

  #url(request: ArgocdRequest): URL {
    const path = request.path.map(encodeURIComponent).join('/');
    const url = new URL(`${this.#instance.apiUrl}/api/v1/${path}`);
    for (const [name, values] of Object.entries(request.query ?? {})) {
      for (const value of [values ?? []].flat()) {
        url.searchParams.append(name, value);
      }
    }
    return url;
  }

  #call(request: ArgocdRequest): ArgocdCall {
    const { what, isObject, needs } = request;
    return { instance: this.#instance.name, what, isObject, needs };
  }

  /** The user interface answers any path with its page, and proxies with theirs. */
  #assertJson(response: Response): void {
    const type = response.headers.get('content-type') ?? '';
    if (!/json|event-stream/.test(type)) {
      response.body?.cancel().catch(() => undefined);
      throw new ConnectionError(
        'unreachable',
        `${this.where} answered with a page (${
          type || 'no content type'
        }) instead of data; see that 'apiUrl' is the root of Argo CD itself, and that no sign-in page stands before it`,
      );
    }
  }

  #unreachable(error: unknown): Error {
    if ((error as { reason?: unknown } | undefined)?.reason) {
      return error as Error;
    }
    const { message, cause, name } = toError(error);
    const detail =
      name === 'TimeoutError'
        ? `nothing within ${this.#timeoutMillis / 1000} seconds`
        : (cause instanceof Error && cause.message) || message;
    const advice = /certificate/i.test(detail)
      ? `have its certificate signed by an authority that the backend's process knows (NODE_EXTRA_CA_CERTS)`
      : `see that it runs and that 'apiUrl' is right`;
    return new ConnectionError(
      'unreachable',
      `${this.where} did not answer: ${this.#redact(detail)}; ${advice}`,
    );
  }

  /** Whatever a server echoes, the token stays out of messages. */
  #redact(text: string): string {
    return text.replaceAll(this.#instance.token, '***');
  }
}

/** Its agent is its own: certificates of all others are checked as before. */
function fetchWithoutVerification(): typeof fetch {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  return (async (url: URL, init: object) =>
    fetchWithAgent(url, { ...init, dispatcher })) as unknown as typeof fetch;
}
