import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import type { PushEvent } from '../types';
import type { ForgeCore } from './ForgeCore';
import { git } from './git';
import { resolveBranch } from './reading';
import type { Comment, Person, PullRequest, RepositoryRecord } from './types';
import { type MergeResult, mergeCommits, moveBranch } from './writing';

const ZERO = '0'.repeat(40);

/** What happened to a pull request. */
export interface PullRequestEvent {
  record: RepositoryRecord;
  pull: PullRequest;
  action:
    | 'opened'
    | 'synchronized'
    | 'edited'
    | 'closed'
    | 'reopened'
    | 'label_updated'
    | 'label_cleared';
  by: string;
}

/** Opens, follows, merges and closes pull requests. */
export class PullRequests {
  readonly #core: ForgeCore;
  readonly #notify: (event: PullRequestEvent) => void;
  readonly #trials = new Map<string, Promise<MergeResult>>();

  constructor(core: ForgeCore, notify: (event: PullRequestEvent) => void) {
    this.#core = core;
    this.#notify = notify;
    core.onPush(event => void this.#follow(event));
  }

  /** @throws NotFoundError when the repository has no such pull request. */
  get(record: RepositoryRecord, number: number): PullRequest {
    const pull = record.pulls.find(one => one.number === number);
    if (!pull) {
      throw new NotFoundError(
        `${record.owner}/${record.name} has no pull request ${number}; look at the list of pull requests`,
      );
    }
    return pull;
  }

  /** @throws ConflictError when one is open for the same branches. */
  async open(
    record: RepositoryRecord,
    request: Pick<PullRequest, 'title' | 'body' | 'head' | 'base' | 'user'>,
  ): Promise<PullRequest> {
    const directory = this.#core.store.gitDirectory(record);
    const { title, head, base } = request;
    if (!title.trim()) throw new InputError('A pull request needs a title');
    const headSha = await resolveBranch(directory, head);
    const baseSha = await resolveBranch(directory, base);
    if (!headSha || !baseSha) {
      throw new NotFoundError(
        `There is no branch ${headSha ? base : head}; push it first`,
      );
    }
    const ahead = await git(directory, [
      'rev-list',
      '--count',
      `${baseSha}..${headSha}`,
    ]);
    if (ahead.trim() === '0') {
      throw new InputError(
        `The branch ${head} has no commits that ${base} lacks; commit a change first`,
      );
    }
    const same = record.pulls.find(
      pull => pull.state === 'open' && pull.head === head && pull.base === base,
    );
    if (same) {
      throw new ConflictError(
        `Pull request ${same.number} is already open for ${head} into ${base}`,
      );
    }
    const now = new Date().toISOString();
    const pull: PullRequest = {
      ...request,
      number: record.nextNumber++,
      headSha,
      state: 'open',
      createdAt: now,
      updatedAt: now,
      comments: [],
    };
    record.pulls.push(pull);
    await this.#pin(directory, pull);
    await this.#core.store.save(record);
    this.#notify({ record, pull, action: 'opened', by: pull.user });
    return pull;
  }

  /** What merging now would give; tried once per pair of commits. */
  async trial(
    record: RepositoryRecord,
    pull: PullRequest,
  ): Promise<MergeResult & { baseSha: string }> {
    const directory = this.#core.store.gitDirectory(record);
    const baseSha = await resolveBranch(directory, pull.base);
    if (!baseSha) {
      throw new NotFoundError(`The branch ${pull.base} is gone; close this`);
    }
    const key = `${directory} ${baseSha} ${pull.headSha}`;
    let trial = this.#trials.get(key);
    if (!trial) {
      if (this.#trials.size > 200) this.#trials.clear();
      trial = mergeCommits({
        directory,
        into: baseSha,
        commit: pull.headSha,
        message: 'trial',
        author: this.#core.account,
      });
      this.#trials.set(key, trial);
      trial.catch(() => this.#trials.delete(key));
    }
    return { ...(await trial), baseSha };
  }

  /**
   * Merges with a merge commit and closes the pull request.
   *
   * @throws ConflictError when the branches cannot be merged, naming the files.
   */
  async merge(
    record: RepositoryRecord,
    pull: PullRequest,
    options: {
      by: { login: string } & Person;
      message?: string;
      expectedHead?: string;
      deleteBranch?: boolean;
    },
  ): Promise<PullRequest> {
    if (options.expectedHead && options.expectedHead !== pull.headSha) {
      throw new ConflictError(
        `The branch ${pull.head} has new commits; look at them, then merge again`,
      );
    }
    await this.#core.change(record, async directory => {
      // Looked at inside the lock: of two people who press the button, one merges.
      if (pull.state !== 'open') {
        throw new ConflictError(`Pull request ${pull.number} is not open`);
      }
      const before = await resolveBranch(directory, pull.base);
      if (!before) {
        throw new NotFoundError(`The branch ${pull.base} is gone; close this`);
      }
      const result = await mergeCommits({
        directory,
        into: before,
        commit: pull.headSha,
        message: options.message ?? mergeMessage(record, pull),
        author: options.by,
      });
      if (!result.clean) {
        throw new ConflictError(
          `Pull request ${pull.number} conflicts with ${
            pull.base
          } in ${result.conflicts.join(', ')}; merge ${pull.base} into ${
            pull.head
          }, resolve it and push`,
        );
      }
      const after = result.commit;
      await moveBranch(directory, { branch: pull.base, before, after });
      const at = new Date().toISOString();
      pull.merged = {
        at,
        by: options.by.login,
        commit: after,
        baseSha: before,
      };
      close(pull, at);
      if (options.deleteBranch) {
        await git(directory, ['update-ref', '-d', `refs/heads/${pull.head}`]);
      }
      await this.#core.store.save(record);
    });
    const by = options.by.login;
    this.#notify({ record, pull, action: 'closed', by });
    return pull;
  }

  /**
   * The commits of a pull request as a range for Git: with two dots those it brings, with
   * three the difference to where it began. A merged one is read as it was when merged.
   */
  async range(
    record: RepositoryRecord,
    pull: PullRequest,
    dots: '..' | '...',
  ): Promise<string> {
    const directory = this.#core.store.gitDirectory(record);
    const base =
      pull.merged?.baseSha ?? (await resolveBranch(directory, pull.base));
    return `${base ?? pull.headSha}${dots}${pull.headSha}`;
  }

  /** The files a pull request touches and how. */
  async changedFiles(
    record: RepositoryRecord,
    pull: PullRequest,
  ): Promise<Map<string, 'added' | 'changed' | 'deleted'>> {
    const out = await git(this.#core.store.gitDirectory(record), [
      'diff',
      '--name-status',
      '--no-renames',
      '-z',
      await this.range(record, pull, '...'),
    ]);
    const words = out.split('\0');
    const files = new Map<string, 'added' | 'changed' | 'deleted'>();
    for (let index = 0; index + 1 < words.length; index += 2) {
      const [status, path] = [words[index], words[index + 1]];
      if (status === 'A') files.set(path, 'added');
      else files.set(path, status === 'D' ? 'deleted' : 'changed');
    }
    return files;
  }

  async edit(
    record: RepositoryRecord,
    pull: PullRequest,
    change: { title?: string; body?: string; state?: string; by: string },
  ): Promise<PullRequest> {
    const { title, body, state, by } = change;
    if (state !== undefined && state !== 'open' && state !== 'closed') {
      throw new InputError('The state of a pull request is open or closed');
    }
    if (pull.merged && state === 'open') {
      throw new ConflictError(
        `Pull request ${pull.number} is merged; open a new one`,
      );
    }
    const now = new Date().toISOString();
    let action: PullRequestEvent['action'] = 'edited';
    if (state === 'closed' && pull.state === 'open') {
      close(pull, now);
      action = 'closed';
    } else if (state === 'open' && pull.state === 'closed') {
      pull.state = 'open';
      pull.closedAt = undefined;
      action = 'reopened';
    }
    pull.title = title ?? pull.title;
    pull.body = body ?? pull.body;
    pull.updatedAt = now;
    await this.#core.store.save(record);
    this.#notify({ record, pull, action, by });
    return pull;
  }

  /** Makes these its labels; labels that it has already change nothing. */
  async label(
    record: RepositoryRecord,
    pull: PullRequest,
    change: { labels: string[]; by: string },
  ): Promise<PullRequest> {
    const labels = [...new Set(change.labels)].sort();
    if (labels.join() === (pull.labels ?? []).join()) return pull;
    pull.labels = labels;
    pull.updatedAt = new Date().toISOString();
    await this.#core.store.save(record);
    const action = labels.length > 0 ? 'label_updated' : 'label_cleared';
    this.#notify({ record, pull, action, by: change.by });
    return pull;
  }

  async comment(
    record: RepositoryRecord,
    pull: PullRequest,
    comment: { user: string; body: string },
  ): Promise<Comment> {
    if (!comment.body.trim()) throw new InputError('A comment needs a text');
    const now = new Date().toISOString();
    const id =
      record.id * 10_000 + record.nextNumber * 100 + pull.comments.length;
    const written = { id, ...comment, createdAt: now };
    pull.comments.push(written);
    pull.updatedAt = now;
    await this.#core.store.save(record);
    return written;
  }

  /** A push to the head of an open pull request becomes part of it. */
  async #follow(event: PushEvent): Promise<void> {
    const record = this.#core.store.find(event.owner, event.repository);
    if (!record || event.after === ZERO) return;
    const followed = record.pulls.filter(
      pull =>
        pull.state === 'open' &&
        pull.head === event.branch &&
        pull.headSha !== event.after,
    );
    for (const pull of followed) {
      pull.headSha = event.after;
      pull.updatedAt = new Date().toISOString();
      await this.#pin(this.#core.store.gitDirectory(record), pull);
      await this.#core.store.save(record);
      const by = this.#core.account.login;
      this.#notify({ record, pull, action: 'synchronized', by });
    }
  }

  /** Keeps the commits of a pull request when its branch is deleted. */
  async #pin(directory: string, pull: PullRequest): Promise<void> {
    const ref = `refs/pull/${pull.number}/head`;
    await git(directory, ['update-ref', ref, pull.headSha]);
  }
}

function close(pull: PullRequest, at: string): void {
  pull.state = 'closed';
  pull.closedAt = at;
  pull.updatedAt = at;
}

function mergeMessage(record: RepositoryRecord, pull: PullRequest): string {
  const title = `Merge pull request '${pull.title}' (#${pull.number}) from ${pull.head} into ${pull.base}`;
  const at = `Reviewed-on: ${record.owner}/${record.name}#${pull.number}`;
  return [title, pull.body.trim(), at].filter(Boolean).join('\n\n');
}
