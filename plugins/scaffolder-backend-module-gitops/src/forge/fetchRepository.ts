import type { LoggerService } from '@backstage/backend-plugin-api';
import { InputError, ServiceUnavailableError } from '@backstage/errors';
import { cloneRepo } from '@backstage/plugin-scaffolder-node';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FetchedFolder } from '../workspace';
import type { ForgeRepository } from './ForgeRepository';

/**
 * Clones the newest commit of a branch into the workspace.
 *
 * @param options - `branch`: default the repository's own.
 * @throws InputError when there is no such repository or branch.
 */
export async function fetchRepository(options: {
  repository: ForgeRepository;
  repoUrl: string;
  branch?: string;
  workspacePath: string;
  targetPath: string;
  logger: LoggerService;
}): Promise<FetchedFolder> {
  const { repository, repoUrl, workspacePath, targetPath, logger } = options;
  const found = await repository.find();
  if (!found) {
    throw new InputError(
      `There is no repository ${repository.webUrl}, or the integration's user may not see it; check its name and "integrations:"`,
    );
  }
  const branch = options.branch || found.defaultBranch;
  const checkout = await mkdtemp(path.join(tmpdir(), 'fairway-fetch-'));
  try {
    const auth = await repository.credentials();
    await cloneRepo({
      url: repository.cloneUrl,
      dir: checkout,
      auth,
      logger,
      ref: branch,
      depth: 1,
    }).catch(error => {
      throw cloneFailure(error, { repository, branch });
    });
    const commit = await headOf(checkout, branch);
    return await FetchedFolder.store({
      workspacePath,
      targetPath,
      checkout,
      from: { repoUrl, branch, commit },
    });
  } finally {
    await rm(checkout, { recursive: true, force: true });
  }
}

function cloneFailure(
  error: Error,
  where: { repository: ForgeRepository; branch: string },
): Error {
  const { webUrl } = where.repository;
  return /Could not find|NotFoundError|not find/.test(`${error}`)
    ? new InputError(
        `${webUrl} has no branch "${where.branch}", or no commit yet; name a branch that exists`,
      )
    : new ServiceUnavailableError(
        `${webUrl} cannot be cloned: ${error.message}; check that the backend reaches it and what the integration's user may read`,
      );
}

async function headOf(checkout: string, branch: string): Promise<string> {
  const head = await readFile(path.join(checkout, '.git/HEAD'), 'utf8');
  const ref = /^ref: (\S+)/.exec(head)?.[1] ?? `refs/heads/${branch}`;
  const commit = /^[0-9a-f]{40,64}$/.test(head.trim())
    ? head
    : await readFile(path.join(checkout, '.git', ref), 'utf8');
  return commit.trim();
}
