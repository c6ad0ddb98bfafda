/**
 * Scaffolder actions of the golden paths.
 *
 * @packageDocumentation
 */
export { scaffolderModuleGitops as default } from './module';
