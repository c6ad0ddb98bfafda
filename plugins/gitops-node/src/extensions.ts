import { createExtensionPoint } from '@backstage/backend-plugin-api';
import type { GitopsConnection } from './GitopsConnection';
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
  /**
   * Adds a place other than a cluster where an observer's objects can be seen. May be called many
   * times.
   *
   * @throws ConflictError when a connection with the same name was added before.
   */
  addConnection(connection: GitopsConnection): void;
}

/** @public */
export const gitopsObserversExtensionPoint =
  createExtensionPoint<GitopsObserversExtensionPoint>({
    id: 'gitops.observers',
  });
