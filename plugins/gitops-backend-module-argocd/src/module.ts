import { createBackendModule } from '@backstage/backend-plugin-api';
import { gitopsObserversExtensionPoint } from '@fairway/plugin-gitops-node';
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
      deps: { observers: gitopsObserversExtensionPoint },
      async init({ observers }) {
        observers.addObserver(new ArgocdObserver());
      },
    });
  },
});
