import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { gitopsObserversExtensionPoint } from '@fairway/plugin-gitops-node';
import { ArgocdConnection, readArgocdConfig } from './api';
import { ArgocdObserver } from './ArgocdObserver';

/**
 * Lets Fairway observe Argo CD.
 *
 * @public
 */
export const gitopsModuleArgocd = createBackendModule({
  pluginId: 'gitops',
  moduleId: 'argocd',
  register(env) {
    env.registerInit({
      deps: {
        observers: gitopsObserversExtensionPoint,
        config: coreServices.rootConfig,
      },
      async init({ observers, config }) {
        const observer = new ArgocdObserver();
        observers.addObserver(observer);
        const { resources } = observer;
        for (const instance of readArgocdConfig(config)) {
          observers.addConnection(
            new ArgocdConnection({ instance, resources }),
          );
        }
      },
    });
  },
});
