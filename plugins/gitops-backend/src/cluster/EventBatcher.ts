import type { KubernetesObject } from '@fairway/plugin-gitops-node';
import type { Semaphore } from './Semaphore';
import { objectKey } from './WatchedResource';

/** What is to be recorded of one object. */
export interface PendingChange {
  /** What was deleted, as it was then; it was made anew since when there is an `object`. */
  deleted?: KubernetesObject;
  /** Its newest state, unless it is gone. */
  object?: KubernetesObject;
}

/** Changes by object, see `objectKey`. */
export type PendingChanges = Map<string, PendingChange>;

/** Handed on at once at most. */
const BATCH = 200;

/**
 * Holds the newest change of each object while earlier ones are being recorded.
 *
 * @remarks
 * Recording goes on in the background, one batch after the other. How much may wait is bounded, by
 * batch and by the room that all watches share; then `add` waits, and with it the server.
 */
export class EventBatcher {
  readonly #record: (changes: PendingChanges) => Promise<void>;
  readonly #room: Semaphore;
  readonly #signal: AbortSignal;
  readonly #onFailure: () => void;
  readonly #releases: Array<() => void> = [];
  #pending: PendingChanges = new Map();
  #recording?: Promise<void>;
  #failure?: unknown;

  constructor(options: {
    /** Called with one batch at a time. */
    record(changes: PendingChanges): Promise<void>;
    /** A permit for each object that waits. */
    room: Semaphore;
    signal: AbortSignal;
    /** Called when something was not recorded, which nobody may ask for in a quiet cluster. */
    onFailure(): void;
  }) {
    this.#onFailure = options.onFailure;
    this.#record = options.record;
    this.#room = options.room;
    this.#signal = options.signal;
  }

  /**
   * Takes one change; resolves when there is room for another.
   *
   * @throws what the recording of an earlier change threw.
   */
  async add(change: {
    type: 'DELETED' | (string & {});
    object: KubernetesObject;
  }): Promise<void> {
    this.#throwFailure();
    const key = objectKey(change.object);
    if (!this.#pending.has(key)) {
      while (this.#pending.size >= BATCH && this.#recording) {
        await this.#recording;
        this.#throwFailure();
      }
      const release = await this.#room.acquire(this.#signal);
      this.#releases.push(release);
    }
    const before = this.#pending.get(key);
    this.#pending.set(
      key,
      change.type === 'DELETED'
        ? { deleted: change.object }
        : { deleted: before?.deleted, object: change.object },
    );
    this.#recording ??= this.#recordAll();
  }

  /**
   * Resolves when everything is recorded.
   *
   * @throws what recording threw; what waited then is dropped.
   */
  async drain(): Promise<void> {
    while (this.#recording) {
      await this.#recording;
    }
    this.#throwFailure();
  }

  /** Drops what waits; resolves when nothing is being recorded any more. */
  async stop(): Promise<void> {
    this.#drop();
    await this.#recording;
    this.#drop();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
  }

  #drop(): void {
    this.#pending = new Map();
    this.#releases.splice(0).forEach(release => release());
  }

  /** Never rejects. */
  async #recordAll(): Promise<void> {
    // Events that came together are recorded together.
    await new Promise(resolve => setImmediate(resolve));
    while (this.#pending.size > 0 && this.#failure === undefined) {
      const batch = this.#pending;
      const releases = this.#releases.splice(0);
      this.#pending = new Map();
      try {
        await this.#record(batch);
      } catch (error) {
        this.#failure = error ?? new Error('What was seen was not stored');
        this.#drop();
        this.#onFailure();
      } finally {
        releases.forEach(release => release());
      }
    }
    this.#recording = undefined;
  }
}
