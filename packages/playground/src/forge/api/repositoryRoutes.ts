import type { Router } from 'express';
import { InputError, NotFoundError } from '@backstage/errors';
import { git } from '../git';
import { isRef } from '../names';
import { readBranches, readCommits, resolveBranch } from '../reading';
import type { ApiContext } from './createApiRouter';
import { commitJson, organisationJson, repositoryJson, userJson } from './json';
import { pageOf, repositoryOf, route } from './route';

const REPO = '/repos/:owner/:repo';

/** Users, organisations, repositories and branches. */
export function addRepositoryRoutes(router: Router, context: ApiContext): void {
  const { core } = context;

  router.get('/user', (_, response) => {
    const login = response.locals.user;
    if (login) response.json(userJson(core, login));
    else response.status(401).json({ message: 'token is required' });
  });

  router.get('/users/:login', (request, response) => {
    const { login } = request.params;
    if (!core.users.some(user => user.login === login)) {
      throw new NotFoundError(`There is no user ${login}`);
    }
    response.json(userJson(core, login));
  });

  router.get('/orgs/:org', (request, response) => {
    const { org } = request.params;
    if (!core.store.hasOrganisation(org)) {
      throw new NotFoundError(`There is no organisation ${org}`);
    }
    response.json(organisationJson(core, org));
  });

  router.get('/orgs/:org/repos', (request, response) => {
    const { skip, limit } = pageOf(request);
    const { org } = request.params;
    const all = core.store
      .list(org)
      .filter(one => !one.private || response.locals.user);
    response.set('x-total-count', String(all.length));
    response.json(
      all.slice(skip, skip + limit).map(one => repositoryJson(core, one)),
    );
  });

  router.post(
    '/orgs/:org/repos',
    route(async (request, response) => {
      const {
        name,
        description,
        private: hidden,
        default_branch: branch,
      } = request.body ?? {};
      if (typeof name !== 'string') throw new InputError('name is required');
      if (branch !== undefined && !isRef(String(branch))) {
        throw new InputError('default_branch cannot name a branch');
      }
      const record = await core.store.create({
        owner: request.params.org,
        name,
        description: description === undefined ? '' : String(description),
        private: hidden === true,
        defaultBranch: branch,
      });
      response.status(201).json(repositoryJson(core, record));
    }),
  );

  router.get(REPO, (request, response) => {
    response.json(repositoryJson(core, repositoryOf(core, request)));
  });

  router.patch(
    REPO,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const { archived } = request.body ?? {};
      if (typeof archived !== 'boolean') {
        throw new InputError('only "archived" can be edited here');
      }
      record.archived = archived;
      await core.store.save(record);
      response.json(repositoryJson(core, record));
    }),
  );

  router.delete(
    REPO,
    route(async (request, response) => {
      await core.store.delete(repositoryOf(core, request));
      response.status(204).end();
    }),
  );

  addBranchRoutes(router, context);
}

function addBranchRoutes(router: Router, { core }: ApiContext): void {
  const branchJson = async (
    record: ReturnType<typeof repositoryOf>,
    name: string,
    sha: string,
  ) => {
    const directory = core.store.gitDirectory(record);
    const [commit] = await readCommits(directory, [sha], { limit: 1 });
    const { html_url: url } = commitJson(core, { record, commit });
    return {
      name,
      protected: false,
      commit: {
        id: sha,
        message: `${commit.message}\n`,
        url,
        author: { name: commit.author.name, email: commit.author.email },
        timestamp: commit.committer.date,
      },
    };
  };

  router.get(
    `${REPO}/branches`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const all = [...(await readBranches(core.store.gitDirectory(record)))];
      const { skip, limit } = pageOf(request);
      const page = all.slice(skip, skip + limit);
      response.set('x-total-count', String(all.length));
      response.json(
        await Promise.all(
          page.map(([name, sha]) => branchJson(record, name, sha)),
        ),
      );
    }),
  );

  router.get(
    `${REPO}/branches/*`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const name = request.params[0];
      const sha = await resolveBranch(core.store.gitDirectory(record), name);
      if (!sha) throw new NotFoundError(`There is no branch ${name}`);
      response.json(await branchJson(record, name, sha));
    }),
  );

  router.delete(
    `${REPO}/branches/*`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const name = request.params[0];
      if (name === record.defaultBranch) {
        response.status(403).json({ message: 'the default branch stays' });
        return;
      }
      await core.change(record, async directory => {
        const sha = await resolveBranch(directory, name);
        if (!sha) throw new NotFoundError(`There is no branch ${name}`);
        await git(directory, ['update-ref', '-d', `refs/heads/${name}`, sha]);
      });
      response.status(204).end();
    }),
  );
}
