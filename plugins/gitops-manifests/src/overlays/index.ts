export { addOverlay, type AddedOverlay, type OverlayInput } from './addOverlay';
export { describeRenamings } from './describeRenamings';
export type { Renaming } from './renameEnvironment';
