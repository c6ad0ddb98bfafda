import { toError } from '@backstage/errors';
import type { KubernetesObject } from '@fairway/plugin-gitops-node';
import { objectVersionOf } from '../store';
import type { PendingChanges } from './EventBatcher';
import {
  objectKey,
  type ObjectProblem,
  type WatchedResource,
  type WatchSink,
} from './WatchedResource';
import type { WatchStatus } from './WatchStatus';

/** What was seen could not be stored: the fault is not the cluster's. */
export class NotRecordedError extends Error {
  constructor(cause: unknown) {
    super(`What was seen could not be stored: ${toError(cause).message}`, {
      cause,
    });
    this.name = 'NotRecordedError';
  }
}

function isReadable(object: KubernetesObject | null): boolean {
  return typeof object?.metadata?.name === 'string';
}

/** Hands what a watch saw to its sink, and what could not be read to its status. */
export class ResourceRecorder {
  readonly #watch: WatchedResource;
  readonly #sink: WatchSink;
  readonly #status: WatchStatus;

  constructor(options: {
    watch: WatchedResource;
    sink: WatchSink;
    status: WatchStatus;
  }) {
    this.#watch = options.watch;
    this.#sink = options.sink;
    this.#status = options.status;
  }

  /**
   * Records a page of a list, and adds the names of its objects to `listed`.
   *
   * @returns whether all of them have a name; what others are called nobody can say
   * @throws NotRecordedError
   */
  async page(
    items: readonly KubernetesObject[],
    listed: Set<string>,
  ): Promise<boolean> {
    const readable = items.filter(isReadable);
    readable.forEach(item => listed.add(objectKey(item)));
    const nameless = items
      .filter(item => !isReadable(item))
      .map((item, index) => ({
        object: `(without a name, ${index + 1})`,
        message: `${
          this.#watch.resource.kind
        } without metadata.name: ${JSON.stringify(item).slice(
          0,
          80,
        )}; look at what stands between the backend and the API server`,
      }));
    nameless.forEach(({ object }) => listed.add(object));
    this.#status.looked([], nameless);
    await this.#observe(readable);
    return nameless.length === 0;
  }

  /**
   * Records changes of a watch.
   *
   * @throws NotRecordedError
   */
  async changes(changes: PendingChanges): Promise<void> {
    const objects: KubernetesObject[] = [];
    for (const [key, { deleted, object }] of changes) {
      if (deleted) {
        const version = objectVersionOf(deleted);
        await this.#guard(this.#sink.remove(this.#watch, key, { version }));
        this.#status.looked([key]);
      }
      if (object) {
        objects.push(object);
      }
    }
    await this.#observe(objects);
  }

  /** A list of that version ended; see `WatchSink.listed`. */
  async listed(
    objects: ReadonlySet<string>,
    at: string,
    resourceVersion?: string,
  ): Promise<void> {
    const asOf = resourceVersion ? { version: { resourceVersion } } : {};
    await this.#guard(this.#sink.listed(this.#watch, objects, at, asOf));
    this.#status.lookedAtAll(objects);
  }

  /** A list ended that does not show everything: what is not in it may be there. */
  listedInPart(objects: ReadonlySet<string>): void {
    this.#status.lookedAtAll(objects);
  }

  /** An object is gone. */
  async removed(object: string): Promise<void> {
    await this.#guard(this.#sink.remove(this.#watch, object));
  }

  async #observe(objects: readonly KubernetesObject[]): Promise<void> {
    if (objects.length === 0) {
      return;
    }
    let problems: ObjectProblem[];
    try {
      problems = await this.#sink.observe(this.#watch, objects);
    } catch (error) {
      problems = await this.#observeEach(objects, error);
    }
    this.#status.looked(objects.map(objectKey), problems);
  }

  /**
   * One object that cannot be stored must not keep the others out.
   *
   * @throws NotRecordedError when none can be stored: then it is the database.
   */
  async #observeEach(
    objects: readonly KubernetesObject[],
    cause: unknown,
  ): Promise<ObjectProblem[]> {
    if (objects.length === 1) {
      throw new NotRecordedError(cause);
    }
    const problems: ObjectProblem[] = [];
    let stored = 0;
    for (const [index, object] of objects.entries()) {
      try {
        problems.push(...(await this.#sink.observe(this.#watch, [object])));
        stored += 1;
      } catch (error) {
        problems.push({
          object: objectKey(object),
          message: `It could not be stored: ${
            toError(error).message
          }; see the log of the backend`,
        });
        if (stored === 0 && index + 1 >= Math.min(3, objects.length)) {
          throw new NotRecordedError(error);
        }
      }
    }
    return problems;
  }

  async #guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw new NotRecordedError(error);
    }
  }
}
