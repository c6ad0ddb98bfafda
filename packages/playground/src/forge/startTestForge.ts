import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createForge, type RunningForge } from './createForge';
import type { ForgeOptions } from './ForgeCore';
import { git } from './git';

const AUTHOR = {
  GIT_AUTHOR_NAME: 'Ada Lovelace',
  GIT_AUTHOR_EMAIL: 'ada@playground.example',
  GIT_COMMITTER_NAME: 'Ada Lovelace',
  GIT_COMMITTER_EMAIL: 'ada@playground.example',
};

/** A forge on a free port in a folder of its own, and clients for it. */
export interface TestForge {
  running: RunningForge;
  forge: RunningForge['forge'];
  url: string;
  /** An empty folder, removed with everything else. */
  directory: string;
  /** Runs the real git as a person on their own machine. */
  git(cwd: string, ...args: string[]): Promise<string>;
  /** A clone URL with the account in it. */
  cloneUrl(name: string): string;
  /** Calls the API with the account; `undefined` as body means GET. */
  api(path: string, body?: object, method?: string): Promise<Response>;
  stop(): Promise<void>;
}

/** Starts a forge with an organisation `acme`. */
export async function startTestForge(
  options: Partial<ForgeOptions> = {},
): Promise<TestForge> {
  const directory = await mkdtemp(join(tmpdir(), 'playground-forge-'));
  const running = createForge({
    port: 0,
    directory: join(directory, 'forge'),
    ...options,
  });
  await running.start();
  const { url, forge } = running;
  await forge.createOrganisation('acme');
  const authorization = `Basic ${btoa('fairway:playground-password')}`;
  return {
    running,
    forge,
    url,
    directory,
    git: (cwd, ...args) =>
      git(cwd, ['-c', 'init.defaultBranch=main', ...args], { env: AUTHOR }),
    cloneUrl: name =>
      `${url.replace('//', '//fairway:playground-password@')}/${name}.git`,
    api: (path, body, method = body ? 'POST' : 'GET') =>
      fetch(`${url}/api/v1${path}`, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        body: body && JSON.stringify(body),
      }),
    stop: async () => {
      await running.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Waits until something is true; fails with what was waited for. */
export async function eventually(
  what: string,
  condition: () => Promise<boolean> | boolean,
): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Still not so: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
