import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startBackend, startPlayground } from '../scripts/portal.mjs';
import { newPage, signIn, startBrowser } from './browser.mjs';
import { onEnd } from './cleanup.mjs';
import { startClusterDoor } from './clusterDoor.mjs';
import { kubernetesClient } from './kubernetes.mjs';
import { portalClient, settled } from './portalApi.mjs';
import { freshSettings, ports, urls } from './settings.mjs';

/** A sink for the output of a process: a file below .data/logs. */
export function logFile(root, name) {
  const folder = join(root, '.data', 'logs');
  const file = join(folder, `bench-${name}.log`);
  mkdirSync(folder, { recursive: true });
  rmSync(file, { force: true });
  return line => appendFileSync(file, `${line}\n`);
}

/** The playground and the portal, from nothing, at rest, with a browser that is signed in. */
export async function startWorld({ root, log }) {
  const settings = freshSettings();
  const { env } = process;
  log('world: starting the playground and the portal');
  const playground = await startPlayground({
    root,
    env,
    settings,
    onLine: logFile(root, 'playground'),
  });
  onEnd(() => playground.stop());
  const clusterNotes = await startClusterDoor({
    port: ports.clusterDoor,
    clusterPort: ports.cluster,
  });
  const backend = await startBackend({
    root,
    env,
    settings: { ...settings, clusterPort: ports.clusterDoor },
    onLine: logFile(root, 'backend'),
  });
  onEnd(() => backend.stop());
  const browser = await startBrowser();
  const page = await newPage(browser, urls.portal);
  await signIn(page);
  const client = await portalClient();
  log('world: waiting until it is at rest');
  const size = await settled(client);
  log(`world: ${JSON.stringify(size)}`);
  return {
    root,
    log,
    settings,
    size,
    client,
    page,
    clusterNotes,
    cluster: kubernetesClient(urls.cluster),
  };
}
