import type { Request, Router } from 'express';
import { InputError } from '@backstage/errors';
import { git } from '../git';
import { readCommits } from '../reading';
import type { PullRequest, RepositoryRecord } from '../types';
import type { ApiContext } from './createApiRouter';
import { commentJson, commitJson, pullJson, repositoryJson } from './json';
import { pageOf, repositoryOf, route } from './route';

const REPO = '/repos/:owner/:repo';

/** Pull requests and their comments. */
export function addPullRoutes(router: Router, context: ApiContext): void {
  const { core, pulls } = context;
  const find = (request: Request) => {
    const record = repositoryOf(core, request);
    const number = Number(request.params.number);
    return { record, pull: pulls.get(record, number) };
  };
  const answer = async (record: RepositoryRecord, pull: PullRequest) => {
    if (pull.state !== 'open') return pullJson(core, { record, pull });
    const trial = await pulls.trial(record, pull);
    return pullJson(core, { record, pull, trial });
  };

  router.get(
    `${REPO}/pulls`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const state = String(request.query.state ?? 'open');
      const all = record.pulls
        .filter(pull => state === 'all' || pull.state === state)
        .sort((a, b) => b.number - a.number);
      const { skip, limit } = pageOf(request);
      const page = all.slice(skip, skip + limit);
      response.set('x-total-count', String(all.length));
      response.json(await Promise.all(page.map(pull => answer(record, pull))));
    }),
  );

  router.post(
    `${REPO}/pulls`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const { title, body, head, base } = request.body ?? {};
      for (const [name, value] of Object.entries({ title, head, base })) {
        if (typeof value !== 'string' || !value) {
          throw new InputError(`${name} is required`);
        }
      }
      const pull = await pulls.open(record, {
        title,
        body: body === undefined ? '' : String(body),
        // Within one organisation Gitea also takes the form "owner:branch".
        head: head.replace(`${record.owner}:`, ''),
        base,
        user: response.locals.user,
      });
      response.status(201).json(await answer(record, pull));
    }),
  );

  router.get(
    `${REPO}/pulls/:number(\\d+)`,
    route(async (request, response) => {
      const { record, pull } = find(request);
      response.json(await answer(record, pull));
    }),
  );

  router.patch(
    `${REPO}/pulls/:number(\\d+)`,
    route(async (request, response) => {
      const { record, pull } = find(request);
      const { title, body, state } = request.body ?? {};
      const by = response.locals.user;
      await pulls.edit(record, pull, { title, body, state, by });
      response.status(201).json(await answer(record, pull));
    }),
  );

  router.post(
    `${REPO}/pulls/:number(\\d+)/merge`,
    route(async (request, response) => {
      const { record, pull } = find(request);
      const body = request.body ?? {};
      if (body.Do !== undefined && body.Do !== 'merge') {
        const message = 'Only merge commits are allowed in this repository';
        response.status(405).json({ message });
        return;
      }
      if (pull.state !== 'open') {
        response.status(pull.merged ? 405 : 404).json({
          message: `The pull request is ${
            pull.merged ? 'already merged' : 'closed'
          }`,
        });
        return;
      }
      const message = [body.MergeTitleField, body.MergeMessageField]
        .filter(Boolean)
        .join('\n\n');
      await pulls.merge(record, pull, {
        by: core.findUser(response.locals.user),
        message: message || undefined,
        expectedHead: body.head_commit_id || undefined,
        deleteBranch: body.delete_branch_after_merge === true,
      });
      response.status(200).end();
    }),
  );
  router.get(`${REPO}/pulls/:number(\\d+)/merge`, (request, response) => {
    const { pull } = find(request);
    response.status(pull.merged ? 204 : 404).end();
  });

  addPullDetails(router, context, find);
  addComments(router, context);
}

function addPullDetails(
  router: Router,
  { core, pulls }: ApiContext,
  find: (request: Request) => { record: RepositoryRecord; pull: PullRequest },
): void {
  router.get(
    `${REPO}/pulls/:number(\\d+)/commits`,
    route(async (request, response) => {
      const { record, pull } = find(request);
      const commits = await readCommits(
        core.store.gitDirectory(record),
        [await pulls.range(record, pull, '..')],
        pageOf(request),
      );
      response.json(
        commits.map(commit => commitJson(core, { record, commit })),
      );
    }),
  );

  router.get(
    `${REPO}/pulls/:number(\\d+)/files`,
    route(async (request, response) => {
      const { record, pull } = find(request);
      const out = await git(core.store.gitDirectory(record), [
        'diff',
        '--numstat',
        '--no-renames',
        '-z',
        await pulls.range(record, pull, '...'),
      ]);
      const names = await pulls.changedFiles(record, pull);
      const files = out
        .split('\0')
        .filter(Boolean)
        .map(line => {
          const [added, removed, filename] = line.split('\t');
          const additions = Number(added) || 0;
          const deletions = Number(removed) || 0;
          return {
            filename,
            status: names.get(filename) ?? 'changed',
            additions,
            deletions,
            changes: additions + deletions,
          };
        });
      response.json(files);
    }),
  );

  router.get(
    `${REPO}/pulls/:number(\\d+).diff`,
    route(async (request, response) => {
      const { record, pull } = find(request);
      const range = await pulls.range(record, pull, '...');
      response.type('text/plain; charset=utf-8');
      response.send(
        await git(core.store.gitDirectory(record), ['diff', range]),
      );
    }),
  );
}

function addComments(router: Router, { core, pulls }: ApiContext): void {
  const path = `${REPO}/issues/:number(\\d+)/comments`;
  const page = (record: RepositoryRecord, pull: PullRequest) =>
    `${repositoryJson(core, record).html_url}/pulls/${pull.number}`;

  router.get(path, (request, response) => {
    const record = repositoryOf(core, request);
    const pull = pulls.get(record, Number(request.params.number));
    response.json(
      pull.comments.map(comment =>
        commentJson(core, { page: page(record, pull), comment }),
      ),
    );
  });

  router.post(
    path,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const pull = pulls.get(record, Number(request.params.number));
      const comment = await pulls.comment(record, pull, {
        user: response.locals.user,
        body: String(request.body?.body ?? ''),
      });
      response
        .status(201)
        .json(commentJson(core, { page: page(record, pull), comment }));
    }),
  );
}
