/**
 * Observes Argo CD applications for Fairway.
 *
 * @packageDocumentation
 */
export { gitopsModuleArgocd as default } from './module';
