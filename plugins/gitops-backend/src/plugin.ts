import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { actionsRegistryServiceRef } from '@backstage/backend-plugin-api/alpha';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { gitopsObserversExtensionPoint } from '@fairway/plugin-gitops-node';
import { registerGitopsActions } from './actions';
import { ClusterConnection, ClusterWatcher } from './cluster';
import { CommandFollower } from './commands';
import { gitDirectory, readGitopsConfig, readWatchConfig } from './config';
import { DoraService } from './dora';
import { AttributionWorker, GitHistory } from './git';
import { ObserverRegistry } from './ObserverRegistry';
import {
  CatalogEntityResolver,
  ChangePublisher,
  Recorder,
  ReplicaFollower,
} from './recorder';
import { createRouter } from './routes';
import { createGitopsAnswers } from './service';
import { DatabaseClusterRegistry, DatabaseGitopsStore } from './store';
import { createWebhooks } from './webhooks';

/**
 * Watches clusters, records deployments, stores and answers.
 *
 * @public
 */
export const gitopsPlugin = createBackendPlugin({
  pluginId: 'gitops',
  register(env) {
    const observers = new ObserverRegistry();
    env.registerExtensionPoint(gitopsObserversExtensionPoint, observers);
    env.registerInit({
      deps: {
        actionsRegistry: actionsRegistryServiceRef,
        auditor: coreServices.auditor,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        discovery: coreServices.discovery,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        notifications: notificationService,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        signals: signalsServiceRef,
      },
      async init(deps) {
        const { auth, catalog, discovery, lifecycle, logger } = deps;
        const config = readGitopsConfig(deps.config);
        const store = await DatabaseGitopsStore.create(deps);
        const times = readWatchConfig(deps.config);
        const api = new ClusterConnection({ auth, discovery });
        const publisher = new ChangePublisher(deps);
        const engines = {
          clusters: api,
          observers: () => observers.list(),
          connections: () => observers.connections(),
        };
        const follower = new CommandFollower({
          ...{ store, logger, ...engines },
          onChanged: change => publisher.commandChanged(change),
        });

        const resolver = new CatalogEntityResolver({ auth, catalog, logger });
        const answers = createGitopsAnswers({
          ...{ ...deps, ...engines, store },
          dora: new DoraService({ store, bands: config.dora.bands }),
          everything: () => resolver.latest,
          gitops: config,
          onCommandChanged: change => {
            follower.changed();
            publisher.commandChanged(change);
          },
        });
        registerGitopsActions({
          actionsRegistry: deps.actionsRegistry,
          answers,
        });

        const worker = new AttributionWorker({
          store,
          history: new GitHistory({
            directory: gitDirectory(deps.config, lifecycle),
            integrations: ScmIntegrations.fromConfig(deps.config),
          }),
          logger,
          backfillDays: config.dora.backfillDays,
          onChanged: change => publisher.deploymentsCompleted(change),
        });
        const recorder = new Recorder({
          ...{ store, resolver, config, logger },
          listener: publisher,
          onDeploymentRecorded: () => worker.wake(),
          onObserved: (watch, objects) => follower.observed(watch, objects),
        });
        const replicas = new ReplicaFollower({ recorder, logger });
        const watcher = new ClusterWatcher({
          ...{ api, logger, times },
          observers: observers.list(),
          connections: observers.connections(),
          sink: recorder,
          registry: await DatabaseClusterRegistry.create({
            database: deps.database,
            store,
          }),
        });

        const webhooks = await createWebhooks({
          ...{ ...deps, api, sink: recorder, onPush: () => worker.wake() },
          observers: observers.list(),
          connections: observers.connections(),
        });
        // Before the other routes, which parse the bodies that signatures are over.
        deps.httpRouter.use(webhooks.router);
        deps.httpRouter.addAuthPolicy({
          path: '/webhooks',
          allow: 'unauthenticated',
        });
        deps.httpRouter.use(createRouter({ httpAuth: deps.httpAuth, answers }));

        lifecycle.addStartupHook(() => {
          resolver.start(async () => {
            await recorder.rejoin();
            worker.wake();
          });
          recorder.start();
          watcher.start();
          replicas.start();
          worker.start({ whenQuiet: () => recorder.quiet() });
          follower.start();
        });
        lifecycle.addShutdownHook(async () => {
          webhooks.stop();
          await Promise.all(
            [watcher, replicas, resolver, worker, follower, recorder].map(
              part => part.stop(),
            ),
          );
          publisher.stop();
        });
      },
    });
  },
});
