import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { toError } from '@backstage/errors';
import type {
  Application,
  ClusterStatus,
  FleetCell,
  FleetResponse,
  ServiceResponse,
} from '@fairway/plugin-gitops-common';
import { keyOf, type ClusterScript } from './ClusterScript';
import type { ClusterTruth } from './ClusterTruth';
import { eventually } from './eventually';
import type { TestBackend } from './TestBackend';

/** Between two looks, unless a test has less time for them. */
const EVERY_MILLIS = 200;
const MAXIMUM_LIES = 10;
/** Rows of the fleet that are looked at, unless a test looks at fewer. */
const ROWS = 500;

/** A cluster that is looked at, with what is true of it. */
export interface Watched {
  truth: ClusterTruth;
  scripts: readonly ClusterScript[];
  /** Whose page is looked at. */
  component?: string;
}

/** When an answer was asked for and had, in Unix milliseconds. */
interface Times {
  askedAt: number;
  answeredAt: number;
}

/**
 * Looks at `GET /clusters`, the fleet and the pages of services all the time, as people do, and
 * remembers what was not true.
 */
export class Witness {
  readonly #backend: Pick<TestBackend, 'api'>;
  readonly #watched: readonly Watched[];
  readonly #lies = new Map<string, Set<string>>();
  /** What the page of a service said last that is a lie if it says it again. */
  readonly #doubts = new Map<string, ReadonlySet<string>>();
  readonly #rows: number;
  readonly #everyMillis: number;
  readonly #looking: Promise<void>;
  #stopped = false;
  #rounds = 0;

  /** @param options.rows - of the fleet that are looked at */
  constructor(
    backend: Pick<TestBackend, 'api'>,
    watched: readonly Watched[],
    options: { rows?: number; everyMillis?: number } = {},
  ) {
    this.#backend = backend;
    this.#watched = watched;
    this.#rows = options.rows ?? ROWS;
    this.#everyMillis = options.everyMillis ?? EVERY_MILLIS;
    watched.forEach(({ truth }) => truth.begins());
    this.#looking = this.#look();
  }

  /** Ends it; before the backend ends. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#looking;
  }

  /**
   * Looks once more, and holds everything that was said of the cluster against the truth.
   *
   * @throws AssertionError that names what was not true
   */
  async expectTruth(cluster: string): Promise<void> {
    if (!this.#stopped) {
      // The round that lasts, and one that begins after this call.
      const enough = this.#rounds + 2;
      await eventually(() => assert.ok(this.#rounds >= enough));
    }
    assert.deepEqual([...(this.#lies.get(cluster) ?? [])], []);
  }

  async #look(): Promise<void> {
    while (!this.#stopped) {
      const since = Date.now();
      await this.#ask('GET /clusters', async times => {
        const { items } = await this.#backend.api.getClusters();
        return () => this.#clustersSaid('GET /clusters', items, times());
      });
      await this.#ask('The fleet', async times => {
        const fleet = await this.#backend.api.getFleet({ limit: this.#rows });
        return () => this.#fleetSaid(fleet, times());
      });
      const pages = this.#watched.filter(({ component }) => component);
      const watched = pages[this.#rounds % Math.max(pages.length, 1)];
      if (watched) {
        await this.#ask('The page', async times => {
          const page = await this.#backend.api.getService(
            `component:default/${watched.component}`,
          );
          return () => this.#pageSaid(page, watched, times());
        });
      }
      this.#rounds += 1;
      // A busy machine has better things to do half of the time.
      await pause(Math.max(this.#everyMillis, Date.now() - since));
    }
  }

  async #ask(
    what: string,
    ask: (times: () => Times) => Promise<() => void>,
  ): Promise<void> {
    const askedAt = Date.now();
    try {
      const judge = await ask(() => ({ askedAt, answeredAt: Date.now() }));
      judge();
    } catch (error) {
      for (const { truth } of this.#watched) {
        this.#lie(truth.name, `${what} did not answer: ${toError(error)}`);
      }
    }
  }

  #lie(cluster: string, text: string): void {
    const lies = this.#lies.get(cluster) ?? new Set();
    if (lies.size < MAXIMUM_LIES) {
      lies.add(text);
    }
    this.#lies.set(cluster, lies);
  }

  #clustersSaid(
    where: string,
    clusters: readonly ClusterStatus[],
    context: Times & { of?: Watched },
  ): void {
    const { askedAt, answeredAt, of } = context;
    for (const { truth, scripts } of of ? [of] : this.#watched) {
      const status = clusters.find(({ name }) => name === truth.name);
      const required = scripts.flatMap(({ presence, kinds }) =>
        kinds.length > 0 ? presence.required(askedAt, answeredAt) : [],
      );
      if (!status) {
        if (required.length > 0) {
          this.#lie(truth.name, `${where}: the cluster is missing`);
        }
        continue;
      }
      for (const lie of truth.liesOf(status, answeredAt)) {
        this.#lie(truth.name, `${where}: ${lie}`);
      }
      if (status.applications < required.length) {
        this.#lie(
          truth.name,
          `${where}: ${status.applications} applications of ${required.length}`,
        );
      }
    }
  }

  #fleetSaid(fleet: FleetResponse, times: Times): void {
    const { clusters, errors } = fleet;
    this.#clustersSaid('The fleet', clusters, times);
    const cells = fleet.rows.flatMap(row => row.cells);
    for (const watched of this.#watched) {
      const { name } = watched.truth;
      const own = cells.filter(({ ref }) => ref.cluster === name);
      // What is on another page of a long fleet is counted above.
      if (!fleet.nextCursor) {
        this.#applicationsSaid('The fleet', own, { watched, times });
      }
      this.#stalenessSaid('The fleet', own, { watched, clusters });
      const { state } = clusters.find(one => one.name === name) ?? {};
      const isTrouble = state === 'unreachable' || state === 'forbidden';
      if (errors.some(({ source }) => source === name) !== isTrouble) {
        this.#lie(
          name,
          `The fleet: the cluster is ${state}, and the errors are ${JSON.stringify(
            errors,
          )}`,
        );
      }
    }
  }

  #pageSaid(page: ServiceResponse, whole: Watched, times: Times): void {
    const { truth, component } = whole;
    // What belongs to the service, of what is watched.
    const scripts = whole.scripts.filter(one => one.component === component);
    const watched = { truth, component, scripts };
    this.#clustersSaid('The page', page.clusters, { ...times, of: watched });
    const applications = [
      ...page.environments.flatMap(one => one.applications),
      ...page.otherApplications,
    ];
    this.#applicationsSaid('The page', applications, { watched, times });
    const facts = page.facts.filter(({ ref }) =>
      scripts.some(({ factKinds }) => factKinds.includes(ref.kind)),
    );
    this.#stalenessSaid('The page', [...applications, ...facts], {
      ...{ watched, clusters: page.clusters, isPatient: true },
    });
    const shown = facts.map(({ ref }) => keyOf(ref));
    for (const { presence, factKinds } of scripts) {
      const required =
        factKinds.length > 0
          ? presence.required(times.askedAt, times.answeredAt)
          : [];
      for (const key of required.filter(one => !shown.includes(one))) {
        this.#lie(truth.name, `The page: ${key} is missing`);
      }
    }
  }

  /** Everything that has to be there is, once. */
  #applicationsSaid(
    where: string,
    shown: ReadonlyArray<Pick<Application, 'ref'>>,
    context: { watched: Watched; times: Times },
  ): void {
    const { truth, scripts } = context.watched;
    const { askedAt, answeredAt } = context.times;
    const keys = shown.map(({ ref }) => keyOf(ref));
    const unique = new Set(keys);
    if (unique.size !== keys.length) {
      this.#lie(truth.name, `${where}: an application is there twice`);
    }
    for (const { presence, kinds } of scripts) {
      for (const key of kinds.length > 0
        ? presence.required(askedAt, answeredAt)
        : []) {
        if (!unique.has(key)) {
          this.#lie(truth.name, `${where}: ${key} is missing`);
        }
      }
    }
  }

  /** What is stale is called so, and nothing else, by the word of the same answer. */
  #stalenessSaid(
    where: string,
    shown: ReadonlyArray<Pick<FleetCell, 'ref' | 'staleSince'>>,
    context: {
      watched: Watched;
      clusters: readonly ClusterStatus[];
      /** A part of the answer may be a moment older than another. */
      isPatient?: boolean;
    },
  ): void {
    const { watched, clusters, isPatient } = context;
    const { truth } = watched;
    const resources =
      clusters.find(({ name }) => name === truth.name)?.resources ?? [];
    const lies = new Set<string>();
    for (const { ref, staleSince } of shown) {
      const [group] = ref.apiVersion.split('/');
      const watch = resources.find(
        ({ resource }) =>
          resource.startsWith(`${group}/`) &&
          resource.endsWith(`/${ref.kind.toLowerCase()}s`),
      );
      const lie = watch
        ? truth.staleLieOf(watch, staleSince)
        : `nothing is said of the watch of ${ref.kind} ${ref.name}`;
      if (lie) {
        lies.add(`${where}: ${lie}`);
      }
    }
    const before = this.#doubts.get(truth.name);
    [...lies]
      .filter(lie => !isPatient || before?.has(lie))
      .forEach(lie => this.#lie(truth.name, lie));
    if (isPatient) {
      this.#doubts.set(truth.name, lies);
    }
  }
}
