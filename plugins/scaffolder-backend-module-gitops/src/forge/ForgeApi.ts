import {
  ConflictError,
  InputError,
  ServiceUnavailableError,
} from '@backstage/errors';

const TIMEOUT_MS = 20_000;
const LONGEST_MESSAGE = 500;

/** One call of a forge's API. */
export interface ForgeRequest {
  method: string;
  /** Below the base of the API; see {@link route}. */
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  /** Whether a refusal means that there is nothing to be done. */
  isNothing?: (status: number, text: string) => boolean;
}

/** The answer to a call. */
export interface ForgeAnswer<T> {
  body: T;
  headers: Headers;
}

/**
 * A path whose parts cannot be taken for more than one segment each:
 * `` route`/repos/${owner}/${repo}` ``.
 */
export function route(strings: TemplateStringsArray, ...parts: unknown[]) {
  return strings.reduce(
    (path, text, index) =>
      `${path}${encodeURIComponent(String(parts[index - 1]))}${text}`,
  );
}

/** Calls a forge with the credentials of its integration. */
export class ForgeApi {
  readonly #base: string;
  readonly #headers: () => Promise<Record<string, string>>;

  constructor(options: {
    base: string;
    /** Asked for each time, because credentials may be short-lived. */
    headers: () => Promise<Record<string, string>>;
  }) {
    this.#base = options.base.replace(/\/+$/, '');
    this.#headers = options.headers;
  }

  get base(): string {
    return this.#base;
  }

  /** Undefined when there is no such thing. */
  async get<T>(
    path: string,
    query?: ForgeRequest['query'],
  ): Promise<T | undefined> {
    const answer = await this.send<T>({ method: 'GET', path, query });
    return answer?.body;
  }

  /**
   * Calls the forge.
   *
   * @returns undefined for 404, and for what the request says is nothing.
   * @throws ConflictError for 409, InputError for other refusals, ServiceUnavailableError when
   * the forge fails, is too slow, has enough of us, or does not accept our credentials.
   */
  async send<T>(request: ForgeRequest): Promise<ForgeAnswer<T> | undefined> {
    const url = new URL(`${this.#base}${request.path}`);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) {
        url.searchParams.set(name, String(value));
      }
    }
    const where = `${request.method} ${url.origin}${url.pathname}`;
    const response = await this.#fetch(url, request, where);
    if (response.status === 404) {
      await response.body?.cancel();
      return undefined;
    }
    const text = await response.text();
    if (response.ok && response.status !== 203) {
      const body = parseBody<T>(text, where);
      return { body, headers: response.headers };
    }
    if (request.isNothing?.(response.status, text)) {
      return undefined;
    }
    throw refusal({ response, text, where });
  }

  async #fetch(
    url: URL,
    request: ForgeRequest,
    where: string,
  ): Promise<Response> {
    const { method, body } = request;
    const headers = await this.#headers();
    const attempt = () =>
      fetch(url, {
        method,
        headers: {
          accept: 'application/json',
          ...(body !== undefined ? { 'content-type': 'application/json' } : {}),
          ...headers,
          ...request.headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        // The credentials are for this host; one that redirects has moved what we ask for.
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    try {
      // A connection that was kept may be gone; asking again changes nothing.
      return await attempt().catch(error => {
        if (method === 'GET' && error.name === 'TypeError') {
          return attempt();
        }
        throw error;
      });
    } catch (error) {
      throw new ServiceUnavailableError(
        `The forge does not answer to ${where}; check that it runs and that the backend reaches it`,
        error,
      );
    }
  }
}

function parseBody<T>(text: string, where: string): T {
  try {
    return (text ? JSON.parse(text) : {}) as T;
  } catch {
    throw new ServiceUnavailableError(
      `What answers to ${where} is no API of a forge: it sends no JSON. Check the address in "integrations:", and that the forge does not ask for a sign-in`,
    );
  }
}

function refusal(options: {
  response: Response;
  text: string;
  where: string;
}): Error {
  const { response, where } = options;
  const { status, headers } = response;
  const text = options.text.slice(0, LONGEST_MESSAGE);
  if (isRateLimit(response)) {
    return new ServiceUnavailableError(
      `The forge takes no more requests of the integration's user for now, at ${where} (${status}); try again ${waitOf(
        headers,
      )}`,
    );
  }
  if (status === 203 || status === 401 || status === 403) {
    return new ServiceUnavailableError(
      `The forge does not let the integration's user do ${where} (${status}: ${text}); check its credentials in "integrations:" and their rights`,
    );
  }
  if (status >= 300 && status < 400) {
    return new InputError(
      `The forge redirects ${where} to ${
        headers.get('location') ?? 'another place'
      }: what was asked for has moved, or needs a sign-in. Use its new name`,
    );
  }
  if (status === 409) {
    return new ConflictError(`The forge answers to ${where}: ${text}`);
  }
  if (status < 500) {
    return new InputError(`The forge refuses ${where} (${status}): ${text}`);
  }
  return new ServiceUnavailableError(
    `The forge failed at ${where} (${status}): ${text}; try again`,
  );
}

/** GitHub says 403 for it, too. */
function isRateLimit({ status, headers }: Response): boolean {
  return (
    status === 429 ||
    (status === 403 &&
      (headers.has('retry-after') ||
        headers.get('x-ratelimit-remaining') === '0'))
  );
}

function waitOf(headers: Headers): string {
  const after = headers.get('retry-after');
  const reset = Number(
    headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset'),
  );
  if (after) {
    return /^\d+$/.test(after) ? `in ${after} seconds` : `after ${after}`;
  }
  return reset > 0
    ? `after ${new Date(reset * 1000).toISOString()}`
    : 'in a few minutes';
}
