// The backend that readers read from: the real catalog, permissions, sign-in and answers over a
// store that is filled already, without a watcher. Started by readers.mjs.
import { createBackend } from '@backstage/backend-defaults';
import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import {
  authProvidersExtensionPoint,
  createProxyAuthenticator,
  createProxyAuthProviderFactory,
} from '@backstage/plugin-auth-node';
import {
  catalogProcessingExtensionPoint,
  catalogServiceRef,
} from '@backstage/plugin-catalog-node';
import express from 'express';
import { ClusterConnection } from '../../plugins/gitops-backend/src/cluster';
import { readGitopsConfig } from '../../plugins/gitops-backend/src/config';
import { DoraService } from '../../plugins/gitops-backend/src/dora';
import { CatalogEntityResolver } from '../../plugins/gitops-backend/src/recorder';
import { createRouter } from '../../plugins/gitops-backend/src/routes';
import { createGitopsAnswers } from '../../plugins/gitops-backend/src/service';
import { DatabaseGitopsStore } from '../../plugins/gitops-backend/src/store';
import { catalogOf } from './readersWorld';

const size = JSON.parse(process.env.FAIRWAY_BENCH_SIZE ?? '{}');

/** Everything that asks a cluster goes through the proxy of the Kubernetes plugin. */
let clusterRequests = 0;

const kubernetesPlugin = createBackendPlugin({
  pluginId: 'kubernetes',
  register(env) {
    env.registerInit({
      deps: { httpRouter: coreServices.httpRouter },
      async init({ httpRouter }) {
        const router = express.Router();
        router.use((_, response) => {
          clusterRequests += 1;
          response.status(404).json({ kind: 'Status' });
        });
        httpRouter.use(router);
      },
    });
  },
});

/** An authenticated route that does nothing, and what the process used. */
const baselinePlugin = createBackendPlugin({
  pluginId: 'baseline',
  register(env) {
    env.registerInit({
      deps: {
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
      },
      async init({ httpAuth, httpRouter }) {
        const router = express.Router();
        router.get('/trivial', (request, response, next) => {
          httpAuth
            .credentials(request)
            .then(() => response.json({ ok: true }))
            .catch(next);
        });
        router.get('/usage', (_, response) => {
          global.gc?.();
          const { user, system } = process.cpuUsage();
          const { rss, heapUsed, external } = process.memoryUsage();
          response.json({
            cpuMs: (user + system) / 1000,
            clusterRequests,
            rss,
            heapUsed,
            external,
          });
        });
        httpRouter.use(router);
        httpRouter.addAuthPolicy({ path: '/usage', allow: 'unauthenticated' });
      },
    });
  },
});

const gitopsPlugin = createBackendPlugin({
  pluginId: 'gitops',
  register(env) {
    env.registerInit({
      deps: {
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        discovery: coreServices.discovery,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
      },
      async init(deps) {
        const config = readGitopsConfig(deps.config);
        const store = await DatabaseGitopsStore.create(deps);
        const resolver = new CatalogEntityResolver(deps);
        resolver.start(async () => {});
        const answers = createGitopsAnswers({
          ...deps,
          clusters: new ClusterConnection(deps),
          dora: new DoraService({ store, bands: config.dora.bands }),
          everything: () => resolver.latest,
          gitops: config,
          observers: () => [],
          store,
        });
        deps.httpRouter.use(createRouter({ httpAuth: deps.httpAuth, answers }));
      },
    });
  },
});

const catalogModuleWorld = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'readers-world',
  register(env) {
    env.registerInit({
      deps: { catalog: catalogProcessingExtensionPoint },
      async init({ catalog }) {
        catalog.addEntityProvider({
          getProviderName: () => 'readers-world',
          connect: connection =>
            connection.applyMutation({
              type: 'full',
              entities: catalogOf(size).map(entity => ({ entity })),
            }),
        });
      },
    });
  },
});

/** Signs in whoever a header names, with a token of the portal's own. */
const authModuleHeader = createBackendModule({
  pluginId: 'auth',
  moduleId: 'header',
  register(env) {
    env.registerInit({
      deps: { providers: authProvidersExtensionPoint },
      async init({ providers }) {
        providers.registerProvider({
          providerId: 'header',
          factory: createProxyAuthProviderFactory({
            authenticator: createProxyAuthenticator({
              defaultProfileTransform: async () => ({ profile: {} }),
              initialize: () => undefined,
              authenticate: async ({ req }) => ({
                result: { name: req.header('x-reader') ?? '' },
              }),
            }),
            signInResolver: async ({ result }, context) =>
              context.signInWithCatalogUser({
                entityRef: { name: result.name },
              }),
          }),
        });
      },
    });
  },
});

const backend = createBackend();
backend.add(import('@backstage/plugin-auth-backend'));
backend.add(authModuleHeader);
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(catalogModuleWorld);
backend.add(import('@backstage/plugin-permission-backend'));
backend.add(import('../../packages/backend/src/permission'));
backend.add(kubernetesPlugin);
backend.add(baselinePlugin);
backend.add(gitopsPlugin);
backend.start();
