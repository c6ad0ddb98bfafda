export { readActionsConfig, type ActionsConfig } from './readActionsConfig';
export { repositoryOf } from './repositoryOf';
