/**
 * Observes policy results, external secrets and backups for Fairway.
 *
 * @packageDocumentation
 */
export { gitopsModuleGuardrails as default } from './module';
