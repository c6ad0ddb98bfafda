export * from './createForge';
export type { ForgeOptions } from './ForgeCore';
export * from './types';
