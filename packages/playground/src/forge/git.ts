import { spawn } from 'node:child_process';
import { CustomErrorBase } from '@backstage/errors';

/** A Git command that ended with an error; the message ends with what Git said. */
export class GitError extends CustomErrorBase {
  name = 'GitError' as const;
}

/** How one Git command runs. */
export interface GitOptions {
  input?: string | Buffer;
  env?: Record<string, string>;
  /** Exit codes that are an answer and not an error; 0 is always one. */
  accept?: number[];
}

/**
 * The environment of every Git process of the playground: nothing of the person who
 * runs it (signing keys, hooks, aliases, credential helpers) may leak into the forge.
 */
export function gitEnvironment(
  extra: Record<string, string> = {},
): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('GIT_') && !name.startsWith('XDG_'),
  );
  return {
    ...Object.fromEntries(inherited),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    ...extra,
  };
}

/** Runs Git in a repository and returns its standard output as bytes. */
export function gitBytes(
  directory: string,
  args: string[],
  options: GitOptions = {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, {
      cwd: directory,
      env: gitEnvironment(options.env),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', chunk => out.push(chunk));
    child.stderr.on('data', chunk => err.push(chunk));
    // Git may end before it has read all its input; the exit code tells the story.
    child.stdin.on('error', () => {});
    child.on('error', error =>
      reject(
        new GitError(
          'Git could not be started; install Git and put it on the PATH',
          error,
        ),
      ),
    );
    child.on('close', code => {
      if (code === 0 || options.accept?.includes(code ?? -1)) {
        resolve(Buffer.concat(out));
        return;
      }
      const said = Buffer.concat(err).toString('utf8').trim();
      const answer = Buffer.concat(out).toString('utf8').trim();
      reject(new GitError(`git ${args[0]} failed: ${said || answer}`));
    });
    child.stdin.end(options.input ?? '');
  });
}

/** Runs Git in a repository and returns its standard output as text, untrimmed. */
export async function git(
  directory: string,
  args: string[],
  options: GitOptions = {},
): Promise<string> {
  return (await gitBytes(directory, args, options)).toString('utf8');
}
