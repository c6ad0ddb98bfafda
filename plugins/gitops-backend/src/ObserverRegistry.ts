import { ConflictError } from '@backstage/errors';
import type {
  GitopsConnection,
  GitopsObserver,
  GitopsObserversExtensionPoint,
} from '@fairway/plugin-gitops-node';

/** The observers that modules registered, in their order. */
export class ObserverRegistry implements GitopsObserversExtensionPoint {
  readonly #observers = new Map<string, GitopsObserver>();
  readonly #connections = new Map<string, GitopsConnection>();

  addObserver(observer: GitopsObserver): void {
    if (this.#observers.has(observer.id)) {
      throw new ConflictError(
        `There is an observer '${observer.id}' already; install its module once, or give the other one its own id`,
      );
    }
    this.#observers.set(observer.id, observer);
  }

  addConnection(connection: GitopsConnection): void {
    if (this.#connections.has(connection.name)) {
      throw new ConflictError(
        `There is a connection '${connection.name}' already; give each instance its own name`,
      );
    }
    this.#connections.set(connection.name, connection);
  }

  /** Every connection. */
  connections(): GitopsConnection[] {
    return [...this.#connections.values()];
  }

  /** Every observer. */
  list(): GitopsObserver[] {
    return [...this.#observers.values()];
  }
}
