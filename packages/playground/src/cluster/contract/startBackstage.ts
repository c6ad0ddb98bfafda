import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { AddressInfo, createServer } from 'node:net';
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';

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

/** Starts a backend whose kubernetes plugin reaches the cluster at a URL. */
export async function startBackstage(cluster: {
  url: string;
  token: string;
}): Promise<RunningBackstage> {
  const port = await freePort();
  const token = randomUUID();
  const backend = createBackend();
  backend.add(
    createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory: () =>
        new ConfigReader({
          app: { baseUrl: `http://127.0.0.1:${port}` },
          backend: {
            baseUrl: `http://127.0.0.1:${port}`,
            listen: { host: '127.0.0.1', port },
            database: { client: 'better-sqlite3', connection: ':memory:' },
            auth: {
              externalAccess: [
                { type: 'static', options: { token, subject: 'contract' } },
              ],
            },
          },
          kubernetes: {
            serviceLocatorMethod: { type: 'multiTenant' },
            clusterLocatorMethods: [
              {
                type: 'config',
                clusters: [
                  {
                    name: CLUSTER_NAME,
                    url: cluster.url,
                    authProvider: 'serviceAccount',
                    serviceAccountToken: cluster.token,
                    skipTLSVerify: true,
                  },
                ],
              },
            ],
          },
        }),
    }),
  );
  backend.add(import('@backstage/plugin-kubernetes-backend'));
  await backend.start();
  return {
    baseUrl: `http://127.0.0.1:${port}/api/kubernetes`,
    token,
    stop: () => backend.stop(),
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
