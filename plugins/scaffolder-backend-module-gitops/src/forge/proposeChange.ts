import {
  resolveSafeChildPath,
  type LoggerService,
} from '@backstage/backend-plugin-api';
import { ConflictError, InputError } from '@backstage/errors';
import {
  addFiles,
  cloneRepo,
  commitAndPushBranch,
  removeFiles,
} from '@backstage/plugin-scaffolder-node';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ForgeRepository, PullRequest } from './ForgeRepository';

/** What a change does to one file of a repository. */
export interface FileChange {
  /** Relative to the root of the repository, with slashes. */
  path: string;
  /** Undefined when the file is deleted. */
  content: Buffer | undefined;
  executable?: boolean;
  /**
   * What the change was computed from: when the repository has something else by now, it is not
   * overwritten. Absent when whatever is there is replaced.
   */
  basedOn?: { content: Buffer | undefined };
}

/** A change of files, as a pull request. */
export interface ProposedChange {
  repository: ForgeRepository;
  /** Branch to make; whatever has this name is taken for the work of an earlier try. */
  branch: string;
  /** Default: the default branch of the repository. */
  base?: string;
  files: FileChange[];
  title: string;
  body: string;
  author: { name: string; email: string };
  logger: LoggerService;
}

/**
 * Pushes a branch with the files and opens a pull request for it, or finds the one that an
 * earlier try opened. When it fails, the branch is deleted again.
 *
 * @returns undefined when the repository has exactly these files already.
 * @throws InputError when there is no such repository; ConflictError when somebody else changed
 * what this changes.
 */
export async function proposeChange(
  change: ProposedChange,
): Promise<(PullRequest & { base: string }) | undefined> {
  const { repository, branch, logger } = change;
  const found = await repository.find();
  if (!found) {
    throw new InputError(
      `There is no repository ${repository.webUrl}, or the integration's user may not see it; check gitops.platformRepository and "integrations:"`,
    );
  }
  const base = change.base ?? found.defaultBranch;
  const open = await repository.findPullRequest({ head: branch, base });
  if (open) {
    logger.info('The pull request of an earlier try is open');
    return { ...open, base };
  }
  await repository.deleteBranch(branch);
  try {
    if (!(await pushBranch(change, base))) {
      return undefined;
    }
    const pull = await repository.openPullRequest({
      title: change.title,
      body: change.body,
      head: branch,
      base,
    });
    return { ...pull, base };
  } catch (error) {
    await repository.deleteBranch(branch).catch(second => {
      logger.warn(
        `The branch ${branch} of ${repository.webUrl} remains and can be deleted: ${second}`,
      );
    });
    throw error;
  }
}

/** Returns whether there was anything to push. */
async function pushBranch(
  change: ProposedChange,
  base: string,
): Promise<boolean> {
  const { repository, branch, author, title, logger } = change;
  const dir = await mkdtemp(path.join(tmpdir(), 'fairway-change-'));
  try {
    const auth = await repository.credentials();
    await cloneRepo({
      url: repository.cloneUrl,
      dir,
      auth,
      logger,
      ref: base,
      depth: 1,
    });
    const changed = await writeFiles(change, dir);
    for (const { path: filepath, content } of changed) {
      await (content ? addFiles : removeFiles)({ dir, filepath, auth, logger });
    }
    if (changed.length > 0) {
      await commitAndPushBranch({
        dir,
        auth,
        logger,
        branch,
        commitMessage: title,
        gitAuthorInfo: author,
      });
    }
    return changed.length > 0;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Returns the changes that make a difference to the checkout, with their paths in it. */
async function writeFiles(
  { files, repository }: ProposedChange,
  checkout: string,
): Promise<FileChange[]> {
  const changed: FileChange[] = [];
  const conflicts: string[] = [];
  for (const file of files) {
    const target = resolveSafeChildPath(checkout, file.path);
    const name = path.relative(checkout, target).split(path.sep).join('/');
    if (name.split('/')[0].toLowerCase() === '.git') {
      throw new InputError(`${file.path} cannot be part of a pull request`);
    }
    const { content: now, executable } = await readNow(target);
    const isSame =
      isEqual(now, file.content) &&
      (!file.content || executable === Boolean(file.executable));
    if (!isSame) {
      changed.push({ ...file, path: name });
      if (file.basedOn && !isEqual(now, file.basedOn.content)) {
        conflicts.push(name);
      }
    }
  }
  if (conflicts.length > 0) {
    throw new ConflictError(
      `Somebody else changed ${conflicts.join(', ')} in ${
        repository.webUrl
      } since it was read, so nothing was proposed. Run the template again: it starts from what is there now`,
    );
  }
  for (const { path: name, content, executable } of changed) {
    const target = path.join(checkout, name);
    // A link is replaced, not followed.
    await rm(target, { force: true });
    if (content) {
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, content);
      await chmod(target, executable ? 0o755 : 0o644);
    }
  }
  return changed;
}

async function readNow(
  file: string,
): Promise<{ content: Buffer | undefined; executable: boolean }> {
  const found = await lstat(file).catch(() => undefined);
  if (!found?.isFile()) {
    return { content: undefined, executable: false };
  }
  const executable = (found.mode & 0o100) !== 0;
  return { content: await readFile(file), executable };
}

function isEqual(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one && other ? one.equals(other) : one === other;
}
