/**
 * Observes policy reports, external secrets and backup schedules for Fairway.
 *
 * @packageDocumentation
 */
export { gitopsModuleGuardrails as default } from './module';
