import type { ErrorRequestHandler, Request } from 'express';
import express, { Router } from 'express';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import type { ApiContext } from '../api/createApiRouter';
import { sendRaw } from '../api/contentRoutes';
import { repositoryOf, route } from '../api/route';
import { cleanPath } from '../names';
import {
  readBlob,
  readBranches,
  readCommits,
  readFileAt,
  readPath,
  resolveCommit,
} from '../reading';
import { git } from '../git';
import { addEditRoutes } from './editRoutes';
import { problemPage } from './editPage';
import { addPullPageRoutes } from './pullPageRoutes';
import {
  commitPage,
  commitsPage,
  filePage,
  folderPage,
  repositoriesPage,
} from './repositoryPages';

const PAGE_SIZE = 50;
const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

const showError: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const known: Record<string, [number, string]> = {
    NotFoundError: [404, 'Not found'],
    NotAllowedError: [403, 'Refused'],
    InputError: [422, 'That does not work'],
    ConflictError: [409, 'Conflict'],
  };
  const [status, title] = known[error.name] ?? [
    error.status ?? 500,
    'The forge failed',
  ];
  response.status(status).send(problemPage(title, error.message));
};

/** The forge's pages for people. They have no sign-in: forms act for the first user. */
export function createPagesRouter(context: ApiContext): Router {
  const { core } = context;
  const router = Router();
  router.use(express.urlencoded({ extended: false, limit: '5mb' }));
  router.use((request, response, next) => {
    response.set(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    if (request.method === 'POST') refuseForeignForms(request);
    next();
  });
  router.use('/:owner/:repo', (request, _response, next) => {
    const { owner, repo } = request.params;
    if (core.store.find(owner, repo)?.private) {
      throw new NotFoundError(`There is no repository ${owner}/${repo}`);
    }
    next();
  });

  router.get('/', (_, response) => {
    const repositories = core.store.list().filter(one => !one.private);
    response.send(repositoriesPage({ repositories }));
  });
  router.get('/:owner', (request, response) => {
    const { owner } = request.params;
    if (!core.store.hasOrganisation(owner)) {
      throw new NotFoundError(`There is no organisation ${owner}`);
    }
    const repositories = core.store.list(owner).filter(one => !one.private);
    response.send(repositoriesPage({ owner, repositories }));
  });
  addSourceRoutes(router, context);
  addPullPageRoutes(router, context);
  addEditRoutes(router, context);
  router.use(() => {
    throw new NotFoundError('There is no such page');
  });
  router.use(showError);
  return router;
}

// Any page a browser has open can post a form to this port, so only our own may: those
// of the same origin, on a local name (a foreign name that points here is refused too).
function refuseForeignForms(request: Request): void {
  const host = request.get('host') ?? '';
  const origin = request.get('origin');
  const local = LOCAL.includes(host.replace(/:\d+$/, ''));
  if (!local || (origin !== undefined && origin !== `http://${host}`)) {
    throw new NotAllowedError(
      'The form was sent from another site; use the pages of the forge itself',
    );
  }
}

/** Splits `branch/path` where the branch may have slashes itself. */
export async function splitBranch(
  directory: string,
  rest: string,
): Promise<{ branch: string; path: string; branches: string[] }> {
  const branches = [...(await readBranches(directory)).keys()];
  const branch = branches
    .filter(name => rest === name || rest.startsWith(`${name}/`))
    .sort((a, b) => b.length - a.length)[0];
  if (!branch) throw new NotFoundError(`There is no branch "${rest}"`);
  const path = cleanPath(rest.slice(branch.length + 1));
  return { branch, path, branches };
}

function addSourceRoutes(router: Router, { core }: ApiContext): void {
  const source = route(async (request, response) => {
    const record = repositoryOf(core, request);
    const directory = core.store.gitDirectory(record);
    const rest = request.params[0] ?? record.defaultBranch;
    const cloneUrl = `${core.url}/${record.owner}/${record.name}.git`;
    const branches = await readBranches(directory);
    if (request.params[0] === undefined && branches.size === 0) {
      const { defaultBranch: branch } = record;
      const empty = { branches: [], entries: [], commits: [], path: '' };
      response.send(folderPage({ record, branch, cloneUrl, ...empty }));
      return;
    }
    const shown = { record, ...(await splitBranch(directory, rest)) };
    const { branch, path } = shown;
    const commit = branches.get(branch) ?? '';
    const found = await readPath(directory, commit, path);
    if (!found) throw new NotFoundError(`There is no ${path} on ${branch}`);
    const limit = { limit: 10, path: path || undefined };
    const commits = await readCommits(directory, [commit], limit);
    if (found.type === 'dir') {
      const file = path ? `${path}/README.md` : 'README.md';
      const readme = await readFileAt(directory, commit, file);
      const { entries } = found;
      response.send(
        folderPage({ ...shown, entries, commits, readme, cloneUrl }),
      );
      return;
    }
    const bytes = await readBlob(directory, found.entry.sha);
    const text = bytes.includes(0) ? undefined : bytes.toString('utf8');
    response.send(filePage({ ...shown, text, commits }));
  });
  router.get('/:owner/:repo', source);
  router.get('/:owner/:repo/src/branch/*', source);

  router.get(
    '/:owner/:repo/raw/branch/*',
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const directory = core.store.gitDirectory(record);
      const { branch, path } = await splitBranch(directory, request.params[0]);
      await sendRaw(core, response, { record, ref: branch, path });
    }),
  );
  addCommitRoutes(router, core);
}

function addCommitRoutes(router: Router, core: ApiContext['core']): void {
  router.get(
    '/:owner/:repo/commits',
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const directory = core.store.gitDirectory(record);
      const branch = String(request.query.branch ?? record.defaultBranch);
      const page = Math.max(1, Number(request.query.page) || 1);
      const tip = await resolveCommit(directory, branch);
      const commits = tip
        ? await readCommits(directory, [tip], {
            limit: PAGE_SIZE + 1,
            skip: (page - 1) * PAGE_SIZE,
          })
        : [];
      const more = commits.length > PAGE_SIZE;
      const shown = commits.slice(0, PAGE_SIZE);
      response.send(
        commitsPage({ record, branch, page, more, commits: shown }),
      );
    }),
  );

  router.get(
    '/:owner/:repo/commit/:sha([0-9a-f]{7,40})',
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const directory = core.store.gitDirectory(record);
      const sha = await resolveCommit(directory, request.params.sha);
      if (!sha) throw new NotFoundError('There is no such commit');
      const [commit] = await readCommits(directory, [sha], { limit: 1 });
      // A merge is shown as what it brought to the branch it went into.
      const diff = await git(directory, [
        'show',
        '--first-parent',
        '--format=',
        sha,
      ]);
      response.send(commitPage({ record, commit, diff: diff.trimStart() }));
    }),
  );
}
