/**
 * The deployment dashboard: fleet, service and DORA pages.
 *
 * @packageDocumentation
 */
export { gitopsPlugin as default } from './plugin';
export { gitopsApiRef } from './apis';
export * from './routes';
export { gitopsTranslationRef } from './translation';
