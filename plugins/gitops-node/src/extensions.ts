import { createExtensionPoint } from '@backstage/backend-plugin-api';
import type { GitopsObserver } from './GitopsObserver';

/**
 * Where a module registers the engine, or the kind of guardrail, that it observes.
 *
 * @public
 */
export interface GitopsObserversExtensionPoint {
  /**
   * Adds an observer. May be called many times.
   *
   * @throws ConflictError when an observer with the same id was added before.
   */
  addObserver(observer: GitopsObserver): void;
}

/** @public */
export const gitopsObserversExtensionPoint =
  createExtensionPoint<GitopsObserversExtensionPoint>({
    id: 'gitops.observers',
  });
