import type { ScmIntegrationRegistry } from '@backstage/integration';
import type { TemplateAction } from '@backstage/plugin-scaffolder-node';
import type { GitopsService } from '@fairway/plugin-gitops-node';
import type { ActionsConfig } from '../config';
import { createApplicationSyncAction } from './createApplicationSyncAction';
import { createApplicationWaitAction } from './createApplicationWaitAction';
import { createCreationUndoAction } from './createCreationUndoAction';
import { createManifestsDiffAction } from './createManifestsDiffAction';
import { createManifestsValidateAction } from './createManifestsValidateAction';
import { createNameCheckAction } from './createNameCheckAction';
import { createPolicyAddAction } from './createPolicyAddAction';
import { createPullRequestCloseAction } from './createPullRequestCloseAction';
import { createPullRequestOpenAction } from './createPullRequestOpenAction';
import { createPullRequestWaitAction } from './createPullRequestWaitAction';
import { createRegistrationRenderAction } from './createRegistrationRenderAction';
import { createRepositoryFetchAction } from './createRepositoryFetchAction';
import { createSecretReferenceAction } from './createSecretReferenceAction';
import { createServiceLocateAction } from './createServiceLocateAction';
import { createWorkloadRenderAction } from './createWorkloadRenderAction';

/** What the actions work with. */
export interface ActionDependencies {
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
    createWorkloadRenderAction(dependencies),
    createRegistrationRenderAction(dependencies),
    createServiceLocateAction(dependencies),
    createRepositoryFetchAction(dependencies),
    createManifestsValidateAction(),
    createManifestsDiffAction(),
    createPullRequestOpenAction(dependencies),
    createPullRequestWaitAction(dependencies),
    createPullRequestCloseAction(dependencies),
    createApplicationSyncAction(dependencies),
    createApplicationWaitAction(dependencies),
    createCreationUndoAction(dependencies),
    createPolicyAddAction(dependencies),
    createSecretReferenceAction(),
  ];
}
