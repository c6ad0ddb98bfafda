import { mkdir, rm } from 'node:fs/promises';
import { NotFoundError } from '@backstage/errors';
import { GitError, runGit } from './GitCommand';
import type { GitTree } from './GitTree';
import {
  ObjectReader,
  parseTree,
  type GitObject,
  type TreeEntry,
} from './ObjectReader';
import { LOG_FORMAT, parseLog, type GitCommit } from './parseLog';
import type { AllowedRepository, RepositoryAccess } from './RepositoryAccess';

/** Which commits {@link GitRepository.log} returns. Revisions are full ids, see `resolve`. */
export interface LogQuery {
  include: readonly string[];
  /** Neither these commits nor anything before them. */
  exclude?: readonly string[];
  /** Only commits that change something below; the empty path is everything. */
  paths?: readonly string[];
  /** Only what was merged: the states that the branch had. */
  firstParent?: boolean;
  merges?: boolean;
  /** Committed not before, ISO time. */
  since?: string;
  limit?: number;
}

const FETCH_TIMEOUT_MS = 10 * 60_000;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 30 * 60_000;
/** A revision that a fetch did not bring is not looked for again before. */
const UNKNOWN_FOR_MS = 30_000;
const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
/** What a crash in the middle of a fetch may leave behind. */
const DAMAGED =
  /\.lock': File exists|not a git repository|bad object|corrupt|unable to read tree|did not send all necessary objects|Could not read/i;

/**
 * A bare clone without file contents, brought up to date when a revision is unknown.
 *
 * @remarks
 * Fetches of one repository happen one after the other, share their result, and pause longer after
 * each failure. File contents come when they are read, many at a time. Only a fetch talks to the
 * forge, because the clone itself does not remember that it is partial.
 */
export class GitRepository {
  readonly allowed: AllowedRepository;
  readonly #directory: string;
  readonly #access: RepositoryAccess;
  readonly #now: () => number;
  readonly #objects: ObjectReader;
  readonly #unknown = new Map<string, number>();
  #ready = false;
  #queue: Promise<unknown> = Promise.resolve();
  #update?: Promise<void>;
  #missing?: { ids: Set<string>; fetched: Promise<void> };
  #failure?: { error: Error; until: number; pause: number };

  constructor(options: {
    allowed: AllowedRepository;
    directory: string;
    access: RepositoryAccess;
    now?: () => number;
  }) {
    this.allowed = options.allowed;
    this.#directory = options.directory;
    this.#access = options.access;
    this.#now = options.now ?? Date.now;
    this.#objects = new ObjectReader(options.directory);
  }

  /**
   * The full id of a commit that a revision names, fetched when it is not known yet.
   *
   * @param revision - a commit, a tag or a branch
   * @throws NotFoundError when the forge does not have it; GitError when it cannot be asked.
   */
  async resolve(revision: string): Promise<string> {
    const name = revision.trim();
    if (!/^[\w][\w./+@-]*$/.test(name) || name.includes('..')) {
      throw new NotFoundError(
        `"${revision.slice(0, 80)}" is no revision of a Git repository`,
      );
    }
    await this.#prepare();
    return (
      (await this.#commitOf(name)) ?? this.#enqueue(() => this.#bring(name))
    );
  }

  /** The full id of a commit, or `undefined`, by what is here already. Never asks the forge. */
  async resolveKnown(revision: string): Promise<string | undefined> {
    await this.#prepare();
    return /^[\w][\w./+@-]*$/.test(revision)
      ? this.#commitOf(revision)
      : undefined;
  }

  /** Brings all branches and tags. Calls while one is waiting share it. */
  update(): Promise<void> {
    this.#update ??= this.#enqueue(async () => {
      this.#update = undefined;
      await this.#fetchAll();
    });
    return this.#update;
  }

  /** Commits, newest first. */
  async log(query: LogQuery): Promise<GitCommit[]> {
    const { include, exclude = [], paths = [] } = query;
    const revisions = [...include, ...exclude.map(sha => `^${sha}`)];
    if (![...include, ...exclude].every(sha => COMMIT.test(sha))) {
      throw new GitError('failed', 'The log needs full ids of commits');
    }
    const limited = paths.filter(path => path !== '');
    const args = [
      'log',
      '-z',
      `--format=${LOG_FORMAT}`,
      '--name-only',
      '--no-renames',
      '--topo-order',
      '--stdin',
      ...(query.firstParent
        ? ['--first-parent', '--diff-merges=first-parent']
        : ['--full-history']),
      ...(query.merges || query.firstParent ? [] : ['--no-merges']),
      ...(query.since ? [`--since=${query.since}`] : []),
      ...(query.limit ? [`--max-count=${query.limit}`] : []),
    ];
    const specs = limited.map(path => `:(top,literal)${path}`);
    const output = await runGit({
      directory: this.#directory,
      args,
      input: [...revisions, '--', ...specs, ''].join('\n'),
    });
    return parseLog(output);
  }

  /** True when the first commit is the second one or comes before it. */
  async isAncestor(first: string, second: string): Promise<boolean> {
    if (first === second) {
      return true;
    }
    const rest = await runGit({
      directory: this.#directory,
      args: ['rev-list', '--max-count=1', first, `^${second}`, '--'],
    });
    return rest.trim() === '';
  }

  /** True when the two histories have a commit in common. */
  async related(first: string, second: string): Promise<boolean> {
    return runGit({
      directory: this.#directory,
      args: ['merge-base', first, second],
    }).then(
      () => true,
      () => false,
    );
  }

  /** The files at a commit, given by its full id. */
  tree(commit: string): GitTree {
    let rootObject: Promise<GitObject | undefined> | undefined;
    const find = async (path: string): Promise<TreeEntry | undefined> => {
      rootObject ??= this.#objects.read(`${commit}^{tree}`);
      const root = await rootObject;
      let entry: TreeEntry | undefined = root && {
        name: '',
        id: root.id,
        kind: 'directory',
      };
      for (const part of path.split('/').filter(Boolean)) {
        if (entry?.kind !== 'directory') {
          return undefined;
        }
        const entries = await this.#entries(entry.id);
        entry = entries.find(one => one.name === part);
      }
      return entry;
    };
    return {
      find,
      list: async path => {
        const entry = await find(path);
        return entry?.kind === 'directory' ? this.#entries(entry.id) : [];
      },
      read: async path => {
        const entry = await find(path);
        return entry?.kind === 'file' ? this.#text(entry.id) : undefined;
      },
    };
  }

  /** Ends the processes of the repository. */
  close() {
    this.#objects.close();
  }

  async #entries(id: string): Promise<TreeEntry[]> {
    const object = await this.#objects.read(id);
    return object?.type === 'tree' ? parseTree(object) : [];
  }

  async #text(id: string): Promise<string> {
    let object = await this.#objects.read(id);
    if (!object) {
      await this.#fetchMissing(id);
      object = await this.#objects.read(id);
    }
    if (!object) {
      throw new GitError(
        'failed',
        `${this.allowed.pageUrl} did not send the file ${id}`,
      );
    }
    return object.content.toString('utf8');
  }

  /** Collects what many readers miss at the same time into one fetch. */
  #fetchMissing(id: string): Promise<void> {
    if (!this.#missing) {
      const ids = new Set<string>();
      const fetched = new Promise(resolve => setImmediate(resolve)).then(() =>
        this.#enqueue(async () => {
          this.#missing = undefined;
          await this.#fetch(
            ['--no-tags', '--no-write-fetch-head', '--stdin', 'origin'],
            [...ids].join('\n'),
          );
        }),
      );
      this.#missing = { ids, fetched };
    }
    this.#missing.ids.add(id);
    return this.#missing.fetched;
  }

  async #commitOf(name: string): Promise<string | undefined> {
    const object = await this.#objects.read(`${name}^{commit}`);
    return object?.type === 'commit' ? object.id : undefined;
  }

  /** In its turn, looks again, because the fetch before may have brought it, and fetches. */
  async #bring(name: string): Promise<string> {
    let found = await this.#commitOf(name);
    if (!found && (this.#unknown.get(name) ?? 0) <= this.#now()) {
      await this.#fetchAll();
      found = (await this.#commitOf(name)) ?? (await this.#fetchCommit(name));
      this.#unknown.set(name, this.#now() + UNKNOWN_FOR_MS);
    }
    if (!found) {
      throw new NotFoundError(
        `${this.allowed.pageUrl} has no revision ${name}: it may have been deleted, or belong to another repository`,
      );
    }
    this.#unknown.delete(name);
    return found;
  }

  async #fetchAll(): Promise<void> {
    await this.#fetch([
      '--prune',
      '--no-write-fetch-head',
      'origin',
      '+refs/heads/*:refs/heads/*',
      '+refs/tags/*:refs/tags/*',
    ]);
  }

  /** A commit that no branch has any more; most forges still send it by its id. */
  async #fetchCommit(name: string): Promise<string | undefined> {
    if (!COMMIT.test(name)) {
      return undefined;
    }
    try {
      const args = ['--no-tags', '--no-write-fetch-head', 'origin', name];
      await this.#fetch(args, '', { quiet: true });
    } catch (error) {
      if ((error as GitError).reason === 'not-installed') {
        throw error;
      }
      return undefined;
    }
    return this.#commitOf(name);
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(task);
    this.#queue = result.catch(() => {});
    return result;
  }

  async #prepare(): Promise<void> {
    if (!this.#ready) {
      await this.#enqueue(() => this.#initialize());
    }
  }

  async #initialize(): Promise<void> {
    if (!this.#ready) {
      await mkdir(this.#directory, { recursive: true });
      await runGit({
        directory: this.#directory,
        args: ['init', '--quiet', '--bare', '.'],
      });
      this.#ready = true;
    }
  }

  /** One fetch; after a failure the next ones fail at once until the pause is over. */
  async #fetch(
    args: readonly string[],
    input?: string,
    { quiet = false } = {},
  ): Promise<void> {
    if (this.#failure && this.#failure.until > this.#now()) {
      throw this.#failure.error;
    }
    try {
      await this.#initialize();
      await this.#fetchOnce(args, input).catch(async error => {
        if (!DAMAGED.test(String(error))) {
          throw error;
        }
        this.#objects.close();
        await rm(this.#directory, { recursive: true, force: true });
        this.#ready = false;
        await this.#initialize();
        await this.#fetchOnce(args, input);
      });
      this.#failure = undefined;
    } catch (error) {
      if (!quiet) {
        const pause = Math.min(
          this.#failure ? this.#failure.pause * 2 : FIRST_PAUSE_MS,
          LONGEST_PAUSE_MS,
        );
        this.#failure = {
          error: error as Error,
          pause,
          until: this.#now() + pause,
        };
      }
      throw error;
    }
  }

  async #fetchOnce(args: readonly string[], input?: string): Promise<void> {
    const { url } = this.allowed;
    const authorization = await this.#access.authorization(this.allowed);
    const config: Array<[string, string]> = [
      ['remote.origin.url', url],
      ['remote.origin.promisor', 'true'],
      ['remote.origin.partialclonefilter', 'blob:none'],
      ['http.lowSpeedLimit', '1000'],
      ['http.lowSpeedTime', '60'],
      ['protocol.allow', 'never'],
      ['protocol.http.allow', 'always'],
      ['protocol.https.allow', 'always'],
      ['protocol.ssh.allow', 'always'],
    ];
    if (authorization) {
      const { origin } = new URL(url);
      config.push([
        `http.${origin}/.extraHeader`,
        `Authorization: ${authorization}`,
      ]);
    }
    await runGit({
      directory: this.#directory,
      config,
      args: ['fetch', '--quiet', '--no-auto-gc', '--filter=blob:none', ...args],
      input,
      timeoutMs: FETCH_TIMEOUT_MS,
    });
  }
}
