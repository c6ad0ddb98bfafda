import {
  GITOPS_SIGNAL_CHANNEL,
  type FleetRow,
  type GitopsApi,
} from '@fairway/plugin-gitops-common';
import type { SignalApi } from '@backstage/plugin-signals-react';
import { refreshInterval } from '../model/refresh';

/** Refs of one request; keeps its address short enough for every proxy. */
const MAX_REFS = 100;

/** Cells that appear together are asked for together. */
const GATHER_MS = 20;

/** The table mounts its cells anew whenever it changes; what is this young is not asked again. */
const FRESH_MS = 5_000;

/** What is known of one component. */
export interface FleetState {
  row?: FleetRow;
  loading: boolean;
  error?: Error;
}

const LOADING: FleetState = { loading: true };

/**
 * The states of the components that are on the screen, in one request for all of them:
 * cells subscribe to their component, the store asks once for those that have listeners.
 */
export class FleetStates {
  readonly #api: GitopsApi;
  readonly #signals?: SignalApi;
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #states = new Map<string, FleetState>();
  /** When a state was loaded, by the clock of `performance.now()`. */
  readonly #loadedAt = new Map<string, number>();
  /** Components of requests that are under way. */
  readonly #asked = new Set<string>();
  #timer?: ReturnType<typeof setTimeout>;
  #dueAt = Infinity;
  #unsubscribe?: () => void;
  #failures = 0;

  constructor(options: { api: GitopsApi; signals?: SignalApi }) {
    this.#api = options.api;
    this.#signals = options.signals;
  }

  get(entityRef: string): FleetState {
    return this.#states.get(entityRef) ?? LOADING;
  }

  subscribe(entityRef: string, listener: () => void): () => void {
    const first = this.#listeners.size === 0;
    const listeners = this.#listeners.get(entityRef) ?? new Set();
    this.#listeners.set(entityRef, listeners.add(listener));
    if (first) {
      this.#start();
    }
    if (!this.#asked.has(entityRef) && !this.#isFresh(entityRef)) {
      this.#schedule(GATHER_MS);
    }
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) {
        this.#listeners.delete(entityRef);
      }
      if (this.#listeners.size === 0) {
        this.#stop();
      }
    };
  }

  #isFresh(entityRef: string): boolean {
    const loadedAt = this.#loadedAt.get(entityRef);
    return loadedAt !== undefined && performance.now() - loadedAt < FRESH_MS;
  }

  #start() {
    this.#schedule(refreshInterval({ inMotion: false, failures: 0 }));
    document.addEventListener('visibilitychange', this.#onVisible);
    const subscription = this.#signals?.subscribe(GITOPS_SIGNAL_CHANNEL, () =>
      this.#schedule(GATHER_MS),
    );
    this.#unsubscribe = () => subscription?.unsubscribe();
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#dueAt = Infinity;
    document.removeEventListener('visibilitychange', this.#onVisible);
    this.#unsubscribe?.();
  }

  readonly #onVisible = () => {
    if (!document.hidden) {
      this.#schedule(GATHER_MS);
    }
  };

  /** Loads within that time; what is due sooner stays due. */
  #schedule(milliseconds: number) {
    const dueAt = performance.now() + milliseconds;
    if (dueAt >= this.#dueAt) {
      return;
    }
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => {
      this.#dueAt = Infinity;
      this.#load();
    }, milliseconds);
  }

  async #load() {
    const refs = [...this.#listeners.keys()];
    if (document.hidden || refs.length === 0) {
      return;
    }
    const chunks = Array.from(
      { length: Math.ceil(refs.length / MAX_REFS) },
      (_, index) => refs.slice(index * MAX_REFS, (index + 1) * MAX_REFS),
    );
    await Promise.all(chunks.map(chunk => this.#loadChunk(chunk)));
    if (this.#listeners.size > 0) {
      const inMotion = [...this.#states.values()].some(
        ({ row }) => row?.health === 'progressing',
      );
      this.#schedule(refreshInterval({ inMotion, failures: this.#failures }));
    }
  }

  async #loadChunk(refs: string[]) {
    refs.forEach(ref => this.#asked.add(ref));
    try {
      const { rows } = await this.#api.getFleet({
        entityRef: refs,
        limit: MAX_REFS,
      });
      this.#failures = 0;
      const byRef = new Map(rows.map(row => [row.entityRef, row]));
      refs.forEach(ref =>
        this.#put(ref, { loading: false, row: byRef.get(ref) }),
      );
    } catch (error) {
      this.#failures += 1;
      refs.forEach(ref =>
        this.#put(ref, {
          ...this.#states.get(ref),
          loading: false,
          error: error as Error,
        }),
      );
    } finally {
      refs.forEach(ref => this.#asked.delete(ref));
    }
  }

  #put(ref: string, state: FleetState) {
    this.#states.set(ref, state);
    this.#loadedAt.set(ref, performance.now());
    this.#listeners.get(ref)?.forEach(listener => listener());
  }
}
