import { mkdirSync, mkdtempSync, rmSync, createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FORGE_PORT, CLUSTER_PORT, PORTAL_PORT } from './ports';

/**
 * Starts a playground and a portal of the tests' own, from nothing, and ends them afterwards.
 * With FAIRWAY_TEST_REUSE=1 the tests use the ones that are running on these ports.
 */
export default async function globalSetup() {
  if (process.env.FAIRWAY_TEST_REUSE) {
    return undefined;
  }
  const { startBackend, startPlayground, waitForServices } = await import(
    '../scripts/portal.mjs'
  );
  const root = dirname(__dirname);
  const state = mkdtempSync(join(tmpdir(), 'fairway-e2e-'));
  const logs = join(root, 'e2e-test-results', 'logs');
  mkdirSync(logs, { recursive: true });
  const logTo = (name: string) => {
    const stream = createWriteStream(join(logs, `${name}.log`));
    return (line: string) => stream.write(`${line}\n`);
  };
  const settings = {
    port: PORTAL_PORT,
    forgePort: FORGE_PORT,
    clusterPort: CLUSTER_PORT,
    playgroundDirectory: join(state, 'playground'),
    dataDirectory: join(state, 'database'),
  };
  const env = process.env;
  const playground = await startPlayground({
    root,
    env,
    settings,
    onLine: logTo('playground'),
  });
  const backend = await startBackend({
    root,
    env,
    settings,
    onLine: logTo('backend'),
  }).catch(async (error: unknown) => {
    await playground.stop();
    throw error;
  });
  const tearDown = async () => {
    await Promise.all([backend.stop(), playground.stop()]);
    rmSync(state, { recursive: true, force: true });
  };
  await waitForServices(backend, settings).catch(async (error: unknown) => {
    await tearDown();
    throw error;
  });
  return tearDown;
}
