/**
 * The backend of Fairway: watches clusters, records deployments, stores and answers.
 *
 * @packageDocumentation
 */
export { gitopsPlugin as default } from './plugin';
export { kubernetesModuleProxyDrops } from './proxy';
