import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import type { GitopsAnswers } from '../service';
import { registerExplainApplicationAction } from './registerExplainApplicationAction';
import { registerGetApplicationAction } from './registerGetApplicationAction';
import { registerGetApplicationsAction } from './registerGetApplicationsAction';
import { registerGetCommandAction } from './registerGetCommandAction';
import { registerGetDoraMetricsAction } from './registerGetDoraMetricsAction';
import { registerSyncApplicationAction } from './registerSyncApplicationAction';

/** What actions stand on. */
export interface ActionsOptions {
  actionsRegistry: ActionsRegistryService;
  answers: GitopsAnswers;
}

/**
 * Offers Fairway's answers as actions: tools for AI clients and steps of templates. They have the
 * credentials of who calls them, and may no more than the HTTP API.
 */
export function registerGitopsActions(options: ActionsOptions): void {
  registerGetApplicationsAction(options);
  registerGetApplicationAction(options);
  registerExplainApplicationAction(options);
  registerSyncApplicationAction(options);
  registerGetCommandAction(options);
  registerGetDoraMetricsAction(options);
}
