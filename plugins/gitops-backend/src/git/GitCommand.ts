import { spawn } from 'node:child_process';

/** Git ended with an error, or could not be started. The message never contains credentials. */
export class GitError extends Error {
  override name = 'GitError';

  constructor(
    readonly reason: 'not-installed' | 'timeout' | 'failed',
    message: string,
  ) {
    super(message);
  }
}

/** What runs Git in a directory. */
export interface GitCommandOptions {
  directory: string;
  args: readonly string[];
  /** Configuration for this run alone; goes through the environment, so that no list of processes shows it. */
  config?: ReadonlyArray<readonly [key: string, value: string]>;
  input?: string;
  timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;
const MAX_ERROR_CHARS = 4_000;

/** Inherited variables that would point Git elsewhere, or make it ask somebody. */
const DROPPED =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_.*|NAMESPACE|CONFIG_COUNT|CONFIG_KEY_.*|CONFIG_VALUE_.*|CONFIG_PARAMETERS|TRACE.*|CURL_VERBOSE)$/;

/** The environment of every run: no prompts, English messages, and the configuration given. */
export function gitEnvironment(
  config: GitCommandOptions['config'] = [],
): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !DROPPED.test(name),
  );
  const entries = [['credential.helper', ''], ['gc.auto', '0'], ...config];
  return {
    ...Object.fromEntries(inherited),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=15',
    GIT_CONFIG_COUNT: String(entries.length),
    ...Object.fromEntries(
      entries.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

/** Takes passwords out of URLs, and authorization headers out of what Git says. */
export function withoutCredentials(text: string): string {
  return text
    .replace(/(\w+:\/\/)[^\s/@]+@/g, '$1')
    .replace(/(authorization:?\s+\w+\s+)\S+/gi, '$1***');
}

/** The error for a process that could not be started. */
export function startError(error: NodeJS.ErrnoException): GitError {
  return error.code === 'ENOENT'
    ? new GitError(
        'not-installed',
        'Git is not on the PATH of the backend: install Git, so that deployments can be traced to their commits',
      )
    : new GitError('failed', `Git cannot be started: ${error.message}`);
}

/**
 * Runs Git with arguments, never through a shell, and returns what it wrote.
 *
 * @throws GitError with what Git said, shortened and without credentials.
 */
export function runGit(options: GitCommandOptions): Promise<string> {
  const { directory, args, config, input, timeoutMs = TIMEOUT_MS } = options;
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, {
      cwd: directory,
      env: gitEnvironment(config),
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    const output: Buffer[] = [];
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString('utf8')).slice(-MAX_ERROR_CHARS);
    });
    child.stdin.on('error', () => {});
    child.on('error', error => reject(startError(error)));
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve(Buffer.concat(output).toString('utf8'));
      } else if (signal === 'SIGTERM') {
        reject(
          new GitError(
            'timeout',
            `git ${args[0]} took longer than ${timeoutMs / 1000} seconds`,
          ),
        );
      } else {
        const said = withoutCredentials(errors).trim().split('\n').slice(-4);
        reject(
          new GitError('failed', `git ${args[0]} failed: ${said.join(' ')}`),
        );
      }
    });
    child.stdin.end(input ?? '');
  });
}
