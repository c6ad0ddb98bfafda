import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { AddressInfo, createServer } from 'node:net';
import { BackstageSettings } from './backstageProcess';

/** The name under which the backend knows the cluster. */
export const CLUSTER_NAME = 'playground';

/** A real Backstage backend with the kubernetes plugin and one cluster. */
export interface RunningBackstage {
  /** Of the kubernetes plugin. */
  baseUrl: string;
  /** A token that the backend accepts from outside. */
  token: string;
  stop(): Promise<void>;
}

/**
 * Starts a backend whose kubernetes plugin reaches the cluster at a URL.
 *
 * @throws when the backend ends before it listens, with what it has printed
 */
export async function startBackstage(cluster: {
  url: string;
  token: string;
}): Promise<RunningBackstage> {
  const port = await freePort();
  const token = randomUUID();
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = fork(require.resolve('./backstageProcess.ts'), [], {
    execArgv: ['--require', '@backstage/cli/config/nodeTransform.cjs'],
    env,
    silent: true,
  });
  let output = '';
  child.stdout?.on('data', data => {
    output += data;
  });
  child.stderr?.on('data', data => {
    output += data;
  });
  const exited = once(child, 'exit');
  const settings: BackstageSettings = {
    port,
    token,
    cluster: { name: CLUSTER_NAME, ...cluster },
  };
  child.send(settings);
  const listening = new Promise<void>(resolve => {
    child.on('message', message => {
      if (message === 'listening') {
        resolve();
      }
    });
  });
  await Promise.race([
    listening,
    exited.then(() => {
      throw new Error(`The backend has ended before it listened: ${output}`);
    }),
  ]);
  return {
    baseUrl: `http://127.0.0.1:${port}/api/kubernetes`,
    token,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
