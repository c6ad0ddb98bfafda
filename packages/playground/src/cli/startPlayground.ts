import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConflictError } from '@backstage/errors';
import { createArgocdApi } from '../argocd-api';
import { createCi } from '../ci';
import { createCluster } from '../cluster';
import { createControllers } from '../controllers';
import { createForge, type PlaygroundForge } from '../forge';
import {
  samplePeople,
  type SeededWorld,
  sampleTeams,
  seedWorld,
} from '../world';
import type { Controller } from '../types';
import { rootObjects } from './rootObjects';
import { RunFile } from './RunFile';
import type { PlaygroundSettings } from './settings';
import { syncByHand } from './syncByHand';

const STOP_PATIENCE_MS = 1000;

/** A playground that is up. */
export interface RunningPlayground {
  forgeUrl: string;
  clusterUrl: string;
  /** Root of the stand-in for Argo CD's API. */
  argocdUrl: string;
  stop(): Promise<void>;
}

/**
 * Starts the forge, the cluster, the controllers and CI; the first start fills the forge
 * with the sample world.
 *
 * @throws ConflictError when a port is taken or the folder is in use.
 */
export async function startPlayground(
  settings: PlaygroundSettings & { log: (line: string) => void },
): Promise<RunningPlayground> {
  const { directory, log, token } = settings;
  const runFile = new RunFile(directory);
  runFile.take();
  const stops: Array<() => Promise<void> | void> = [() => runFile.release()];
  const stop = async () => {
    // The last to start is the first to stop: nothing works against what is gone.
    while (stops.length > 0) await stops.pop()?.();
  };
  try {
    const server = createForge({
      port: settings.forgePort,
      directory: join(directory, 'forge'),
      autoMerge: ['platform/gitops'],
      users: samplePeople,
    });
    const { forgePort, clusterPort, argocdPort } = settings;
    await open(() => server.start(), forgePort, 'FAIRWAY_FORGE_PORT');
    stops.push(() => server.stop());
    const world = await readOrSeed({ directory, forge: server.forge, log });

    const logger = { error: log, info: () => {} };
    const running = createCluster({
      port: clusterPort,
      directory: join(directory, 'cluster'),
      token,
      logger,
    });
    await open(() => running.start(), clusterPort, 'FAIRWAY_CLUSTER_PORT');
    stops.push(() => running.stop());

    const { cluster } = running;
    const { forge } = server;
    const argocd = createArgocdApi({
      cluster,
      port: argocdPort,
      accounts: [{ name: 'fairway', token, policies: ['*, *, *, allow'] }],
    });
    await open(() => argocd.start(), argocdPort, 'FAIRWAY_ARGOCD_PORT');
    stops.push(() => argocd.stop());
    const controllers = [
      createCi({ forge, directory, log }),
      ...createControllers({
        ...{ cluster, forge, directory, log },
        defaultServiceAccount: 'default',
      }),
    ];
    stops.push(() => stopAll(controllers));
    for (const controller of controllers) controller.start();
    for (const object of rootObjects(forge.url)) {
      cluster.apply(object, 'playground');
    }
    stops.push(syncByHand({ cluster, world }));
    const [forgeUrl, clusterUrl, argocdUrl] = [forge, running, argocd].map(
      ({ url }) => url,
    );
    return { forgeUrl, clusterUrl, argocdUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Stops all at once, and waits no longer than a person would for what is still at work. */
async function stopAll(controllers: Controller[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>(resolve => {
    timer = setTimeout(resolve, STOP_PATIENCE_MS);
  });
  const stopped = Promise.all(controllers.map(controller => controller.stop()));
  await Promise.race([stopped, patience]);
  clearTimeout(timer);
}

async function open(
  start: () => Promise<void>,
  port: number,
  variable: string,
): Promise<void> {
  try {
    await start();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new ConflictError(
      `Port ${port} is taken by another program; stop it, or choose another port with ${variable}`,
    );
  }
}

/** The sample world is complete when its file is there; half of one is made anew. */
async function readOrSeed(options: {
  directory: string;
  forge: PlaygroundForge;
  log: (line: string) => void;
}): Promise<SeededWorld> {
  const { directory, forge, log } = options;
  const file = join(directory, 'world.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const teams: string[] = sampleTeams.map(team => team.name);
  for (const { owner, name } of forge.listRepositories()) {
    if (teams.includes(owner)) await forge.deleteRepository(owner, name);
  }
  log('Writing 90 days of sample history');
  const world = await seedWorld({ forge });
  writeFileSync(file, `${JSON.stringify(world, undefined, 2)}\n`);
  return world;
}
