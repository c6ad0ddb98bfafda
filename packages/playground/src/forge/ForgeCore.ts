import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import type { ForgePullRequest, PushEvent } from '../types';
import { Lock } from './Lock';
import { isName } from './names';
import { readBranches } from './reading';
import { RepositoryStore } from './RepositoryStore';
import type {
  CommitRequest,
  ForgeUser,
  PlaygroundForge,
  RepositoryRecord,
} from './types';
import { commitFiles } from './writing';

/** The forge's settings. */
export interface ForgeOptions {
  /** Port on 127.0.0.1; 0 takes a free one. */
  port: number;
  /** Folder for everything the forge keeps. */
  directory: string;
  /** The account that may push and call the API; by default `fairway` with the password `playground-password`. */
  user?: string;
  password?: string;
  /** Repositories (`owner/name`) whose additive pull requests the forge merges by itself. */
  autoMerge?: string[];
  /** People with an account, who appear as authors; the first is whom the pages act for. */
  users?: ForgeUser[];
}

const ZERO = '0'.repeat(40);

/**
 * What the HTTP side of the forge stands on: repositories, users, and the one place where
 * a branch moves and everybody hears of it.
 */
export class ForgeCore implements PlaygroundForge {
  readonly store: RepositoryStore;
  readonly account: ForgeUser;
  readonly password: string;
  readonly users: ForgeUser[];
  url = '';
  readonly #lock = new Lock();
  readonly #events = new EventEmitter();

  constructor(options: ForgeOptions) {
    const login = options.user ?? 'fairway';
    this.store = new RepositoryStore(options.directory);
    this.password = options.password ?? 'playground-password';
    this.account = {
      login,
      name: 'Fairway',
      email: `${login}@playground.example`,
    };
    this.users = [...(options.users ?? []), this.account];
    this.#events.setMaxListeners(0);
  }

  /** Whom the pages act for: they have no sign-in. */
  get visitor(): ForgeUser {
    return this.users[0];
  }

  findUser(login: string): ForgeUser {
    return (
      this.users.find(user => user.login === login) ?? {
        login,
        name: login,
        email: `${login}@playground.example`,
      }
    );
  }

  gitDirectory(cloneUrl: string): string | undefined {
    const record = this.#find(cloneUrl);
    return record && this.store.gitDirectory(record);
  }

  openPulls(url: string): ForgePullRequest[] | undefined {
    return this.#find(url)
      ?.pulls.filter(pull => pull.state === 'open')
      .sort((a, b) => b.number - a.number)
      .map(pull => ({
        number: pull.number,
        title: pull.title,
        author: pull.user,
        branch: pull.head,
        targetBranch: pull.base,
        headSha: pull.headSha,
        labels: pull.labels ?? [],
      }));
  }

  #find(url: string): RepositoryRecord | undefined {
    const [owner, name] = this.#parse(url) ?? [];
    return owner && name ? this.store.find(owner, name) : undefined;
  }

  #parse(cloneUrl: string): string[] | undefined {
    if (!URL.canParse(cloneUrl)) return undefined;
    const url = new URL(cloneUrl);
    const own = new URL(this.url);
    const local = ['localhost', '127.0.0.1'].includes(url.hostname);
    if (!local || url.port !== own.port) return undefined;
    const path = url.pathname.replace(/^\/|\/$/g, '').replace(/\.git$/, '');
    const parts = path.split('/');
    return parts.length === 2 && parts.every(isName) ? parts : undefined;
  }

  onPush(listener: (event: PushEvent) => void): () => void {
    this.#events.on('push', listener);
    return () => this.#events.off('push', listener);
  }

  listRepositories(): Array<{ owner: string; name: string }> {
    return this.store.list().map(({ owner, name }) => ({ owner, name }));
  }

  hasRepository(owner: string, repository: string): boolean {
    return this.store.find(owner, repository) !== undefined;
  }

  createOrganisation(name: string): Promise<void> {
    return this.store.createOrganisation(name);
  }

  async createRepository(options: {
    owner: string;
    name: string;
    description?: string;
  }): Promise<void> {
    await this.store.create(options);
  }

  async deleteRepository(owner: string, repository: string): Promise<void> {
    await this.store.delete(this.store.get(owner, repository));
  }

  async commit(request: CommitRequest): Promise<string> {
    const record = this.store.get(request.owner, request.repository);
    return this.change(record, async directory => {
      const { after } = await commitFiles(directory, request);
      return after;
    });
  }

  /**
   * Runs something that may move branches, alone in its repository, and tells the
   * listeners about every branch that moved.
   */
  async change<T>(
    record: RepositoryRecord,
    task: (directory: string) => Promise<T>,
  ): Promise<T> {
    const directory = this.store.gitDirectory(record);
    const events: PushEvent[] = [];
    try {
      return await this.#lock.run(directory, async () => {
        const before = await readBranches(directory);
        try {
          return await task(directory);
        } finally {
          if (existsSync(directory)) {
            const after = await readBranches(directory);
            events.push(...compare(record, before, after));
          }
        }
      });
    } finally {
      for (const event of events) this.#events.emit('push', event);
    }
  }
}

function compare(
  record: RepositoryRecord,
  before: Map<string, string>,
  after: Map<string, string>,
): PushEvent[] {
  const branches = [...new Set([...before.keys(), ...after.keys()])];
  return branches
    .map(branch => ({
      owner: record.owner,
      repository: record.name,
      branch,
      before: before.get(branch) ?? ZERO,
      after: after.get(branch) ?? ZERO,
    }))
    .filter(event => event.before !== event.after);
}
