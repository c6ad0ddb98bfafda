import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serveGit } from './serveGit';

interface Pull {
  number: number;
  html_url: string;
  title: string;
  body: string;
  state: 'open' | 'closed';
  merged: boolean;
  merge_commit_sha: string | null;
  head: { ref: string };
  base: { ref: string };
}

const CREDENTIALS = Buffer.from('robot:secret').toString('base64');

/**
 * The part of Gitea that the actions use: real repositories behind `git http-backend`, and
 * the REST API with the status codes that Gitea gives.
 */
export class GiteaFake {
  readonly organisations = new Set(['platform', 'payments']);
  /** What happens to a pull request as soon as it is opened. */
  onPullRequest: 'merge' | 'close' | 'wait' = 'wait';
  /** Answers of this status instead of the real one, by method and path. */
  readonly faults = new Map<string, number>();
  readonly requests: string[] = [];
  /** Repositories that are read-only. */
  readonly archived = new Set<string>();
  readonly #root = mkdtempSync(path.join(tmpdir(), 'gitea-fake-'));
  readonly #pulls = new Map<string, Pull[]>();
  readonly #server = createServer((request, response) =>
    this.#serve(request, response).catch(error => {
      response.statusCode = 500;
      response.end(String(error));
    }),
  );

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  get host(): string {
    return new URL(this.url).host;
  }

  async start(): Promise<void> {
    // A busy machine takes longer than the default, and a client cannot see the end coming.
    this.#server.keepAliveTimeout = 0;
    await new Promise<void>(resolve =>
      this.#server.listen(0, '127.0.0.1', resolve),
    );
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** Forgets every repository, fault and request. */
  reset(): void {
    for (const name of this.#pulls.keys()) {
      rmSync(this.directory(name), { recursive: true, force: true });
    }
    this.#pulls.clear();
    this.faults.clear();
    this.requests.length = 0;
    this.archived.clear();
    this.onPullRequest = 'wait';
  }

  createRepository(name: string): void {
    const directory = this.directory(name);
    mkdirSync(directory, { recursive: true });
    this.git(name, 'init', '--quiet', '--bare', '--initial-branch=main');
    this.git(name, 'config', 'http.receivepack', 'true');
    this.git(name, 'config', 'user.name', 'seed');
    this.git(name, 'config', 'user.email', 'seed@example.com');
    this.#pulls.set(name, []);
  }

  /** Adds a commit to a branch, with nothing but these files in it. */
  commit(
    name: string,
    branch = 'main',
    files: Record<string, string | { link: string }> = {},
  ): string {
    this.git(name, 'read-tree', '--empty');
    for (const [file, content] of Object.entries(files)) {
      const blob = execFileSync(
        'git',
        ['-C', this.directory(name), 'hash-object', '-w', '--stdin'],
        {
          input: typeof content === 'string' ? content : content.link,
          encoding: 'utf8',
        },
      ).trim();
      const mode = typeof content === 'string' ? '100644' : '120000';
      const entry = `${mode},${blob},${file}`;
      this.git(name, 'update-index', '--add', '--cacheinfo', entry);
    }
    const tree = this.git(name, 'write-tree');
    const parents = this.branches(name).includes(branch) ? ['-p', branch] : [];
    const message = ['-m', `Commit ${branch}`];
    const hash = this.git(name, 'commit-tree', ...parents, ...message, tree);
    this.git(name, 'update-ref', `refs/heads/${branch}`, hash);
    return hash;
  }

  directory(name: string): string {
    return path.join(this.#root, `${name}.git`);
  }

  exists(name: string): boolean {
    return this.#pulls.has(name);
  }

  pulls(name: string): Pull[] {
    return this.#pulls.get(name) ?? [];
  }

  git(name: string, ...args: string[]): string {
    return execFileSync('git', ['-C', this.directory(name), ...args], {
      input: '',
      encoding: 'utf8',
    }).trim();
  }

  branches(name: string): string[] {
    return this.git(name, 'branch', '--format=%(refname:short)')
      .split('\n')
      .filter(Boolean);
  }

  merge(name: string, number: number): void {
    const pull = this.pulls(name)[number - 1];
    const commit = this.git(name, 'rev-parse', pull.head.ref);
    this.git(name, 'update-ref', `refs/heads/${pull.base.ref}`, commit);
    Object.assign(pull, {
      state: 'closed',
      merged: true,
      merge_commit_sha: commit,
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse) {
    const { pathname, search, searchParams } = new URL(request.url!, this.url);
    const line = `${request.method} ${pathname}`;
    this.requests.push(line);
    const smart =
      /^\/(.+)\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(
        pathname,
      );
    const authorised =
      request.headers.authorization?.replace(/^basic /i, '') === CREDENTIALS;
    if ((smart || pathname.startsWith('/api/')) && !authorised) {
      response.setHeader('www-authenticate', 'Basic realm="Gitea"');
      response.statusCode = 401;
      response.end('Unauthorized');
      return;
    }
    const fault = this.faults.get(line);
    if (smart && !fault && this.exists(smart[1])) {
      await serveGit({ request, response, root: this.#root, pathname, search });
      return;
    }
    const body = await readJson(request);
    const [status, answer] = fault
      ? [fault, { message: 'fault' }]
      : this.#answer(line, body, searchParams);
    response.statusCode = status;
    response.setHeader('content-type', 'application/json');
    response.end(status === 204 ? undefined : JSON.stringify(answer));
  }

  #answer(line: string, body: any, query: URLSearchParams): [number, unknown] {
    const missing: [number, unknown] = [404, { message: 'not found' }];
    const page = /^GET \/([^/]+\/[^/]+)\/src\/branch\/main/.exec(line);
    if (page) {
      return this.exists(page[1]) ? [200, 'page'] : missing;
    }
    const organisation = /^(GET|POST) \/api\/v1\/orgs\/([^/]+)(\/repos)?$/.exec(
      line,
    );
    if (organisation) {
      const name = `${organisation[2]}/${body?.name}`;
      if (!this.organisations.has(organisation[2])) {
        return missing;
      }
      if (organisation[1] === 'GET') {
        return [200, { name: organisation[2] }];
      }
      if (this.exists(name)) {
        return [409, { message: 'repository already exists' }];
      }
      this.createRepository(name);
      return [201, {}];
    }
    const inRepository =
      /^(\w+) \/api\/v1\/repos\/([^/]+\/[^/]+)(?:\/(.*))?$/.exec(line);
    if (!inRepository || !this.exists(inRepository[2])) {
      return missing;
    }
    const [, method, name, rest = ''] = inRepository;
    return this.#inRepository({ method, name, rest, body, query }) ?? missing;
  }

  #inRepository(options: {
    method: string;
    name: string;
    rest: string;
    body: any;
    query: URLSearchParams;
  }): [number, unknown] | undefined {
    const { method, name, rest, body, query } = options;
    const pulls = this.pulls(name);
    switch (`${method} ${rest.split('/')[0]}`) {
      case 'GET ':
        return [200, { default_branch: 'main' }];
      case 'PATCH ':
        if (body.archived) {
          this.archived.add(name);
        }
        return [200, {}];
      case 'DELETE ':
        this.#pulls.delete(name);
        rmSync(this.directory(name), { recursive: true });
        return [204, {}];
      case 'GET branches':
        return [
          200,
          this.branches(name).map(branch => ({
            name: branch,
            commit: { id: this.git(name, 'rev-parse', branch) },
          })),
        ];
      case 'DELETE branches': {
        const branch = rest.slice('branches/'.length);
        if (!this.branches(name).includes(branch)) {
          return undefined;
        }
        this.git(name, 'update-ref', '-d', `refs/heads/${branch}`);
        return [204, {}];
      }
      case 'GET contents': {
        const folder = rest.slice('contents/'.length);
        const tree = `${query.get('ref')}:${folder}`;
        return [
          200,
          this.git(name, 'ls-tree', tree)
            .split('\n')
            .map(line => line.split(/\s/))
            .map(([, , sha, entry]) => ({ name: entry, sha })),
        ];
      }
      case 'POST pulls': {
        if (rest === 'pulls') {
          return this.#openPull(name, body);
        }
        this.merge(name, Number(rest.split('/')[1]));
        return [200, {}];
      }
      case 'GET pulls': {
        const found = pulls[Number(rest.split('/')[1]) - 1];
        if (rest !== 'pulls') {
          return found && [200, found];
        }
        const size = Number(query.get('limit'));
        const start = (Number(query.get('page') ?? 1) - 1) * size;
        return [
          200,
          pulls
            .filter(pull => pull.state === query.get('state'))
            .slice(start, start + size),
        ];
      }
      case 'PATCH pulls':
        pulls[Number(rest.split('/')[1]) - 1].state = body.state;
        return [201, {}];
      default:
        return undefined;
    }
  }

  #openPull(name: string, body: any): [number, unknown] {
    if (!this.branches(name).includes(body.head)) {
      return [404, { message: 'no such branch' }];
    }
    const number = this.pulls(name).length + 1;
    this.pulls(name).push({
      number,
      html_url: `${this.url}/${name}/pulls/${number}`,
      title: body.title,
      body: body.body,
      state: 'open',
      merged: false,
      merge_commit_sha: null,
      head: { ref: body.head },
      base: { ref: body.base },
    });
    const answer = structuredClone(this.pulls(name)[number - 1]);
    if (this.onPullRequest === 'merge') {
      this.merge(name, number);
    } else if (this.onPullRequest === 'close') {
      this.pulls(name)[number - 1].state = 'closed';
    }
    return [201, answer];
  }
}

async function readJson(request: IncomingMessage): Promise<any> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  return text ? JSON.parse(text) : undefined;
}
