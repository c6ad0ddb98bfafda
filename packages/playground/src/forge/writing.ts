import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import { git, GitError } from './git';
import { cleanPath, isRef } from './names';
import { resolveBranch } from './reading';
import type { CommitRequest, Person } from './types';

const ZERO = '0'.repeat(40);

/** Who wrote and who committed, in the form Git reads from its environment. */
export function identity(author: Person, committer: Person = author) {
  return {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
  };
}

/**
 * Commits files to a branch of a bare repository, through an index of its own.
 *
 * Returns the branch's commit before (forty zeros for a new branch) and after.
 *
 * @throws ConflictError when the branch moved away from `expected` or while we worked.
 */
export async function commitFiles(
  directory: string,
  request: Omit<CommitRequest, 'owner' | 'repository'>,
): Promise<{ before: string; after: string }> {
  const { branch, from, expected, message, author } = request;
  if (!isRef(branch)) {
    throw new InputError(`"${branch}" cannot name a branch`);
  }
  const tip = await resolveBranch(directory, branch);
  if (expected && expected !== tip) {
    throw new ConflictError(
      `The branch ${branch} has moved on since it was read; read it again`,
    );
  }
  const parent = tip ?? (from && (await resolveBranch(directory, from)));
  if (from && !parent) {
    throw new NotFoundError(`There is no branch ${from} to start from`);
  }
  const temporary = await mkdtemp(join(tmpdir(), 'playground-index-'));
  try {
    const env = {
      GIT_INDEX_FILE: join(temporary, 'index'),
      ...identity(author),
    };
    if (parent) await git(directory, ['read-tree', parent], { env });
    await stage(directory, request, env);
    const tree = (await git(directory, ['write-tree'], { env })).trim();
    const parents = parent ? ['-p', parent] : [];
    const commit = await git(
      directory,
      ['commit-tree', tree, ...parents, '-F', '-'],
      { env, input: `${message.trimEnd()}\n` },
    );
    const after = commit.trim();
    await moveBranch(directory, { branch, before: tip ?? ZERO, after });
    return { before: tip ?? ZERO, after };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function stage(
  directory: string,
  request: Pick<CommitRequest, 'files'>,
  env: Record<string, string>,
): Promise<void> {
  const lines: string[] = [];
  for (const file of request.files) {
    const path = cleanPath(file.path);
    if (!path) throw new InputError('A file needs a path; name one');
    if (file.content === undefined) {
      lines.push(`0 ${ZERO}\t${path}\0`);
      continue;
    }
    const blob = await git(directory, ['hash-object', '-w', '--stdin'], {
      input: file.content,
    });
    lines.push(`100644 ${blob.trim()}\t${path}\0`);
  }
  await git(directory, ['update-index', '-z', '--index-info'], {
    env,
    input: lines.join(''),
  });
}

/** Moves a branch, only if it is where it is believed to be. */
export async function moveBranch(
  directory: string,
  move: { branch: string; before: string; after: string },
): Promise<void> {
  const ref = `refs/heads/${move.branch}`;
  try {
    await git(directory, ['update-ref', ref, move.after, move.before]);
  } catch (error) {
    throw new ConflictError(
      `The branch ${move.branch} moved while it was written; try again`,
      error,
    );
  }
}

/** The outcome of putting two commits together. */
export type MergeResult =
  | { clean: true; commit: string }
  | { clean: false; conflicts: string[] };

/**
 * Merges one commit into another with a merge commit, in a work tree of its own, and moves
 * no branch. Both must be commits of the repository.
 */
export async function mergeCommits(options: {
  directory: string;
  into: string;
  commit: string;
  message: string;
  author: Person;
}): Promise<MergeResult> {
  const { directory, into, commit, message, author } = options;
  const temporary = await mkdtemp(join(tmpdir(), 'playground-merge-'));
  const tree = join(temporary, 'tree');
  const env = identity(author);
  try {
    await git(directory, [
      'worktree',
      'add',
      '--quiet',
      '--detach',
      tree,
      into,
    ]);
    try {
      await git(
        tree,
        ['merge', '--quiet', '--no-ff', '-m', message.trimEnd(), commit],
        { env },
      );
    } catch (error) {
      const unmerged = await git(tree, [
        'diff',
        '--name-only',
        '-z',
        '--diff-filter=U',
      ]);
      const conflicts = unmerged.split('\0').filter(Boolean);
      if (conflicts.length === 0) throw error;
      return { clean: false, conflicts };
    }
    const head = await git(tree, ['rev-parse', 'HEAD']);
    return { clean: true, commit: head.trim() };
  } finally {
    await git(directory, ['worktree', 'remove', '--force', tree]).catch(
      ignoreGitErrors,
    );
    await rm(temporary, { recursive: true, force: true });
  }
}

// The folder of a work tree that could not be removed is deleted right after; Git forgets
// such a tree by itself.
function ignoreGitErrors(error: unknown): void {
  if (!(error instanceof GitError)) throw error;
}
