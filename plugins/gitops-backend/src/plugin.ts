import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { notificationService } from '@backstage/plugin-notifications-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { gitopsObserversExtensionPoint } from '@fairway/plugin-gitops-node';
import { ClusterConnection, ClusterWatcher } from './cluster';
import { gitDirectory, readGitopsConfig } from './config';
import { AttributionWorker, GitHistory } from './git';
import { ObserverRegistry } from './ObserverRegistry';
import { CatalogEntityResolver, ChangePublisher, Recorder } from './recorder';
import { DatabaseGitopsStore } from './store';

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
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        database: coreServices.database,
        discovery: coreServices.discovery,
        events: eventsServiceRef,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        notifications: notificationService,
        signals: signalsServiceRef,
      },
      async init(deps) {
        const { auth, catalog, discovery, lifecycle, logger } = deps;
        const config = readGitopsConfig(deps.config);
        const store = await DatabaseGitopsStore.create(deps);
        const api = new ClusterConnection({ auth, discovery });

        const publisher = new ChangePublisher(deps);
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
        const resolver = new CatalogEntityResolver({ auth, catalog, logger });
        const recorder = new Recorder({
          ...{ store, resolver, config, logger },
          listener: publisher,
          onDeploymentRecorded: () => worker.wake(),
        });
        const watcher = new ClusterWatcher({
          ...{ api, logger },
          observers: observers.list(),
          sink: recorder,
          registry: store,
        });

        lifecycle.addStartupHook(() => {
          resolver.start(async () => {
            await recorder.rejoin();
            worker.wake();
          });
          watcher.start();
          worker.start();
        });
        lifecycle.addShutdownHook(async () => {
          await Promise.all([watcher.stop(), resolver.stop(), worker.stop()]);
          publisher.stop();
        });
      },
    });
  },
});
