import type { ScmIntegrationRegistry } from '@backstage/integration';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { TemplateAction } from '@backstage/plugin-scaffolder-node';
import type { GitopsService } from '@fairway/plugin-gitops-node';
import type { ActionsConfig } from '../config';
import { createApplicationSyncAction } from './createApplicationSyncAction';
import { createApplicationWaitAction } from './createApplicationWaitAction';
import { createCatalogUnregisterAction } from './createCatalogUnregisterAction';
import { createCommitsListAction } from './createCommitsListAction';
import { createChartWrapAction } from './createChartWrapAction';
import { createCreationUndoAction } from './createCreationUndoAction';
import { createDeploymentPromoteAction } from './createDeploymentPromoteAction';
import { createDeploymentRevertAction } from './createDeploymentRevertAction';
import { createImageSetAction } from './createImageSetAction';
import { createManifestsDiffAction } from './createManifestsDiffAction';
import { createLayoutResolveAction } from './createLayoutResolveAction';
import { createManifestsValidateAction } from './createManifestsValidateAction';
import { createMigrationCheckAction } from './createMigrationCheckAction';
import { createNameCheckAction } from './createNameCheckAction';
import { createOverlayAddAction } from './createOverlayAddAction';
import { createPolicyAddAction } from './createPolicyAddAction';
import { createProgressiveDeliveryAddAction } from './createProgressiveDeliveryAddAction';
import { createPreviewsEnableAction } from './createPreviewsEnableAction';
import { createPullRequestCloseAction } from './createPullRequestCloseAction';
import { createPullRequestOpenAction } from './createPullRequestOpenAction';
import { createPullRequestWaitAction } from './createPullRequestWaitAction';
import { createRegistrationRenderAction } from './createRegistrationRenderAction';
import { createSecretReferenceAction } from './createSecretReferenceAction';
import { createRegistrationAdoptAction } from './createRegistrationAdoptAction';
import { createRegistrationCopyAction } from './createRegistrationCopyAction';
import { createRegistrationRemoveAction } from './createRegistrationRemoveAction';
import { createRemovalWaitAction } from './createRemovalWaitAction';
import { createRepositoryArchiveAction } from './createRepositoryArchiveAction';
import { createRepositoryFetchAction } from './createRepositoryFetchAction';
import { createServiceAdoptAction } from './createServiceAdoptAction';
import { createServiceLocateAction } from './createServiceLocateAction';
import { createSyncPolicySetAction } from './createSyncPolicySetAction';
import { createTenantRenderAction } from './createTenantRenderAction';
import { createWorkloadRenderAction } from './createWorkloadRenderAction';

/** What the actions work with. */
export interface ActionDependencies {
  catalog: CatalogService;
  config: ActionsConfig;
  gitops: GitopsService;
  integrations: ScmIntegrationRegistry;
  /** Milliseconds between two looks at something that is waited for. Default 1000. */
  pollIntervalMs?: number;
}

/** Every `gitops:*` action. */
export function createGitopsActions(
  dependencies: ActionDependencies,
): TemplateAction<any, any, any>[] {
  return [
    createNameCheckAction(dependencies),
    createLayoutResolveAction(dependencies),
    createWorkloadRenderAction(dependencies),
    createRegistrationRenderAction(dependencies),
    createServiceLocateAction(dependencies),
    createRepositoryFetchAction(dependencies),
    createChartWrapAction(dependencies),
    createProgressiveDeliveryAddAction(),
    createTenantRenderAction(dependencies),
    createPreviewsEnableAction(dependencies),
    createManifestsValidateAction(),
    createManifestsDiffAction(),
    createPullRequestOpenAction(dependencies),
    createPullRequestWaitAction(dependencies),
    createPullRequestCloseAction(dependencies),
    createApplicationSyncAction(dependencies),
    createApplicationWaitAction(dependencies),
    createCreationUndoAction(dependencies),
    createCatalogUnregisterAction(dependencies),
    createCommitsListAction(dependencies),
    createDeploymentPromoteAction(),
    createDeploymentRevertAction(dependencies),
    createImageSetAction(),
    createMigrationCheckAction(dependencies),
    createOverlayAddAction(dependencies),
    createRegistrationAdoptAction(dependencies),
    createRegistrationCopyAction(),
    createRegistrationRemoveAction(dependencies),
    createRemovalWaitAction(dependencies),
    createRepositoryArchiveAction(dependencies),
    createServiceAdoptAction(),
    createSyncPolicySetAction(),
    createPolicyAddAction(dependencies),
    createSecretReferenceAction(),
  ];
}
