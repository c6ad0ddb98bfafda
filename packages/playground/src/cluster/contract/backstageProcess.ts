/**
 * A Backstage backend with the kubernetes plugin, as a process of its own.
 *
 * It is told what to start in its first message and answers with LISTENING when it
 * listens. The plugin keeps timers after the backend has stopped, so only the end of the
 * process ends it.
 */
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';

/** What the process is told. */
export interface BackstageSettings {
  port: number;
  /** A token that the backend accepts from outside. */
  token: string;
  cluster: { name: string; url: string; token: string };
}

/** Not the only message: the loader of TypeScript sends some of its own. */
const LISTENING = 'listening';

function configOf({ port, token, cluster }: BackstageSettings): ConfigReader {
  return new ConfigReader({
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
              name: cluster.name,
              url: cluster.url,
              authProvider: 'serviceAccount',
              serviceAccountToken: cluster.token,
            },
          ],
        },
      ],
    },
  });
}

process.once('message', async (settings: BackstageSettings) => {
  const backend = createBackend();
  backend.add(
    createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory: () => configOf(settings),
    }),
  );
  backend.add(import('@backstage/plugin-kubernetes-backend'));
  await backend.start();
  process.send!(LISTENING);
});
// The test is gone, however it ended.
process.once('disconnect', () => process.exit());
