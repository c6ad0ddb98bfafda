import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onEnd } from './cleanup.mjs';

const PORT = Number(process.env.FAIRWAY_BENCH_PORT ?? 3510);

/** Ports of the benchmarks' own, so that they run beside `npm start` and the browser tests. */
export const ports = {
  portal: PORT,
  forge: PORT + 1,
  cluster: PORT + 2,
  /** Where the backend finds the cluster, so that its requests can be counted. */
  clusterDoor: PORT + 3,
  /** Of the backend that only watches, and of its PostgreSQL. */
  watching: PORT + 4,
  watchingDatabase: PORT + 5,
};

export const urls = {
  portal: `http://localhost:${ports.portal}`,
  forge: `http://localhost:${ports.forge}`,
  cluster: `http://127.0.0.1:${ports.cluster}`,
};

/** Settings of a portal with nothing kept from before; its folder is removed at the end. */
export function freshSettings() {
  const state = mkdtempSync(join(tmpdir(), 'fairway-bench-'));
  onEnd(() => rmSync(state, { recursive: true, force: true, maxRetries: 5 }));
  mkdirSync(join(state, 'data'));
  return {
    port: ports.portal,
    forgePort: ports.forge,
    clusterPort: ports.cluster,
    playgroundDirectory: join(state, 'playground'),
    dataDirectory: join(state, 'data', 'database'),
  };
}

/** The same settings as `npm start` takes them from the environment. */
export function asEnvironment(settings) {
  return {
    FAIRWAY_PORT: String(settings.port),
    FAIRWAY_FORGE_PORT: String(settings.forgePort),
    FAIRWAY_CLUSTER_PORT: String(settings.clusterPort),
    FAIRWAY_PLAYGROUND_DIR: settings.playgroundDirectory,
    FAIRWAY_DATA_DIR: settings.dataDirectory,
  };
}
