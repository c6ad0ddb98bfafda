import { NotFoundError } from '@backstage/errors';
import { GitClone } from './GitClone';
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

/** A revision that a fetch did not bring is not looked for again before. */
const UNKNOWN_FOR_MS = 30_000;
const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
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
  readonly #clone: GitClone;
  readonly #now: () => number;
  readonly #objects: ObjectReader;
  readonly #unknown = new Map<string, number>();
  #update?: Promise<void>;
  #missing?: { ids: Set<string>; fetched: Promise<void> };

  constructor(options: {
    allowed: AllowedRepository;
    directory: string;
    access: RepositoryAccess;
    now?: () => number;
  }) {
    this.allowed = options.allowed;
    this.#directory = options.directory;
    this.#now = options.now ?? Date.now;
    this.#objects = new ObjectReader(options.directory);
    this.#clone = new GitClone({
      ...options,
      now: this.#now,
      onDamaged: () => this.#objects.close(),
    });
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
    await this.#clone.prepare();
    return (
      (await this.#commitOf(name)) ??
      this.#clone.enqueue(() => this.#bring(name))
    );
  }

  /** The full id of a commit, or `undefined`, by what is here already. Never asks the forge. */
  async resolveKnown(revision: string): Promise<string | undefined> {
    await this.#clone.prepare();
    return /^[\w][\w./+@-]*$/.test(revision)
      ? this.#commitOf(revision)
      : undefined;
  }

  /** Brings all branches and tags. Calls while one is waiting share it. */
  update(): Promise<void> {
    this.#update ??= this.#clone.enqueue(async () => {
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
        this.#clone.enqueue(async () => {
          this.#missing = undefined;
          await this.#clone.fetch(
            ['--no-tags', '--no-write-fetch-head', '--stdin', 'origin'],
            { input: [...ids].join('\n') },
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
    await this.#clone.fetch([
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
      await this.#clone.fetch(args, { quiet: true });
    } catch (error) {
      if ((error as GitError).reason === 'not-installed') {
        throw error;
      }
      return undefined;
    }
    return this.#commitOf(name);
  }
}
