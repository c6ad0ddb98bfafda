import { resolve } from 'node:path';
import { InputError } from '@backstage/errors';

/** Where the playground listens and keeps its state. */
export interface PlaygroundSettings {
  forgePort: number;
  clusterPort: number;
  /** Of the stand-in for Argo CD's API. */
  argocdPort: number;
  directory: string;
  /** The bearer token that the cluster and Argo CD's API ask for. */
  token: string;
}

/**
 * Reads the settings from the environment: FAIRWAY_FORGE_PORT (3100), FAIRWAY_CLUSTER_PORT
 * (3101), FAIRWAY_ARGOCD_PORT (the one behind the cluster's), FAIRWAY_PLAYGROUND_DIR
 * (`.playground`) and FAIRWAY_CLUSTER_TOKEN (`playground-token`).
 *
 * @throws InputError when a port is not a number.
 */
export function readSettings(env: NodeJS.ProcessEnv): PlaygroundSettings {
  const port = (name: string, fallback: number) => {
    const value = Number(env[name] || fallback);
    if (!Number.isInteger(value) || value < 0 || value > 65535) {
      throw new InputError(
        `${name} is "${env[name]}"; a port is a number from 0 to 65535`,
      );
    }
    return value;
  };
  const clusterPort = port('FAIRWAY_CLUSTER_PORT', 3101);
  return {
    forgePort: port('FAIRWAY_FORGE_PORT', 3100),
    clusterPort,
    argocdPort: port('FAIRWAY_ARGOCD_PORT', clusterPort && clusterPort + 1),
    directory: resolve(env.FAIRWAY_PLAYGROUND_DIR || '.playground'),
    token: env.FAIRWAY_CLUSTER_TOKEN || 'playground-token',
  };
}
