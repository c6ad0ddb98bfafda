import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { NotFoundError } from '@backstage/errors';

const run = promisify(execFile);
const SHA = /^[0-9a-f]{40}$/;

/** Runs git in a bare repository and returns what it printed, trimmed. */
export async function git(
  gitDirectory: string,
  args: string[],
): Promise<string> {
  const { stdout } = await run('git', ['--git-dir', gitDirectory, ...args], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.trim();
}

/**
 * The commit that a branch, a tag or a (possibly short) commit id names.
 *
 * Polling asks this all the time, so a branch is first looked for as the small file that git
 * keeps it in, which costs no process.
 *
 * @throws NotFoundError - when the repository has nothing by that name.
 */
export async function resolveRevision(
  gitDirectory: string,
  reference: string,
): Promise<string> {
  const branch = reference === 'HEAD' ? undefined : reference;
  if (branch && !branch.split('/').includes('..')) {
    const file = path.join(gitDirectory, 'refs', 'heads', branch);
    const content = await readFile(file, 'utf8').catch(() => '');
    if (SHA.test(content.trim())) {
      return content.trim();
    }
  }
  const candidates = branch
    ? [`refs/heads/${branch}`, `refs/tags/${branch}`, branch]
    : ['HEAD'];
  for (const candidate of candidates) {
    try {
      return await git(gitDirectory, [
        'rev-parse',
        '--verify',
        '--quiet',
        '--end-of-options',
        `${candidate}^{commit}`,
      ]);
    } catch {
      continue;
    }
  }
  throw new NotFoundError(`unable to resolve '${reference}' to a commit SHA`);
}

/** The content of a file at a commit, or undefined when there is no such file. */
export async function showFile(
  gitDirectory: string,
  options: { revision: string; file: string },
): Promise<string | undefined> {
  const file = path.posix.normalize(options.file);
  return git(gitDirectory, ['show', `${options.revision}:${file}`]).catch(
    () => undefined,
  );
}
