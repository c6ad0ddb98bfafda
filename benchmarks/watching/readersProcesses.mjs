import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onEnd } from '../cleanup.mjs';
import { until } from '../waiting.mjs';
import { signIn } from './readersClient.mjs';

const START_TIMEOUT_MS = 600_000;

/** A TypeScript program of this folder; resolves or ends with the process. */
function start({ name, folder, size, onLine, args = [] }) {
  const child = spawn(
    process.execPath,
    [
      ...[...args, '--require', '@backstage/cli/config/nodeTransform.cjs'],
      join(import.meta.dirname, name),
      ...['--config', join(folder, 'config.yaml')],
    ],
    {
      env: {
        ...process.env,
        NODE_ENV: 'production',
        LOG_LEVEL: 'info',
        FAIRWAY_BENCH_SIZE: JSON.stringify(size),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', data => {
      output = (output + data).slice(-4_000);
      onLine(String(data).trimEnd());
    });
  }
  const ended = new Promise(resolve => {
    child.once('exit', resolve);
  });
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  onEnd(stop);
  return { ended, stop, output: () => output };
}

/** Fills a store by itself, so that nothing of it is left in the memory of the backend. */
export async function seed(options) {
  const program = start({ ...options, name: 'readersSeed.ts' });
  const code = await program.ended;
  const said = /\{"deployments":(\d+)\}/.exec(program.output());
  if (code !== 0 || !said) {
    throw new Error(`The store was not filled (${code}):\n${program.output()}`);
  }
  return Number(said[1]);
}

/** The backend, when all readers can sign in and all services are in the catalog. */
export async function startBackend({ client, services, readers, ...options }) {
  const backend = start({
    ...options,
    name: 'readersBackend.ts',
    args: ['--expose-gc'],
  });
  const names = Array.from(
    { length: readers },
    (_, index) => `reader-${index}`,
  );
  const failed = backend.ended.then(code => {
    throw new Error(`The backend ended (${code}):\n${backend.output()}`);
  });
  failed.catch(() => {});
  const ready = async () => {
    try {
      const [token] = await signIn(client, names.slice(0, 1));
      const { counts } = await client.json('/api/gitops/fleet?limit=1', {
        authorization: `Bearer ${token}`,
      });
      return counts.services === services;
    } catch {
      return false;
    }
  };
  const wait = until(ready, {
    what: `${services} services are in the catalog`,
    timeoutMs: START_TIMEOUT_MS,
    everyMs: 2_000,
  });
  await Promise.race([wait, failed]);
  return { stop: backend.stop, tokens: await signIn(client, names) };
}
