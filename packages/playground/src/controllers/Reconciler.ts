import {
  ClusterEvent,
  Cluster,
  Controller,
  KubernetesObject,
  ObjectKey,
} from '../types';
import { Kind } from './objects/kinds';
import { Timing } from './timing';
import { WorkQueue } from './WorkQueue';

/** Which objects to look at again when an object of a watched kind changes. */
export type KeyMapping = (event: ClusterEvent) => string[];

export interface ReconcilerOptions {
  name: string;
  cluster: Cluster;
  timing: Timing;
  log: (line: string) => void;
  /** The kind that is reconciled. */
  kind: Kind;
  /** Other kinds whose changes concern objects of that kind. */
  watches?: Array<{ kind: Kind; keys: KeyMapping }>;
  /** Anything else that calls for a look; returns how to stop listening. */
  subscribe?: (enqueue: (key: string, delayMs?: number) => void) => () => void;
  /**
   * Compares one object with what should be and takes a step. Level-triggered: it is told
   * what to look at, never what happened. Returns when to look again, in milliseconds.
   */
  reconcile: (
    object: KubernetesObject,
    reconciler: Reconciler,
  ) => Promise<number | undefined> | number | undefined;
}

/** The key of an object in a queue: `namespace/name`. */
export function queueKey(object: { namespace?: string; name: string }): string {
  return `${object.namespace ?? ''}/${object.name}`;
}

/** The loop that every stand-in shares: watch, queue, reconcile, look again. */
export class Reconciler implements Controller {
  readonly name: string;
  readonly #options: ReconcilerOptions;
  readonly #queue: WorkQueue;
  #stops: Array<() => void> = [];

  constructor(options: ReconcilerOptions) {
    this.name = options.name;
    this.#options = options;
    this.#queue = new WorkQueue({
      work: key => this.#reconcile(key),
      onError: (key, error) =>
        options.log(`${options.name} ${key}: ${messageOf(error)}`),
    });
  }

  start(): void {
    const { kind, watches = [], subscribe } = this.#options;
    this.watch(kind, event => [queueKey(event.object.metadata)]);
    for (const watched of watches) {
      this.watch(watched.kind, watched.keys);
    }
    if (subscribe) {
      this.#stops.push(subscribe((key, delayMs) => this.enqueue(key, delayMs)));
    }
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) {
      stop();
    }
    this.#stops = [];
    await this.#queue.stop();
  }

  /** Watches one more kind, also while running. */
  watch(kind: Kind, keys: KeyMapping): void {
    const stop = this.#options.cluster.watch(kind, event => {
      for (const key of keys(event)) {
        this.enqueue(key);
      }
    });
    this.#stops.push(stop);
  }

  enqueue(key: string, delayMs = this.#options.timing.debounceMs): void {
    this.#queue.add(key, delayMs);
  }

  async #reconcile(key: string): Promise<number | undefined> {
    const [namespace, name] = key.split('/');
    const objectKey: ObjectKey = {
      ...this.#options.kind,
      ...(namespace && { namespace }),
      name,
    };
    const object = this.#options.cluster.get(objectKey);
    return object && (await this.#options.reconcile(object, this));
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
