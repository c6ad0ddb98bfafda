import { createBackendModule } from '@backstage/backend-plugin-api';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import { FairwayPolicy } from './FairwayPolicy';

/** Sets the portal's one permission policy. */
export const permissionModuleFairway = createBackendModule({
  pluginId: 'permission',
  moduleId: 'fairway-policy',
  register(reg) {
    reg.registerInit({
      deps: { policy: policyExtensionPoint },
      async init({ policy }) {
        policy.setPolicy(new FairwayPolicy());
      },
    });
  },
});
