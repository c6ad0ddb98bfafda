import type { TreeObject } from './overlayObjects';

/** Where an object tells Argo CD how it is to be synced. */
export const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';

/** One more option, beside those that an object has. */
export function withSyncOption(object: TreeObject, option: string): string {
  const before = object.metadata?.annotations?.[SYNC_OPTIONS];
  return before ? `${before},${option}` : option;
}
