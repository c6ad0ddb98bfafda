import { createBackendModule } from '@backstage/backend-plugin-api';
import { gitopsObserversExtensionPoint } from '@fairway/plugin-gitops-node';
import { GuardrailsObserver } from './GuardrailsObserver';

/**
 * Lets Fairway observe what services need around them.
 *
 * @public
 */
export const gitopsModuleGuardrails = createBackendModule({
  pluginId: 'gitops',
  moduleId: 'guardrails',
  register(env) {
    env.registerInit({
      deps: { observers: gitopsObserversExtensionPoint },
      async init({ observers }) {
        observers.addObserver(new GuardrailsObserver());
      },
    });
  },
});
