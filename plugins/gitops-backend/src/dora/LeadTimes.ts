import {
  computeDoraResults,
  previousWindow,
  type DoraWindow,
} from '@fairway/plugin-gitops-common';
import type { GitopsReader } from '../store';
import { groupByService } from './groupByService';

/** A median over 30 days moves little in this time when nothing is deployed. */
const KEPT_MS = 600_000;
/** Position of the lead time in the five results. */
const LEAD_TIME = 1;

interface Entry {
  version: number;
  until: number;
  value: Promise<number | undefined>;
}

/**
 * The lead times of services as the fleet shows them: each is measured when somebody looks at
 * it, and again when its deployments changed or ten minutes later.
 */
export class LeadTimes {
  readonly #store: Pick<GitopsReader, 'deploymentsInWindow'>;
  readonly #windowOf: () => DoraWindow;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(options: {
    store: Pick<GitopsReader, 'deploymentsInWindow'>;
    windowOf: () => DoraWindow;
    now: () => number;
  }) {
    this.#store = options.store;
    this.#windowOf = options.windowOf;
    this.#now = options.now;
  }

  /** In seconds, for those that have one; one query for all that are not known. */
  async get(
    entityRefs: readonly string[],
    versionOf: (entityRef: string) => number,
  ): Promise<ReadonlyMap<string, number>> {
    const now = this.#now();
    const unknown = entityRefs.filter(ref => {
      const entry = this.#entries.get(ref);
      return !entry || entry.until <= now || entry.version !== versionOf(ref);
    });
    if (unknown.length > 0) {
      this.#measure(unknown, versionOf);
    }
    const values = new Map<string, number>();
    for (const [ref, entry] of entityRefs.map(
      one => [one, this.#entries.get(one)] as const,
    )) {
      const value = await entry?.value;
      if (value !== undefined) {
        values.set(ref, value);
      }
    }
    return values;
  }

  #measure(
    entityRefs: readonly string[],
    versionOf: (entityRef: string) => number,
  ): void {
    const until = this.#now() + KEPT_MS;
    const measured = this.#read(entityRefs);
    for (const ref of entityRefs) {
      const value = measured.then(values => values.get(ref));
      const entry = { version: versionOf(ref), until, value };
      this.#entries.set(ref, entry);
      value.catch(() => {
        if (this.#entries.get(ref) === entry) {
          this.#entries.delete(ref);
        }
      });
    }
  }

  async #read(
    entityRefs: readonly string[],
  ): Promise<ReadonlyMap<string, number>> {
    const window = this.#windowOf();
    const deployments = await this.#store.deploymentsInWindow({
      // What the window before carried is carried again here, and does not count twice.
      from: previousWindow(window).from,
      to: window.to,
      tier: 'production',
      entityRefs,
    });
    const values = new Map<string, number>();
    for (const [ref, own] of groupByService(deployments)) {
      const result = computeDoraResults({ deployments: own, window })[
        LEAD_TIME
      ];
      if (result.status === 'measured') {
        values.set(ref, result.value);
      }
    }
    return values;
  }
}
