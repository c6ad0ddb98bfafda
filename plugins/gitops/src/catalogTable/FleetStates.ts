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
  #timer?: ReturnType<typeof setTimeout>;
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
    if (!this.#states.has(entityRef)) {
      this.#schedule(GATHER_MS);
    }
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) {
        this.#listeners.delete(entityRef);
        this.#states.delete(entityRef);
      }
      if (this.#listeners.size === 0) {
        this.#stop();
      }
    };
  }

  #start() {
    document.addEventListener('visibilitychange', this.#onVisible);
    const subscription = this.#signals?.subscribe(GITOPS_SIGNAL_CHANNEL, () =>
      this.#schedule(GATHER_MS),
    );
    this.#unsubscribe = () => subscription?.unsubscribe();
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    document.removeEventListener('visibilitychange', this.#onVisible);
    this.#unsubscribe?.();
  }

  readonly #onVisible = () => {
    if (!document.hidden) {
      this.#schedule(GATHER_MS);
    }
  };

  #schedule(milliseconds: number) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#load(), milliseconds);
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
    }
  }

  #put(ref: string, state: FleetState) {
    const listeners = this.#listeners.get(ref);
    if (listeners) {
      this.#states.set(ref, state);
      listeners.forEach(listener => listener());
    }
  }
}
