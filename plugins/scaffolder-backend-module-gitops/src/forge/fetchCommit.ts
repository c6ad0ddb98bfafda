import { InputError, ServiceUnavailableError } from '@backstage/errors';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ForgeRepository, GitCredentials } from './ForgeRepository';

const run = promisify(execFile);
const TIMEOUT_MS = 5 * 60_000;

/** A whole commit; a beginning of one could be anything by now. */
const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/**
 * Checks an earlier commit of a repository out into a folder that is empty.
 *
 * @param options - `branch`: where the commit is looked for when the forge gives no single ones.
 * @throws InputError when the repository has no such commit.
 */
export async function fetchCommit(options: {
  repository: ForgeRepository;
  commit: string;
  branch: string;
  directory: string;
  signal?: AbortSignal;
}): Promise<void> {
  const { repository, commit, branch, directory, signal } = options;
  if (!COMMIT.test(commit)) {
    throw new InputError(
      `${JSON.stringify(
        commit.slice(0, 80),
      )} is no whole commit of Git; choose a deployment that was made from one`,
    );
  }
  const env = environmentOf(await repository.credentials());
  const git = (...args: string[]) =>
    run('git', args, { cwd: directory, env, timeout: TIMEOUT_MS, signal });
  await git('init', '--quiet');
  const fetch = (...args: string[]) =>
    git('fetch', '--quiet', '--no-tags', ...args);
  try {
    await fetch('--depth=1', repository.cloneUrl, commit);
  } catch {
    // Older servers give branches only.
    await fetch(repository.cloneUrl, `refs/heads/${branch}`).catch(error => {
      throw unreachable(repository, error);
    });
  }
  await git('checkout', '--quiet', '--detach', commit, '--').catch(() => {
    throw new InputError(
      `${repository.webUrl} has no commit ${commit} in ${branch}; its history was rewritten. Choose another deployment, or change the files by hand`,
    );
  });
}

function unreachable(repository: ForgeRepository, error: Error): Error {
  if (error.name === 'AbortError') {
    return error;
  }
  return new ServiceUnavailableError(
    `${repository.webUrl} cannot be fetched; check that the backend reaches it, that "git" is on its PATH, and what the integration's user may read`,
  );
}

/** Credentials stay out of the list of processes, and the machine's own settings out of this. */
function environmentOf(credentials: GitCredentials): NodeJS.ProcessEnv {
  const authorization =
    'token' in credentials
      ? `Bearer ${credentials.token}`
      : `Basic ${Buffer.from(
          `${credentials.username}:${credentials.password}`,
        ).toString('base64')}`;
  return {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    ...proxySettings(),
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ALLOW_PROTOCOL: 'http:https',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: `Authorization: ${authorization}`,
  };
}

function proxySettings(): NodeJS.ProcessEnv {
  const names = ['http_proxy', 'https_proxy', 'no_proxy'];
  const known = [
    ...names,
    ...names.map(name => name.toUpperCase()),
    ...['GIT_SSL_CAINFO', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ];
  return Object.fromEntries(
    known.flatMap(name =>
      process.env[name] ? [[name, process.env[name]]] : [],
    ),
  );
}
