import type { Request, Router } from 'express';
import { NotFoundError } from '@backstage/errors';
import type { ApiContext } from '../api/createApiRouter';
import { repositoryOf, route } from '../api/route';
import { git } from '../git';
import { labelNames } from '../labels';
import { readCommits, resolveBranch } from '../reading';
import { comparePage, pullPage, pullsPage } from './pullPages';

const PULLS = '/:owner/:repo/pulls';

/** The pages of pull requests, and the forms on them. */
export function addPullPageRoutes(router: Router, context: ApiContext): void {
  const { core, pulls } = context;

  const show = async (request: Request, problem?: string) => {
    const record = repositoryOf(core, request);
    const pull = pulls.get(record, Number(request.params.number));
    const directory = core.store.gitDirectory(record);
    const range = await pulls.range(record, pull, '..');
    const commits = await readCommits(directory, [range], { limit: 100 });
    const difference = await pulls.range(record, pull, '...');
    const diff = await git(directory, ['diff', difference]);
    const trial =
      pull.state === 'open' ? await pulls.trial(record, pull) : undefined;
    const conflicts = trial && (trial.clean ? [] : trial.conflicts);
    return pullPage({ record, pull, commits, diff, conflicts, problem });
  };

  router.get(PULLS, (request, response) => {
    response.send(pullsPage(repositoryOf(core, request)));
  });

  router.get(
    `${PULLS}/:number(\\d+)`,
    route(async (request, response) => {
      response.send(await show(request));
    }),
  );

  router.get(
    `${PULLS}/:number(\\d+).:form(diff|patch)`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const pull = pulls.get(record, Number(request.params.number));
      const patch = request.params.form === 'patch';
      const range = await pulls.range(record, pull, patch ? '..' : '...');
      const args = patch
        ? ['format-patch', '--stdout', range]
        : ['diff', range];
      response.type('text/plain; charset=utf-8');
      response.send(await git(core.store.gitDirectory(record), args));
    }),
  );

  router.post(
    `${PULLS}/:number(\\d+)/merge`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const pull = pulls.get(record, Number(request.params.number));
      const expectedHead = String(request.body.head ?? '') || undefined;
      try {
        const by = core.visitor;
        await pulls.merge(record, pull, { by, expectedHead });
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'ConflictError') {
          throw error;
        }
        response.status(409).send(await show(request, error.message));
        return;
      }
      response.redirect(
        303,
        `/${record.owner}/${record.name}/pulls/${pull.number}`,
      );
    }),
  );

  router.post(
    `${PULLS}/:number(\\d+)/close`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const pull = pulls.get(record, Number(request.params.number));
      const by = core.visitor.login;
      await pulls.edit(record, pull, { state: 'closed', by });
      response.redirect(
        303,
        `/${record.owner}/${record.name}/pulls/${pull.number}`,
      );
    }),
  );

  router.post(
    `${PULLS}/:number(\\d+)/labels`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const pull = pulls.get(record, Number(request.params.number));
      const [name] = labelNames(record, [request.body.label]);
      const others = (pull.labels ?? []).filter(label => label !== name);
      const labels = request.body.remove ? others : [...others, name];
      await pulls.label(record, pull, { labels, by: core.visitor.login });
      response.redirect(
        303,
        `/${record.owner}/${record.name}/pulls/${pull.number}`,
      );
    }),
  );

  addOpenRoutes(router, context);
}

function addOpenRoutes(router: Router, { core, pulls }: ApiContext): void {
  router.get(
    '/:owner/:repo/compare/*',
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const directory = core.store.gitDirectory(record);
      const [base, head = ''] = request.params[0].split('...');
      const from = await resolveBranch(directory, base);
      const to = await resolveBranch(directory, head);
      if (!from || !to) throw new NotFoundError('There is no such branch');
      const commits = await readCommits(directory, [`${from}..${to}`], {
        limit: 100,
      });
      const diff = await git(directory, ['diff', `${from}...${to}`]);
      response.send(comparePage({ record, base, head, commits, diff }));
    }),
  );

  router.post(
    PULLS,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const field = (name: string) => String(request.body[name] ?? '');
      const pull = await pulls.open(record, {
        title: field('title'),
        body: field('body'),
        head: field('head'),
        base: field('base'),
        user: core.visitor.login,
      });
      response.redirect(
        303,
        `/${record.owner}/${record.name}/pulls/${pull.number}`,
      );
    }),
  );
}
