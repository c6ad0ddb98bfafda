export { readActionsConfig, type ActionsConfig } from './readActionsConfig';
