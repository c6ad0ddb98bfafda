/**
 * Observes Flux kustomizations, releases and sources for Fairway.
 *
 * @packageDocumentation
 */
export { gitopsModuleFlux as default } from './module';
