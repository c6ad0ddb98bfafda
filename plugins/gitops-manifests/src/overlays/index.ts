export { addOverlay, type AddedOverlay } from './addOverlay';
export type { Renaming } from './renameEnvironment';
