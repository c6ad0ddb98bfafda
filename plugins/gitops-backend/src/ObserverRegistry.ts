import { ConflictError } from '@backstage/errors';
import type {
  GitopsObserver,
  GitopsObserversExtensionPoint,
} from '@fairway/plugin-gitops-node';

/** The observers that modules registered, in their order. */
export class ObserverRegistry implements GitopsObserversExtensionPoint {
  readonly #observers = new Map<string, GitopsObserver>();

  addObserver(observer: GitopsObserver): void {
    if (this.#observers.has(observer.id)) {
      throw new ConflictError(
        `There is an observer '${observer.id}' already; install its module once, or give the other one its own id`,
      );
    }
    this.#observers.set(observer.id, observer);
  }

  /** All of them. */
  list(): GitopsObserver[] {
    return [...this.#observers.values()];
  }
}
