import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';

const USER = 'fairway';
const PASSWORD = 'correct horse';

/** One commit of a test. `null` deletes a file. */
export interface TestCommit {
  files?: Record<string, string | null>;
  message?: string;
  /** ISO time of both author and committer. */
  at: string;
  authoredAt?: string;
  author?: string;
}

/** A repository of a {@link GitForge}, changed as its owner would. */
export class TestRepository {
  readonly #git: string;
  readonly #work: string;

  constructor(readonly url: string, readonly root: string, name: string) {
    this.#git = path.join(root, `${name}.git`);
    this.#work = path.join(root, `${name}.work`);
    mkdirSync(this.#work, { recursive: true });
    mkdirSync(this.#git, { recursive: true });
    this.run(['init', '-q', '-b', 'main']);
    this.run(['config', 'uploadpack.allowFilter', 'true']);
  }

  /** Runs Git in the repository. */
  run(args: string[], env: Record<string, string> = {}): string {
    return execFileSync('git', args, {
      cwd: this.#work,
      encoding: 'utf8',
      env: {
        ...process.env,
        GIT_DIR: this.#git,
        GIT_WORK_TREE: this.#work,
        GIT_AUTHOR_EMAIL: 'ada@example.com',
        GIT_COMMITTER_NAME: 'Forge',
        GIT_COMMITTER_EMAIL: 'forge@example.com',
        ...env,
      },
    }).trim();
  }

  #identity({ at, authoredAt, author = 'Ada' }: TestCommit) {
    return {
      GIT_AUTHOR_NAME: author,
      GIT_AUTHOR_DATE: authoredAt ?? at,
      GIT_COMMITTER_DATE: at,
    };
  }

  /** Commits and returns the id. */
  commit(commit: TestCommit): string {
    for (const [file, content] of Object.entries(commit.files ?? {})) {
      const target = path.join(this.#work, file);
      if (content === null) {
        rmSync(target, { recursive: true });
      } else {
        mkdirSync(path.dirname(target), { recursive: true });
        writeFileSync(target, content);
      }
    }
    this.run(['add', '-A']);
    this.run(
      ['commit', '-q', '--allow-empty', '-m', commit.message ?? 'Change'],
      this.#identity(commit),
    );
    return this.head();
  }

  /** Merges a branch into the current one with a merge commit. */
  merge(branch: string, commit: TestCommit): string {
    this.run(
      ['merge', '-q', '--no-ff', '-m', commit.message ?? 'Merge', branch],
      this.#identity(commit),
    );
    return this.head();
  }

  /** Reverts as `git revert` does. */
  revert(sha: string, commit: TestCommit): string {
    this.run(['revert', '--no-edit', sha], this.#identity(commit));
    return this.head();
  }

  head(): string {
    return this.run(['rev-parse', 'HEAD']);
  }
}

/** Serves repositories with `git http-backend` to those who know the password. */
export class GitForge {
  readonly #server: Server;
  readonly root = mkdtempSync(path.join(os.tmpdir(), 'forge-'));
  /** Fetches that were answered, for tests that count them. */
  fetches = 0;
  /** When set, every request is answered with 503. */
  down = false;

  private constructor() {
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://forge');
      const expected = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString(
        'base64',
      )}`;
      // The name of the scheme may be written in any case.
      const authorization = request.headers.authorization?.replace(
        /^basic/i,
        'Basic',
      );
      if (this.down || authorization !== expected) {
        response.writeHead(this.down ? 503 : 401).end();
        return;
      }
      if (request.method === 'POST') {
        this.fetches++;
      }
      const child = spawn('git', ['http-backend'], {
        env: {
          ...process.env,
          GIT_PROJECT_ROOT: this.root,
          GIT_HTTP_EXPORT_ALL: '1',
          PATH_INFO: url.pathname,
          REQUEST_METHOD: request.method,
          QUERY_STRING: url.search.slice(1),
          CONTENT_TYPE: request.headers['content-type'] ?? '',
          HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
          GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        },
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      request.pipe(child.stdin);
      const output: Buffer[] = [];
      child.stdout.on('data', chunk => output.push(chunk));
      child.on('close', () => {
        const all = Buffer.concat(output);
        const end = all.indexOf('\r\n\r\n');
        const head = all.toString('latin1', 0, end).split('\r\n');
        const status = head.find(line => line.startsWith('Status: '));
        response.statusCode = status ? Number(status.slice(8, 11)) : 200;
        for (const line of head.filter(one => one !== status)) {
          const [name, value] = line.split(/: (.*)/);
          response.setHeader(name, value);
        }
        response.end(all.subarray(end + 4));
      });
    });
  }

  static async start(): Promise<GitForge> {
    const forge = new GitForge();
    await new Promise<void>(resolve =>
      forge.#server.listen(0, '127.0.0.1', resolve),
    );
    return forge;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** `integrations:` that know this forge and its password. */
  get integrations(): ScmIntegrations {
    return ScmIntegrations.fromConfig(
      new ConfigReader({
        integrations: {
          gitea: [
            {
              host: this.host,
              baseUrl: `http://${this.host}`,
              username: USER,
              password: PASSWORD,
            },
          ],
        },
      }),
    );
  }

  repository(name: string): TestRepository {
    return new TestRepository(
      `http://${this.host}/${name}.git`,
      this.root,
      name,
    );
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
    rmSync(this.root, { recursive: true, force: true });
  }
}
