import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { ObjectRef } from '@fairway/plugin-gitops-common';
import type { GitopsObserver } from '@fairway/plugin-gitops-node';
import {
  connectionErrorReason,
  type KubernetesObject,
} from '@fairway/plugin-gitops-node';
import { within } from '../cluster/waiting';
import {
  watchedResources,
  type WatchedResource,
  type WatchSink,
} from '../cluster/WatchedResource';

/** Of one cluster; clusters do not wait for each other. */
const CONCURRENT_LOOKS = 2;
/** Of one cluster: more than a burst of honest webhooks asks for. */
const MAX_WAITING = 1_000;
/** A cluster that needs longer is left to its watch. */
const ANSWER_MILLIS = 10_000;

/** An object to look at; the version is found out. */
export type LookTarget = Pick<
  ObjectRef,
  'cluster' | 'kind' | 'namespace' | 'name'
>;

/** A kind in one version. */
export interface VersionedKind {
  watch: WatchedResource;
  version: string;
}

/** What {@link ObjectLooker} stands on. */
export interface ObjectLookerOptions {
  observers: readonly GitopsObserver[];
  /**
   * Reads one object.
   *
   * @throws NotFoundError when it is not there; ConnectionError `not-installed` when the kind is
   * not served in that version.
   */
  get(
    kind: VersionedKind,
    object: { namespace?: string; name: string },
    options: { signal: AbortSignal },
  ): Promise<KubernetesObject>;
  /**
   * The version of everything of the kind now; undefined where there are no such versions.
   *
   * @throws ConnectionError `not-installed` when the kind is not served in that version.
   */
  currentVersion(
    kind: VersionedKind,
    options: { signal: AbortSignal },
  ): Promise<string | undefined>;
  /** Whether it is known that the watch does not reach its cluster. */
  isUnreachable(watch: WatchedResource): Promise<boolean>;
  sink: Pick<WatchSink, 'observe' | 'remove'>;
  logger: LoggerService;
}

/** The cluster did not answer, whatever was asked. */
class NoAnswerError extends Error {
  constructor(cause: unknown) {
    super(toError(cause).message, { cause });
    this.name = 'NoAnswerError';
  }
}

/** What waits to be looked at in a cluster. */
interface ClusterQueue {
  waiting: Map<string, LookTarget>;
  workers: number;
}

/**
 * Reads single objects out of turn and hands them on as a watch would.
 *
 * @remarks
 * It helps when a watch lags or is interrupted, and never stands in for one: what cannot be read
 * is left to the watch, which also says why. An object that waits to be looked at is not queued
 * twice, and when too many wait, new ones are left to the watch as well. Each cluster has a queue
 * of its own, so that one that does not answer holds up no other; what waits for it then is left
 * to the watch.
 */
export class ObjectLooker {
  readonly #options: ObjectLookerOptions;
  readonly #queues = new Map<string, ClusterQueue>();
  readonly #stopping = new AbortController();

  constructor(options: ObjectLookerOptions) {
    this.#options = options;
  }

  /** Looks at the objects soon; returns how many of them will be looked at. */
  look(targets: readonly LookTarget[]): number {
    let accepted = 0;
    for (const target of targets) {
      const { cluster, kind, namespace, name } = target;
      const queue = this.#queues.get(cluster) ?? {
        ...{ waiting: new Map(), workers: 0 },
      };
      this.#queues.set(cluster, queue);
      const key = JSON.stringify([kind, namespace, name]);
      if (queue.waiting.has(key) || queue.waiting.size < MAX_WAITING) {
        queue.waiting.set(key, target);
        accepted += 1;
      }
    }
    for (const [cluster, queue] of this.#queues) {
      while (
        !this.#stopping.signal.aborted &&
        queue.workers < Math.min(CONCURRENT_LOOKS, queue.waiting.size)
      ) {
        queue.workers += 1;
        void this.#work(cluster, queue);
      }
    }
    return accepted;
  }

  /** Looks at nothing more. */
  stop(): void {
    this.#stopping.abort();
    this.#queues.forEach(({ waiting }) => waiting.clear());
  }

  async #work(cluster: string, queue: ClusterQueue): Promise<void> {
    for (;;) {
      const [next] = queue.waiting;
      if (!next) {
        break;
      }
      const [key, target] = next;
      queue.waiting.delete(key);
      try {
        await this.#lookAt(target);
      } catch (error) {
        if (error instanceof NoAnswerError) {
          queue.waiting.clear();
        }
        this.#options.logger.debug(
          `${target.kind} ${target.name} of '${cluster}' is left to the watch`,
          toError(error),
        );
      }
    }
    queue.workers -= 1;
    if (queue.workers === 0 && queue.waiting.size === 0) {
      this.#queues.delete(cluster);
    }
  }

  async #lookAt(target: LookTarget): Promise<void> {
    for (const watch of watchedResources(
      target.cluster,
      this.#options.observers,
    )) {
      const { kind, labelSelector } = watch.resource;
      // Whether an object has the labels of a selector, the server decides.
      const isMeant = kind === target.kind && labelSelector === undefined;
      if (isMeant && !(await this.#options.isUnreachable(watch))) {
        await this.#lookIn(watch, target);
      }
    }
  }

  /** Looks in the first version that the cluster serves. */
  async #lookIn(watch: WatchedResource, target: LookTarget): Promise<void> {
    for (const version of watch.resource.versions) {
      try {
        await this.#lookInVersion({ watch, version }, target);
        return;
      } catch (error) {
        if (connectionErrorReason(error) !== 'not-installed') {
          throw error;
        }
      }
    }
  }

  /**
   * Hands on what is there, and takes away what is gone.
   *
   * @remarks
   * It is gone when it is not there while its kind is served. The watch may record it meanwhile,
   * made anew: what was recorded since stays, and it is looked for once more at the end.
   */
  async #lookInVersion(kind: VersionedKind, target: LookTarget): Promise<void> {
    const { currentVersion, sink } = this.#options;
    if (await this.#handOn(kind, target)) {
      return;
    }
    const lookedAt = new Date().toISOString();
    const resourceVersion = await this.#inTime(signal =>
      currentVersion(kind, { signal }),
    );
    if (await this.#handOn(kind, target)) {
      return;
    }
    const { namespace, name } = target;
    await sink.remove(kind.watch, namespace ? `${namespace}/${name}` : name, {
      lookedAt,
      ...(resourceVersion ? { version: { resourceVersion } } : {}),
    });
    await this.#handOn(kind, target);
  }

  /** Resolves to whether the object is there. */
  async #handOn(
    kind: VersionedKind,
    { namespace, name }: LookTarget,
  ): Promise<boolean> {
    const { get, sink } = this.#options;
    let object: KubernetesObject;
    try {
      object = await this.#inTime(signal =>
        get(kind, { namespace, name }, { signal }),
      );
    } catch (error) {
      if (toError(error).name === 'NotFoundError') {
        return false;
      }
      throw error;
    }
    await sink.observe(kind.watch, [object]);
    return true;
  }

  /**
   * What the cluster answers; ends the request when it takes too long.
   *
   * @throws NoAnswerError, or what the cluster says.
   */
  async #inTime<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const over = new AbortController();
    try {
      return await within(ANSWER_MILLIS, this.#stopping.signal, () =>
        ask(over.signal),
      );
    } catch (error) {
      const isAnswer =
        toError(error).name === 'NotFoundError' ||
        connectionErrorReason(error) !== 'unreachable';
      throw isAnswer ? error : new NoAnswerError(error);
    } finally {
      over.abort();
    }
  }
}
