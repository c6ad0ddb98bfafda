import type { Application } from '@fairway/plugin-gitops-common';
import type {
  CommandContext,
  KubernetesObject,
  ObservedResource,
} from './GitopsObserver';

/** One page of a list. @public */
export interface ObjectPage {
  items: KubernetesObject[];
  resourceVersion: string;
  /** Token of the next page. */
  continue?: string;
  /**
   * True when the credential may not see all objects any more: then nothing that is missing from
   * the list is taken for deleted unless `isGone` says so.
   */
  partial?: { message: string };
}

/** One event of a watch. @public */
export interface ObjectEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubernetesObject & { code?: number; message?: string };
}

/**
 * A place other than a cluster of the `kubernetes:` section where an observer's objects can be
 * seen: the API of an Argo CD installation.
 *
 * @remarks
 * It is listed and watched like a cluster and shown among the clusters; its name stands as the
 * `cluster` of every object that came through it. One replica watches it at a time. It MUST throw
 * `ConnectionError` for all that is not the fault of a single request, MUST end what it does when
 * the signal is aborted, and MUST keep no copy of the objects.
 *
 * @public
 */
export interface GitopsConnection {
  /** Unique among the clusters and connections of the portal. */
  readonly name: string;
  /** What people read. */
  readonly title: string;
  /** Id of the observer that reads its objects and computes its commands. */
  readonly observer: 'argocd' | (string & {});
  /** The kinds that it serves; a subset of the observer's. */
  readonly resources: ObservedResource[];
  listPage(
    resource: ObservedResource,
    options: { limit: number; continue?: string; signal?: AbortSignal },
  ): Promise<ObjectPage>;
  /**
   * Events until the server ends the stream.
   *
   * @throws ConnectionError `expired` when the stream cannot go on from there.
   */
  watch(
    resource: ObservedResource,
    options: {
      resourceVersion: string;
      timeoutSeconds: number;
      signal?: AbortSignal;
    },
  ): AsyncIterable<ObjectEvent>;
  /**
   * One small request, every few seconds: whether the other side answers at all, whatever it says.
   * Without it, an outage is noticed by the next list alone.
   *
   * @returns the time that the answer bears, by the other side's clock
   * @throws ConnectionError `unreachable` when there is no answer.
   */
  probe?(options: { signal: AbortSignal }): Promise<{ date?: Date }>;
  /** @throws NotFoundError when there is none of that name. */
  get(
    resource: ObservedResource,
    object: { namespace?: string; name: string },
    options?: { signal?: AbortSignal },
  ): Promise<KubernetesObject>;
  /**
   * Whether an application that a partial list does not name was deleted, rather than hidden.
   */
  isGone(
    application: Pick<Application, 'ref' | 'project'>,
    options?: { signal?: AbortSignal },
  ): Promise<boolean>;
  /**
   * Carries out a command by its own means instead of the observer's patches; the observer's
   * `commands` has been asked before, so what the engine refuses never comes here.
   */
  execute(application: Application, context: CommandContext): Promise<void>;
}
