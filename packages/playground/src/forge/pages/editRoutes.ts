import { randomBytes } from 'node:crypto';
import type { Router } from 'express';
import { ConflictError, NotFoundError } from '@backstage/errors';
import type { ApiContext } from '../api/createApiRouter';
import { repositoryOf, route } from '../api/route';
import { cleanPath, isRef } from '../names';
import { readFileAt, readPath, resolveBranch } from '../reading';
import type { RepositoryRecord } from '../types';
import { splitBranch } from './createPagesRouter';
import { editPage } from './editPage';
import { pathUrl } from './layout';

interface Change {
  branch: string;
  path: string;
  text: string;
  message: string;
  commit: string;
}

/** Changing one file from the browser, as a pull request or as a commit. */
export function addEditRoutes(router: Router, context: ApiContext): void {
  const { core } = context;
  const topic = () =>
    `${core.visitor.login}-change-${randomBytes(2).toString('hex')}`;

  router.get(
    '/:owner/:repo/:form(_edit|_new)/*',
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const directory = core.store.gitDirectory(record);
      const { branch, path } = await splitBranch(directory, request.params[0]);
      const commit = (await resolveBranch(directory, branch)) ?? '';
      const text =
        request.params.form === '_edit'
          ? await readFileAt(directory, commit, path)
          : undefined;
      if (request.params.form === '_edit' && text === undefined) {
        throw new NotFoundError(`There is no file ${path} on ${branch}`);
      }
      const shown = { record, branch, commit, path, text };
      response.send(editPage({ ...shown, topic: topic() }));
    }),
  );

  router.post(
    '/:owner/:repo/_edit/*',
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const directory = core.store.gitDirectory(record);
      const { branch } = await splitBranch(directory, request.params[0]);
      const field = (name: string) => String(request.body[name] ?? '');
      const change: Change = {
        branch,
        path: cleanPath(field('path')),
        // A browser sends every line end as CRLF.
        text: field('text')
          .replace(/\r\n/g, '\n')
          .replace(/([^\n])$/, '$1\n'),
        message: field('message') || `fix: update ${field('path')}`,
        commit: field('commit'),
      };
      try {
        const pull = field('how') === 'pull' && field('topic');
        response.redirect(303, await save(context, record, change, pull));
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'ConflictError') {
          throw error;
        }
        const { path, text, message: subject, commit } = change;
        const shown = { record, branch, path, text, subject, commit };
        const problem = error.message;
        response
          .status(409)
          .send(editPage({ ...shown, problem, topic: topic() }));
      }
    }),
  );
}

/** Commits the change and returns the page to go to. */
async function save(
  { core, pulls }: ApiContext,
  record: RepositoryRecord,
  change: Change,
  topic: string | false,
): Promise<string> {
  const { branch, path, text, message, commit } = change;
  const directory = core.store.gitDirectory(record);
  const page = `/${record.owner}/${record.name}`;
  await refuseNewer(directory, change);
  if (topic && (!isRef(topic) || (await resolveBranch(directory, topic)))) {
    throw new ConflictError(
      `"${topic}" is taken or cannot name a branch; choose another`,
    );
  }
  const before = await readFileAt(directory, commit, path);
  if (before === text) {
    throw new ConflictError('Nothing was changed; change the content first');
  }
  await core.commit({
    owner: record.owner,
    repository: record.name,
    branch: topic || branch,
    from: branch,
    message,
    author: core.visitor,
    files: [{ path, content: text }],
  });
  if (!topic) return `${page}/src/branch/${branch}/${pathUrl(path)}`;
  const pull = await pulls.open(record, {
    title: message,
    body: '',
    head: topic,
    base: branch,
    user: core.visitor.login,
  });
  return `${page}/pulls/${pull.number}`;
}

/** Other files may have moved on since the form was opened; this one may not. */
async function refuseNewer(directory: string, change: Change): Promise<void> {
  const { branch, path, commit } = change;
  const tip = (await resolveBranch(directory, branch)) ?? '';
  if (tip === commit || !/^[0-9a-f]{40}$/.test(commit)) return;
  const [then, now] = await Promise.all(
    [commit, tip].map(one => readPath(directory, one, path)),
  );
  const sha = (found: typeof then) =>
    found?.type === 'file' ? found.entry.sha : '';
  if (sha(then) !== sha(now)) {
    throw new ConflictError(
      `Somebody changed ${path} on ${branch} since you opened it; open it again and repeat your change`,
    );
  }
}
