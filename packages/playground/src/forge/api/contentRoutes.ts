import { spawn } from 'node:child_process';
import type { Response, Router } from 'express';
import { InputError, NotFoundError } from '@backstage/errors';
import type { ForgeCore } from '../ForgeCore';
import { gitEnvironment } from '../git';
import { cleanPath } from '../names';
import { readBlob, readCommits, readPath, type TreeEntry } from '../reading';
import type { RepositoryRecord } from '../types';
import type { ApiContext } from './createApiRouter';
import { commitJson, repositoryJson } from './json';
import { commitOf, pageOf, repositoryOf, route } from './route';

const REPO = '/repos/:owner/:repo';

/** Files, commits and archives of a repository. */
export function addContentRoutes(router: Router, context: ApiContext): void {
  const { core } = context;

  const contents = route(async (request, response) => {
    const record = repositoryOf(core, request);
    const path = cleanPath(request.params[0] ?? '');
    const ref = request.query.ref ? String(request.query.ref) : undefined;
    const commit = await commitOf(core, record, ref);
    const directory = core.store.gitDirectory(record);
    const found = await readPath(directory, commit, path);
    if (!found) throw new NotFoundError(`There is no "${path}" at ${commit}`);
    const shown = { core, record, ref: ref ?? record.defaultBranch };
    if (found.type === 'dir') {
      response.json(found.entries.map(entry => entryJson(shown, entry)));
      return;
    }
    const bytes = await readBlob(directory, found.entry.sha);
    response.json({
      ...entryJson(shown, found.entry),
      encoding: 'base64',
      content: bytes.toString('base64'),
    });
  });
  router.get(`${REPO}/contents`, contents);
  router.get(`${REPO}/contents/*`, contents);
  addContentWrites(router, context);

  router.get(
    `${REPO}/raw/*`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const ref = request.query.ref ? String(request.query.ref) : undefined;
      await sendRaw(core, response, { record, ref, path: request.params[0] });
    }),
  );

  router.get(
    `${REPO}/commits`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const { sha, path } = request.query;
      const tip = await commitOf(core, record, sha ? String(sha) : undefined);
      const commits = await readCommits(
        core.store.gitDirectory(record),
        [tip],
        {
          ...pageOf(request),
          path: path ? cleanPath(String(path)) : undefined,
        },
      );
      response.json(
        commits.map(commit => commitJson(core, { record, commit })),
      );
    }),
  );

  router.get(
    `${REPO}/git/commits/*`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const sha = await commitOf(core, record, request.params[0]);
      const directory = core.store.gitDirectory(record);
      const [commit] = await readCommits(directory, [sha], { limit: 1 });
      response.json(commitJson(core, { record, commit }));
    }),
  );

  router.get(
    `${REPO}/archive/*`,
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const name = /^(.+)\.(tar\.gz|zip)$/.exec(request.params[0]);
      if (!name) throw new InputError('Archives end in .tar.gz or .zip');
      const commit = await commitOf(core, record, name[1]);
      const directory = core.store.gitDirectory(record);
      const format = name[2];
      await sendArchive(response, { directory, commit, format, record });
    }),
  );
}

function addContentWrites(router: Router, { core }: ApiContext): void {
  const write = (kind: 'create' | 'update' | 'delete') =>
    route(async (request, response) => {
      const record = repositoryOf(core, request);
      const path = cleanPath(request.params[0]);
      const body = request.body ?? {};
      const from = String(body.branch ?? record.defaultBranch);
      const branch = String(body.new_branch ?? from);
      const directory = core.store.gitDirectory(record);
      const tip = await commitOf(core, record, from);
      const found = await readPath(directory, tip, path);
      const exists = found?.type === 'file' ? found.entry : undefined;
      if (kind === 'create' ? exists : !exists) {
        throw new InputError(
          `The file ${path} ${
            exists ? 'already exists' : 'does not exist'
          } on ${from}`,
        );
      }
      if (exists && body.sha !== exists.sha) {
        throw new InputError(
          `sha does not match the file ${path}; read it again`,
        );
      }
      const content =
        kind === 'delete'
          ? undefined
          : Buffer.from(String(body.content ?? ''), 'base64');
      const sha = await core.commit({
        owner: record.owner,
        repository: record.name,
        branch,
        from,
        message: String(body.message || `${kind} ${path}`),
        author: {
          name: String(body.author?.name ?? core.account.name),
          email: String(body.author?.email ?? core.account.email),
        },
        files: [{ path, content }],
      });
      const [commit] = await readCommits(directory, [sha], { limit: 1 });
      const now = await readPath(directory, sha, path);
      const shown = { core, record, ref: branch };
      response.status(kind === 'create' ? 201 : 200).json({
        content: now?.type === 'file' ? entryJson(shown, now.entry) : null,
        commit: commitJson(core, { record, commit }),
      });
    });
  router.post(`${REPO}/contents/*`, write('create'));
  router.put(`${REPO}/contents/*`, write('update'));
  router.delete(`${REPO}/contents/*`, write('delete'));
}

function entryJson(
  shown: { core: ForgeCore; record: RepositoryRecord; ref: string },
  entry: TreeEntry,
) {
  const repo = repositoryJson(shown.core, shown.record);
  const path = entry.path.split('/').map(encodeURIComponent).join('/');
  const file = entry.type === 'file';
  return {
    name: entry.name,
    path: entry.path,
    sha: entry.sha,
    type: entry.type,
    size: entry.size,
    encoding: null,
    content: null,
    target: null,
    url: `${repo.url}/contents/${path}?ref=${encodeURIComponent(shown.ref)}`,
    html_url: `${repo.html_url}/src/branch/${shown.ref}/${path}`,
    download_url: file
      ? `${repo.html_url}/raw/branch/${shown.ref}/${path}`
      : null,
  };
}

/** Sends the bytes of a file, never as a page that could run a script. */
export async function sendRaw(
  core: ForgeCore,
  response: Response,
  file: { record: RepositoryRecord; ref: string | undefined; path: string },
): Promise<void> {
  const { record } = file;
  const path = cleanPath(file.path);
  const directory = core.store.gitDirectory(record);
  const commit = await commitOf(core, record, file.ref);
  const found = await readPath(directory, commit, path);
  if (found?.type !== 'file') {
    throw new NotFoundError(`There is no file "${path}" at ${commit}`);
  }
  response.set('content-type', 'text/plain; charset=utf-8');
  response.set('x-content-type-options', 'nosniff');
  response.send(await readBlob(directory, found.entry.sha));
}

function sendArchive(
  response: Response,
  options: {
    directory: string;
    commit: string;
    format: string;
    record: RepositoryRecord;
  },
): Promise<void> {
  const { directory, commit, format, record } = options;
  const file = `${record.name}-${commit.slice(0, 10)}.${format}`;
  response.set(
    'content-type',
    format === 'zip' ? 'application/zip' : 'application/gzip',
  );
  response.set('content-disposition', `attachment; filename="${file}"`);
  return new Promise((resolve, reject) => {
    const child = spawn(
      'git',
      ['archive', `--format=${format}`, `--prefix=${record.name}/`, commit],
      {
        cwd: directory,
        env: gitEnvironment(),
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    child.on('error', reject);
    response.on('close', () => {
      child.kill();
      resolve();
    });
    child.stdout.pipe(response);
  });
}
