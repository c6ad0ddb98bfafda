import type { KubernetesObject } from '@fairway/plugin-gitops-node';
import { wait } from './wait';

/** An event on its way; without its object when there was no room for it. */
export interface BufferedEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  name: string;
  namespace?: string;
  project?: string;
  /** resourceVersion of the object. */
  version?: string;
  object?: KubernetesObject;
}

const MAXIMUM_CHARACTERS = 8 * 1024 * 1024;

/** Compares what etcd counts; versions that are no numbers cannot be compared. */
function isOlder(version: string | undefined, than: string | undefined) {
  const [left, right] = [Number(version), Number(than)];
  return Number.isFinite(left) && Number.isFinite(right) && left < right;
}

/**
 * Events between the stream and who records them: the newest of each object.
 *
 * @remarks
 * Argo CD drops the events of a reader that falls behind by more than 1,000, so the stream is read
 * as fast as it comes. Events of one object are one, and above a few megabytes only the name of
 * the object is kept: it is asked for when its turn comes.
 */
export class EventBuffer {
  readonly #events = new Map<string, BufferedEvent & { size: number }>();
  readonly #maximum: number;
  #size = 0;
  #wake: (() => void) | undefined;

  constructor(options: { maximumCharacters?: number } = {}) {
    this.#maximum = options.maximumCharacters ?? MAXIMUM_CHARACTERS;
  }

  get isEmpty(): boolean {
    return this.#events.size === 0;
  }

  /** @param size - characters of the object's JSON */
  put(event: BufferedEvent, size: number): void {
    const key = keyOf(event);
    this.#size -= this.#events.get(key)?.size ?? 0;
    const hasRoom =
      event.type === 'DELETED' || this.#size + size <= this.#maximum;
    const { object, ...rest } = event;
    const kept = hasRoom ? size : 0;
    this.#size += kept;
    // An object that changes all the time keeps its place, and so has its turn.
    this.#events.set(key, {
      ...rest,
      ...(hasRoom && { object }),
      size: kept,
    });
    this.wake();
  }

  /** A list has this object in a version: earlier events of it say nothing new. */
  forget(object: KubernetesObject): void {
    const { name, namespace, resourceVersion } = object.metadata;
    const key = keyOf({ name, namespace });
    const event = this.#events.get(key);
    const isOld =
      event &&
      (isOlder(event.version, resourceVersion) ||
        (event.type !== 'DELETED' && event.version === resourceVersion));
    if (isOld) {
      this.#size -= event.size;
      this.#events.delete(key);
    }
  }

  shift(): BufferedEvent | undefined {
    const first = this.#events.entries().next();
    if (first.done) {
      return undefined;
    }
    const [key, { size, ...event }] = first.value;
    this.#events.delete(key);
    this.#size -= size;
    return event;
  }

  /** Ends a wait. */
  wake(): void {
    this.#wake?.();
  }

  /** Until there is an event, somebody wakes it, the time is over or the signal is aborted. */
  async wait(millis: number, signal?: AbortSignal): Promise<void> {
    if (!this.isEmpty) {
      return;
    }
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await wait(
      millis,
      signal ? AbortSignal.any([signal, woken.signal]) : woken.signal,
    );
    this.#wake = undefined;
  }
}

function keyOf(event: { namespace?: string; name: string }): string {
  return `${event.namespace ?? ''}/${event.name}`;
}
