import {
  resolveSafeChildPath,
  type LoggerService,
} from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import {
  addFiles,
  cloneRepo,
  commitAndPushBranch,
  serializeDirectoryContents,
} from '@backstage/plugin-scaffolder-node';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ForgeRepository, PullRequest } from './ForgeRepository';

/** A change of files, as a pull request. */
export interface ProposedChange {
  repository: ForgeRepository;
  /** Branch to make; whatever has this name is taken for the work of an earlier try. */
  branch: string;
  /** Default: the default branch of the repository. */
  base?: string;
  /** Absolute path of the folder with the files. */
  source: string;
  /** Folder of the repository that they go to. */
  targetPath: string;
  title: string;
  body: string;
  author: { name: string; email: string };
  logger: LoggerService;
}

/**
 * Pushes a branch with the files and opens a pull request for it, or finds the one that an
 * earlier try opened. When it fails, the branch is deleted again.
 *
 * @throws InputError when there is no such repository or nothing to change.
 */
export async function proposeChange(
  change: ProposedChange,
): Promise<PullRequest & { base: string }> {
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
    await pushBranch(change, base);
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

async function pushBranch(change: ProposedChange, base: string): Promise<void> {
  const { repository, branch, author, title, logger } = change;
  const dir = await mkdtemp(path.join(tmpdir(), 'fairway-change-'));
  try {
    const { auth } = repository;
    await cloneRepo({
      url: repository.cloneUrl,
      dir,
      auth,
      logger,
      ref: base,
      depth: 1,
    });
    const changed = await copyFiles(change, dir);
    if (changed.length === 0) {
      throw new InputError(
        `${repository.webUrl} has exactly these files already, so there is nothing to propose`,
      );
    }
    for (const filepath of changed) {
      await addFiles({ dir, filepath, auth, logger });
    }
    await commitAndPushBranch({
      dir,
      auth,
      logger,
      branch,
      commitMessage: title,
      gitAuthorInfo: author,
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Returns the paths in the repository that differ now. */
async function copyFiles(
  { source, targetPath }: ProposedChange,
  checkout: string,
): Promise<string[]> {
  const files = await serializeDirectoryContents(source);
  if (files.length === 0) {
    throw new InputError('There are no files for the pull request');
  }
  const changed: string[] = [];
  for (const file of files) {
    const name = path.posix.join(targetPath, file.path);
    const target = resolveSafeChildPath(checkout, name);
    const top = path.relative(checkout, target).split(path.sep)[0];
    if (file.symlink || top === '.git') {
      throw new InputError(`${file.path} cannot be part of a pull request`);
    }
    const before = await readFile(target).catch(() => undefined);
    if (!before?.equals(file.content)) {
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, file.content);
      changed.push(path.posix.normalize(name));
    }
  }
  return changed;
}
