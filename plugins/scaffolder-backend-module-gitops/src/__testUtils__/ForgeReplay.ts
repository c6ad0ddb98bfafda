import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';

interface Interaction {
  request: { method: string; path: string; body?: unknown };
  response: {
    status: number;
    headers?: Record<string, string>;
    body?: unknown;
  };
}

interface Recording {
  /** Which API, and what the traffic shows. */
  about: string;
  /** Expected of each request; between slashes it is a pattern. */
  authorization: string;
  interactions: Interaction[];
}

const FORGES = path.resolve(__dirname, '../__fixtures__/forges');

/**
 * A forge that plays what is written down, in its order, and answers nothing else: each request
 * must be the next one, with its parameters, its credentials and its body.
 */
export class ForgeReplay {
  /** What was asked and not expected. */
  readonly surprises: string[] = [];
  readonly #recording: Recording;
  readonly #prefix: string;
  #next = 0;
  readonly #server = createServer(async (request, response) => {
    const body = await readJson(request);
    const answer = this.#answer(request, body);
    response.statusCode = answer.status;
    response.setHeader('content-type', 'application/json; charset=utf-8');
    for (const [name, value] of Object.entries(answer.headers ?? {})) {
      response.setHeader(name, value);
    }
    response.end(
      typeof answer.body === 'string' || answer.body === undefined
        ? answer.body
        : JSON.stringify(expanded(answer.body)),
    );
  });

  /** @param prefix - where the API is on this server, for example `/api/v3`. */
  constructor(recording: string, prefix = '') {
    const file = path.join(FORGES, `${recording}.json`);
    this.#recording = JSON.parse(readFileSync(file, 'utf8'));
    this.#prefix = prefix;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    this.#server.keepAliveTimeout = 0;
    await new Promise<void>(resolve =>
      this.#server.listen(0, '127.0.0.1', resolve),
    );
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  /** What was expected and not asked. */
  get remaining(): string[] {
    return this.#recording.interactions
      .slice(this.#next)
      .map(({ request }) => `${request.method} ${request.path}`);
  }

  /** Leads requests to an origin that no configuration changes here; returns how to undo that. */
  standInFor(origin: string): () => void {
    const original = global.fetch;
    global.fetch = (input, init) => {
      const url = String(input instanceof Request ? input.url : input);
      return original(
        url.startsWith(origin) ? url.replace(origin, this.url) : input,
        init,
      );
    };
    return () => {
      global.fetch = original;
    };
  }

  #answer(request: IncomingMessage, body: unknown): Interaction['response'] {
    const interaction = this.#recording.interactions[this.#next];
    const asked = {
      line: normal(`${request.method} ${request.url}`),
      body,
    };
    const expected = interaction && {
      line: normal(
        `${interaction.request.method} ${this.#prefix}${
          interaction.request.path
        }`,
      ),
      body: interaction.request.body,
    };
    const isExpected =
      isDeepStrictEqual(asked, expected) &&
      this.#isAuthorised(request.headers.authorization);
    if (!isExpected) {
      this.surprises.push(
        `Asked ${JSON.stringify(asked)} as ${
          request.headers.authorization
        }, not ${JSON.stringify(expected)}`,
      );
      return { status: 418, body: { message: 'not expected' } };
    }
    this.#next += 1;
    return interaction.response;
  }

  #isAuthorised(given = ''): boolean {
    const { authorization } = this.#recording;
    const pattern = /^\/(.*)\/$/.exec(authorization)?.[1];
    return pattern ? new RegExp(pattern).test(given) : given === authorization;
  }
}

/** The same for requests that differ only in the order of their parameters. */
function normal(line: string): string {
  const [start, query = ''] = line.split('?');
  const parameters = new URLSearchParams(query);
  parameters.sort();
  return `${start}?${parameters}`;
}

/** Long pages are written down as one item that repeats. */
function expanded(body: unknown): unknown {
  const { $repeat, item } = body as { $repeat?: number; item?: unknown };
  return $repeat === undefined ? body : Array($repeat).fill(item);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  return text ? JSON.parse(text) : undefined;
}
