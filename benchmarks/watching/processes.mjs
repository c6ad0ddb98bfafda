import { fork } from 'node:child_process';
import { join } from 'node:path';
import { onEnd } from '../cleanup.mjs';

const GRACE_MS = 5_000;

/** A process of this folder, written in TypeScript. */
export function startProcess({
  name,
  onLine,
  execArgv = [],
  env = {},
  onMessage,
}) {
  const child = fork(join(import.meta.dirname, name), [], {
    execArgv: [
      ...['--require', '@backstage/cli/config/nodeTransform.cjs'],
      ...execArgv,
    ],
    env: { ...process.env, ...env },
    silent: true,
  });
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', data => {
      tail = (tail + data).slice(-4_000);
      String(data)
        .trimEnd()
        .split('\n')
        .forEach(line => onLine(line));
    });
  }
  child.on('message', onMessage);
  let isStopping = false;
  const ended = new Promise(resolve => {
    child.once('exit', resolve);
  });
  /** Rejects when the process ends by itself. */
  const failed = ended.then(code => {
    if (!isStopping) {
      throw new Error(`${name} ended (${code}):\n${tail}`);
    }
  });
  failed.catch(() => {});
  const stop = async () => {
    isStopping = true;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    await ended;
    clearTimeout(timer);
  };
  onEnd(stop);
  return { send: message => child.send(message), failed, stop };
}
