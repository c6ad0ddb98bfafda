import { createBackendModule } from '@backstage/backend-plugin-api';
import { gitopsObserversExtensionPoint } from '@fairway/plugin-gitops-node';
import { FluxObserver } from './FluxObserver';

/**
 * Lets Fairway observe Flux.
 *
 * @public
 */
export const gitopsModuleFlux = createBackendModule({
  pluginId: 'gitops',
  moduleId: 'flux',
  register(env) {
    env.registerInit({
      deps: { observers: gitopsObserversExtensionPoint },
      async init({ observers }) {
        observers.addObserver(new FluxObserver());
      },
    });
  },
});
