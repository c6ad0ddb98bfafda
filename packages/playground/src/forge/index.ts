export * from './createForge';
export type { ForgeOptions } from './ForgeCore';
export * from './types';
export { git } from './git';
export { Lock } from './Lock';
