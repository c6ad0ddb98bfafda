export { createControllers } from './createControllers';
export { DEFAULT_TIMING } from './timing';
export type { Timing } from './timing';
