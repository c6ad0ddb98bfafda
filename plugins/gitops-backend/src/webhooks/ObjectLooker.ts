import type { LoggerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import type { ObjectRef } from '@fairway/plugin-gitops-common';
import type { GitopsObserver } from '@fairway/plugin-gitops-node';
import {
  connectionErrorReason,
  type KubernetesObject,
} from '@fairway/plugin-gitops-node';
import {
  watchedResources,
  type WatchedResource,
  type WatchSink,
} from '../cluster/WatchedResource';

const CONCURRENT_LOOKS = 4;
/** More than a burst of honest webhooks asks for. */
const MAX_WAITING = 2_000;

/** An object to look at; the version is found out. */
export type LookTarget = Pick<
  ObjectRef,
  'cluster' | 'kind' | 'namespace' | 'name'
>;

/** What {@link ObjectLooker} stands on. */
export interface ObjectLookerOptions {
  observers: readonly GitopsObserver[];
  /** Reads one object of a watch, in the given version of its kind. */
  get(
    watch: WatchedResource,
    object: { version: string; namespace?: string; name: string },
  ): Promise<KubernetesObject>;
  sink: Pick<WatchSink, 'observe' | 'remove'>;
  logger: LoggerService;
}

/**
 * Reads single objects out of turn and hands them on as a watch would.
 *
 * @remarks
 * It helps when a watch lags or is interrupted, and never stands in for one: what cannot be read
 * is left to the watch, which also says why. An object that waits to be looked at is not queued
 * twice, and when too many wait, new ones are left to the watch as well.
 */
export class ObjectLooker {
  readonly #options: ObjectLookerOptions;
  readonly #waiting = new Map<string, LookTarget>();
  #workers = 0;
  #stopped = false;

  constructor(options: ObjectLookerOptions) {
    this.#options = options;
  }

  /** Looks at the objects soon; returns how many of them will be looked at. */
  look(targets: readonly LookTarget[]): number {
    let accepted = 0;
    for (const target of targets) {
      const key = JSON.stringify([
        target.cluster,
        target.kind,
        target.namespace,
        target.name,
      ]);
      if (this.#waiting.has(key) || this.#waiting.size < MAX_WAITING) {
        this.#waiting.set(key, target);
        accepted += 1;
      }
    }
    while (
      !this.#stopped &&
      this.#workers < Math.min(CONCURRENT_LOOKS, this.#waiting.size)
    ) {
      this.#workers += 1;
      void this.#work();
    }
    return accepted;
  }

  /** Looks at nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.clear();
  }

  async #work(): Promise<void> {
    for (;;) {
      const [next] = this.#waiting;
      if (!next) {
        this.#workers -= 1;
        return;
      }
      const [key, target] = next;
      this.#waiting.delete(key);
      await this.#lookAt(target).catch(error =>
        this.#options.logger.debug(
          `${target.kind} ${target.name} of '${target.cluster}' is left to the watch`,
          toError(error),
        ),
      );
    }
  }

  async #lookAt(target: LookTarget): Promise<void> {
    const { observers, sink } = this.#options;
    for (const watch of watchedResources(target.cluster, observers)) {
      if (watch.resource.kind === target.kind) {
        const object = await this.#read(watch, target);
        if (object === 'gone') {
          const { namespace, name } = target;
          await sink.remove(watch, namespace ? `${namespace}/${name}` : name);
        } else if (object) {
          await sink.observe(watch, [object]);
        }
      }
    }
  }

  /** The object in the first version that the cluster serves. */
  async #read(
    watch: WatchedResource,
    target: LookTarget,
  ): Promise<KubernetesObject | 'gone' | undefined> {
    for (const version of watch.resource.versions) {
      try {
        return await this.#options.get(watch, { version, ...target });
      } catch (error) {
        if (toError(error).name === 'NotFoundError') {
          return 'gone';
        }
        if (connectionErrorReason(error) !== 'not-installed') {
          throw error;
        }
      }
    }
    return undefined;
  }
}
