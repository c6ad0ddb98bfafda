// The commands of the README: start, test, bench, reset, dev.
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ensureDependencies,
  ensureToolchain,
  run,
  UserError,
} from './toolchain.mjs';
import {
  assertPortFree,
  ensureFrontend,
  portalSettings,
  startBackend,
  startPlayground,
  waitForServices,
} from './portal.mjs';
import { runTests } from './tests.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const began = Date.now();
const log = message =>
  console.log(
    `[${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s] ${message}`,
  );

async function prepare() {
  const env = await ensureToolchain(root, log);
  await ensureDependencies(root, env, log);
  return env;
}

async function start() {
  const settings = portalSettings(root, process.env);
  await assertPortFree(settings.port, 'FAIRWAY_PORT');
  await assertPortFree(settings.forgePort, 'FAIRWAY_FORGE_PORT');
  await assertPortFree(settings.clusterPort, 'FAIRWAY_CLUSTER_PORT');
  await assertPortFree(settings.argocdPort, 'FAIRWAY_ARGOCD_PORT');
  const env = await prepare();

  const logs = join(root, '.data', 'logs');
  mkdirSync(logs, { recursive: true });
  const processes = [];
  const started = name => {
    const file = join(logs, `${name}.log`);
    rmSync(file, { force: true });
    return line => appendFileSync(file, `${line}\n`);
  };
  const stop = async () => {
    await Promise.all(processes.map(process_ => process_.stop()));
  };
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, async () => {
      await stop();
      process.exit(0);
    });
  }
  try {
    log('Starting the playground: a forge and a cluster on this machine');
    const results = await Promise.allSettled([
      startPlayground({ root, env, settings, onLine: started('playground') }),
      ensureFrontend(root, env, log),
    ]);
    if (results[0].status === 'fulfilled') {
      processes.push(results[0].value);
    }
    const failure = results.find(({ status }) => status === 'rejected');
    if (failure) {
      throw failure.reason;
    }
    log('Starting the portal');
    const backend = await startBackend({
      root,
      env,
      settings,
      onLine: started('backend'),
    });
    processes.push(backend);
    await waitForServices(backend, settings);
  } catch (error) {
    await stop();
    throw error;
  }
  log('Ready.');
  console.log(`
  Fairway    http://localhost:${settings.port}   (sign in as the guest: Ada of team payments)
  Forge      http://localhost:${settings.forgePort}
  Cluster    http://127.0.0.1:${settings.clusterPort}   (Kubernetes API)
  Logs       .data/logs
  Stop       Ctrl+C; what happened stays. Start over: npm run reset
`);
  const first = await Promise.race(
    processes.map(async process_ => ({ process_, end: await process_.ended })),
  );
  await stop();
  throw new UserError(
    `The ${first.process_.name} stopped (${
      first.end.signal ?? first.end.code
    }). Its last lines:\n${first.process_.tail()}`,
  );
}

async function reset() {
  const settings = portalSettings(root, process.env);
  await assertPortFree(settings.port, 'FAIRWAY_PORT');
  await assertPortFree(settings.forgePort, 'FAIRWAY_FORGE_PORT');
  for (const folder of [
    settings.playgroundDirectory,
    settings.dataDirectory,
    join(dirname(settings.dataDirectory), 'work'),
  ]) {
    rmSync(folder, { recursive: true, force: true });
  }
  log(
    'The playground and what the portal recorded are gone. npm start makes them anew.',
  );
}

async function bench() {
  const env = await prepare();
  await ensureFrontend(root, env, log);
  try {
    await run('node', ['benchmarks/run.mjs', ...process.argv.slice(3)], {
      cwd: root,
      env,
    });
  } catch {
    throw new UserError('A measurement failed, or a promise is not kept.');
  }
}

/** The frontend with live reload on port 3000, the backend on 7007, and a playground. */
async function dev() {
  const settings = portalSettings(root, process.env);
  await assertPortFree(settings.forgePort, 'FAIRWAY_FORGE_PORT');
  await assertPortFree(settings.clusterPort, 'FAIRWAY_CLUSTER_PORT');
  await assertPortFree(settings.argocdPort, 'FAIRWAY_ARGOCD_PORT');
  const env = await prepare();
  mkdirSync(join(root, '.data', 'work'), { recursive: true });
  mkdirSync(settings.dataDirectory, { recursive: true });
  log('Starting the playground: a forge and a cluster on this machine');
  const playground = await startPlayground({ root, env, settings });
  const configs = [
    'app-config',
    'app-config.playground',
    'app-config.development',
  ];
  try {
    await run(
      'yarn',
      [
        'backstage-cli',
        'repo',
        'start',
        ...configs.flatMap(name => ['--config', join(root, `${name}.yaml`)]),
      ],
      { cwd: root, env },
    );
  } finally {
    await playground.stop();
  }
}

const commands = {
  start,
  reset,
  bench,
  dev,
  test: async () =>
    runTests({ root, env: await prepare(), log, only: process.argv.slice(3) }),
};

const command = commands[process.argv[2]];
if (!command) {
  console.error(
    `Usage: node scripts/fairway.mjs ${Object.keys(commands).join('|')}`,
  );
  process.exit(1);
}
try {
  await command();
} catch (error) {
  console.error(
    `\n${error instanceof UserError ? error.message : error.stack}`,
  );
  process.exit(1);
}
process.exit(process.exitCode ?? 0);
