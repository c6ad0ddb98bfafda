import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { ScmIntegrations } from '@backstage/integration';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { gitopsServiceRef } from '@fairway/plugin-gitops-node';
import { createGitopsActions } from './actions';
import { readActionsConfig } from './config';

/** Adds the `gitops:*` actions to the scaffolder. @public */
export const scaffolderModuleGitops = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'gitops',
  register(registration) {
    registration.registerInit({
      deps: {
        actions: scaffolderActionsExtensionPoint,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        gitops: gitopsServiceRef,
      },
      async init({ actions, catalog, config, gitops }) {
        const integrations = ScmIntegrations.fromConfig(config);
        actions.addActions(
          ...createGitopsActions({
            catalog,
            config: readActionsConfig(config),
            gitops,
            integrations,
          }),
        );
      },
    });
  },
});
