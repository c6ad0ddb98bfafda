import type { Request, RequestHandler, Response } from 'express';
import { NotFoundError } from '@backstage/errors';
import type { ForgeCore } from '../ForgeCore';
import { resolveCommit } from '../reading';
import type { RepositoryRecord } from '../types';

/** Makes a handler of an async function: what it throws reaches the error handler. */
export function route(
  handler: (request: Request, response: Response) => Promise<void> | void,
): RequestHandler {
  return async (request, response, next) => {
    try {
      await handler(request, response);
    } catch (error) {
      next(error);
    }
  };
}

/** The repository named by the `owner` and `repo` of a path. */
export function repositoryOf(
  core: ForgeCore,
  request: Request,
): RepositoryRecord {
  return core.store.get(request.params.owner, request.params.repo);
}

/** The commit a reference names; without a reference that of the default branch. */
export async function commitOf(
  core: ForgeCore,
  record: RepositoryRecord,
  ref: string | undefined,
): Promise<string> {
  const wanted = ref || record.defaultBranch;
  const commit = await resolveCommit(core.store.gitDirectory(record), wanted);
  if (!commit) {
    throw new NotFoundError(
      `There is no branch, tag or commit "${wanted}" in ${record.owner}/${record.name}`,
    );
  }
  return commit;
}

/** `page` and `limit` of a list, as Gitea counts them (from 1, 30 a page, 50 at most). */
export function pageOf(request: Request): { skip: number; limit: number } {
  const number = (name: string, fallback: number) =>
    Math.max(1, Number.parseInt(String(request.query[name]), 10) || fallback);
  const limit = Math.min(50, number('limit', 30));
  return { limit, skip: (number('page', 1) - 1) * limit };
}
