// Starts the playground and the portal as `npm start`, the browser tests and the benchmarks do.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { run, UserError } from './toolchain.mjs';

const TRANSFORM = ['--require', '@backstage/cli/config/nodeTransform.cjs'];

/** What the built frontend depends on. */
const FRONTEND_SOURCES = [
  'packages/app',
  'plugins/gitops',
  'plugins/gitops-common',
  'yarn.lock',
  'app-config.yaml',
];

/** The ports and folders of a portal, from the environment. */
export function portalSettings(root, env) {
  const clusterPort = Number(env.FAIRWAY_CLUSTER_PORT ?? 3101);
  return {
    port: Number(env.FAIRWAY_PORT ?? 3000),
    forgePort: Number(env.FAIRWAY_FORGE_PORT ?? 3100),
    clusterPort,
    argocdPort: Number(env.FAIRWAY_ARGOCD_PORT ?? clusterPort + 1),
    playgroundDirectory:
      env.FAIRWAY_PLAYGROUND_DIR ?? join(root, '.playground'),
    dataDirectory: env.FAIRWAY_DATA_DIR ?? join(root, '.data', 'database'),
  };
}

function fingerprint(root) {
  const hash = createHash('sha256');
  const visit = path => {
    const stats = statSync(path);
    if (stats.isDirectory()) {
      for (const name of readdirSync(path).sort()) {
        if (
          !['node_modules', 'dist', 'dist-types', 'coverage'].includes(name)
        ) {
          visit(join(path, name));
        }
      }
    } else {
      hash.update(
        `${path.slice(root.length)} ${stats.size} ${stats.mtimeMs}\n`,
      );
    }
  };
  FRONTEND_SOURCES.forEach(source => visit(join(root, source)));
  return hash.digest('hex');
}

/** Builds the frontend when one of its sources changed since the last time. */
export async function ensureFrontend(root, env, log) {
  const stamp = join(root, 'packages', 'app', 'dist', '.fairway-build');
  const wanted = fingerprint(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
    return;
  }
  log('Building the frontend (half a minute; again only when it changes)');
  try {
    await run('yarn', ['workspace', 'app', 'build'], {
      cwd: root,
      env,
      quiet: true,
    });
  } catch (error) {
    throw new UserError(`The frontend does not build:\n${error.output}`);
  }
  writeFileSync(stamp, wanted);
}

/** Refuses, with one sentence, a port on which something else listens. */
export async function assertPortFree(port, variable) {
  for (const host of ['127.0.0.1', '::1']) {
    await new Promise((resolve, reject) => {
      const server = createServer();
      server.once('error', error => {
        if (error.code === 'EADDRINUSE') {
          reject(
            new UserError(
              `Port ${port} is taken. Stop what listens there, or choose another one: ${variable}=${
                port + 10
              } npm start`,
            ),
          );
        } else {
          // No IPv6 on this machine, for example.
          resolve();
        }
      });
      server.listen(port, host, () => server.close(resolve));
    });
  }
}

function startProcess({ name, args, cwd, env, onLine }) {
  const child = spawn('node', args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let tail = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.on('data', chunk => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        tail = [...tail.slice(-40), line];
        onLine?.(line);
      }
    });
  }
  // Nothing is left behind, whatever ends this process.
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  child.on('close', () => process.off('exit', kill));
  const ended = new Promise(resolve => {
    child.on('close', (code, signal) => resolve({ code, signal }));
    child.on('error', error => resolve({ code: 1, error }));
  });
  return {
    name,
    child,
    ended,
    tail: () => tail.join('\n'),
    /** Ends the process: politely first, for good after the grace period. */
    async stop(graceMs = 3000) {
      if (child.exitCode !== null || child.signalCode !== null) {
        return;
      }
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function waitUntil(check, process_, what, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  let end;
  process_.ended.then(result => (end = result));
  for (;;) {
    if (await check()) {
      return;
    }
    if (end) {
      throw new UserError(
        `${what} stopped before it was ready (${
          end.signal ?? end.code
        }):\n${process_.tail()}`,
      );
    }
    if (Date.now() > deadline) {
      throw new UserError(
        `${what} was not ready after ${
          timeoutMs / 1000
        } s:\n${process_.tail()}`,
      );
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

async function answers(url) {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

/** True when the sample services are in the catalog, as the guest sees it. */
async function hasServices(port) {
  const api = `http://127.0.0.1:${port}/api`;
  try {
    const signIn = await fetch(`${api}/auth/guest/refresh`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    const { token } = (await signIn.json()).backstageIdentity;
    const answer = await fetch(
      `${api}/catalog/entities/by-query?filter=kind%3Dcomponent&limit=1`,
      { headers: { authorization: `Bearer ${token}` } },
    );
    return (await answer.json()).totalItems > 0;
  } catch {
    return false;
  }
}

/** Starts the forge and the cluster that a fresh machine does not have. */
export async function startPlayground({ root, env, settings, onLine }) {
  mkdirSync(settings.playgroundDirectory, { recursive: true });
  let ready = false;
  const playground = startProcess({
    name: 'playground',
    args: [
      ...TRANSFORM,
      join(root, 'packages/playground/src/index.ts'),
      'start',
    ],
    cwd: root,
    env: {
      ...env,
      FAIRWAY_FORGE_PORT: String(settings.forgePort),
      FAIRWAY_CLUSTER_PORT: String(settings.clusterPort),
      // Tests and benchmarks have no use for it: any free port.
      FAIRWAY_ARGOCD_PORT: String(settings.argocdPort ?? 0),
      FAIRWAY_PLAYGROUND_DIR: settings.playgroundDirectory,
    },
    onLine: line => {
      ready ||= line.includes('playground ready');
      onLine?.(line);
    },
  });
  try {
    await waitUntil(async () => ready, playground, 'The playground', 120_000);
  } catch (error) {
    await playground.stop();
    throw error;
  }
  return playground;
}

/**
 * Waits until the sample services are in the catalog of a backend that has started: a first page
 * without them is of no use.
 */
export function waitForServices(backend, settings) {
  return waitUntil(
    () => hasServices(settings.port),
    backend,
    'The catalog',
    60_000,
  );
}

/** Starts the backend, which serves the built frontend too, and waits until it answers. */
export async function startBackend({
  root,
  env,
  settings,
  config = [],
  onLine,
}) {
  const workDirectory = join(dirname(settings.dataDirectory), 'work');
  mkdirSync(settings.dataDirectory, { recursive: true });
  mkdirSync(workDirectory, { recursive: true });
  const configs = ['app-config.yaml', 'app-config.playground.yaml', ...config];
  const backend = startProcess({
    name: 'backend',
    args: [
      ...TRANSFORM,
      'src/index.ts',
      ...configs.flatMap(file => ['--config', join(root, file)]),
    ],
    cwd: join(root, 'packages/backend'),
    env: {
      NODE_ENV: 'development',
      LOG_LEVEL: 'info',
      ...env,
      FAIRWAY_PORT: String(settings.port),
      FAIRWAY_FORGE_PORT: String(settings.forgePort),
      FAIRWAY_CLUSTER_PORT: String(settings.clusterPort),
      FAIRWAY_DATA_DIR: settings.dataDirectory,
      FAIRWAY_WORK_DIR: workDirectory,
    },
    onLine,
  });
  try {
    await waitUntil(
      () =>
        answers(
          `http://127.0.0.1:${settings.port}/.backstage/health/v1/readiness`,
        ),
      backend,
      'The portal',
      180_000,
    );
  } catch (error) {
    await backend.stop();
    throw error;
  }
  return backend;
}
