import { setTimeout } from 'node:timers/promises';
import type { ClusterStatus, FleetCell } from '@fairway/plugin-gitops-common';
import type { ChangeFeed, Changes, GitopsReader } from '../../store';
import { staleSince } from '../markStale';
import {
  SharedTexts,
  toFleetApplication,
  type FleetApplication,
} from './FleetApplication';

/** What {@link FleetIndex} is fed from. */
export type FleetSource = ChangeFeed &
  Pick<
    GitopsReader,
    'getApplications' | 'listApplications' | 'listClusterStatus'
  >;

/** Between two questions, so that very many readers do not ask all the time, */
const REST_MS = 5;
/** and after a round of changes, so that a stream of them does not take all the time. */
const REST_AFTER_CHANGES_MS = 25;
/** When clusters were last seen is no change that the feed tells. */
const CLUSTERS_EVERY_MS = 15_000;
const LOAD_PAGE = 200;
const CHANGES_AT_ONCE = 500;

function byName(a: FleetApplication, b: FleetApplication): number {
  const [left, right] = [a.cell.ref.name, b.cell.ref.name];
  if (left !== right) {
    return left < right ? -1 : 1;
  }
  return a.cell.id < b.cell.id ? -1 : 1;
}

/**
 * The cells of all applications and the state of the clusters, in memory: what every page of the
 * fleet is made of. About 1 kB for an application; each replica has its own.
 *
 * @remarks
 * It is read once from the store and kept current by the feed of changes, which is asked when
 * somebody reads: one row by its key, while nothing changes. It knows nothing of permissions: a `FleetView` is what a
 * caller may see of it. Lists are replaced and never changed, so that who keeps one can tell by
 * its identity whether it is current.
 */
export class FleetIndex {
  readonly #source: FleetSource;
  readonly #now: () => number;
  readonly #applications = new Map<string, FleetApplication>();
  readonly #groups = new Map<string, readonly FleetApplication[]>();
  readonly #versions = new Map<string, number>();
  #texts = new SharedTexts();
  #strays: readonly FleetApplication[] = [];
  #clusters: readonly ClusterStatus[] = [];
  #clustersReadAt = 0;
  #clusterStates = '';
  #stale = new Map<string, string>();
  /** Number of the feed up to which everything is known; -1 before the first reading. */
  #seq = -1;
  #base = 0;
  #generation = 0;
  #clusterRevision = 0;
  #grownAt = 0;
  #restUntil = 0;
  #asking: Promise<void> = Promise.resolve();
  #next?: Promise<void>;

  constructor(options: { source: FleetSource; now?: () => number }) {
    this.#source = options.source;
    this.#now = options.now ?? Date.now;
  }

  /** Another number after each change of anything. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * Another number after the state of a cluster changed, or a fact that its services share; when it
   * was last seen is no change.
   */
  get clusterRevision(): number {
    return this.#clusterRevision;
  }

  get clusters(): readonly ClusterStatus[] {
    return this.#clusters;
  }

  /** Those that belong to no component, by name. */
  get strays(): readonly FleetApplication[] {
    return this.#strays;
  }

  /** When a component got its first application, as far as that was seen; in Unix ms. */
  get grownAt(): number {
    return this.#grownAt;
  }

  /** Applications of a component, by name. */
  ofComponent(entityRef: string): readonly FleetApplication[] | undefined {
    return this.#groups.get(entityRef);
  }

  /** Another number after each change of anything that is stored of a component. */
  versionOf(entityRef: string): number {
    return this.#versions.get(entityRef) ?? this.#base;
  }

  /** The cell as it is shown: with `staleSince` while its cluster cannot be seen. */
  shown({ cell, observedAt }: FleetApplication): FleetCell {
    const { ref } = cell;
    const key = `${ref.cluster} ${ref.apiVersion} ${ref.kind}`;
    let since = this.#stale.get(key);
    if (since === undefined) {
      since = staleSince({ ref, observedAt }, this.#clusters) ?? '';
      this.#stale.set(key, since);
    }
    return since ? { ...cell, staleSince: since } : cell;
  }

  /**
   * Resolves when everything is known that was written before the call.
   *
   * @remarks
   * Those who come while the feed is being asked share the next question. It is asked at most two
   * hundred times a second, and forty times while changes stream in.
   */
  catchUp(): Promise<void> {
    this.#next ??= this.#askNext();
    return this.#next;
  }

  async #askNext(): Promise<void> {
    await this.#asking.catch(() => {});
    const rest = this.#restUntil - performance.now();
    if (rest > 0) {
      await setTimeout(rest);
    }
    // From here on, what is written may be missed by this question.
    this.#next = undefined;
    this.#asking = this.#ask();
    return this.#asking;
  }

  async #ask(): Promise<void> {
    if (this.#seq < 0) {
      await this.#readAll(await this.#source.latestChange());
    }
    const latest = await this.#source.latestChange();
    const isBehind = this.#seq !== latest;
    if (isBehind) {
      await this.#follow(latest);
    }
    if (this.#now() - this.#clustersReadAt >= CLUSTERS_EVERY_MS) {
      await this.#readClusters();
    }
    this.#restUntil =
      performance.now() + (isBehind ? REST_AFTER_CHANGES_MS : REST_MS);
  }

  async #follow(latest: number): Promise<void> {
    while (this.#seq !== latest) {
      const changes = await this.#source.changesSince(
        this.#seq,
        CHANGES_AT_ONCE,
      );
      if (!changes.complete) {
        await this.#readAll(changes.seq);
        return;
      }
      if (changes.seq === this.#seq) {
        return;
      }
      await this.#apply(changes);
      if (this.#seq > latest) {
        return;
      }
    }
  }

  async #readAll(seq: number): Promise<void> {
    const all = new Map<string, FleetApplication>();
    const texts = new SharedTexts();
    let cursor: string | undefined;
    do {
      const page = await this.#source.listApplications({
        limit: LOAD_PAGE,
        cursor,
      });
      for (const application of page.items) {
        all.set(application.id, toFleetApplication(application, texts));
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    this.#texts = texts;
    this.#applications.clear();
    this.#groups.clear();
    this.#versions.clear();
    all.forEach((application, id) => this.#applications.set(id, application));
    this.#group([...all.values()].sort(byName));
    await this.#readClusters();
    this.#seq = seq;
    this.#generation += 1;
    // Versions of before never come back.
    this.#base = -this.#generation;
  }

  #group(sorted: readonly FleetApplication[]): void {
    this.#strays = sorted.filter(({ entityRef }) => !entityRef);
    const groups = new Map<string, FleetApplication[]>();
    for (const application of sorted) {
      const { entityRef } = application;
      const group = entityRef && groups.get(entityRef);
      if (group) {
        group.push(application);
      } else if (entityRef) {
        groups.set(entityRef, [application]);
      }
    }
    groups.forEach((group, ref) => this.#groups.set(ref, group));
  }

  async #apply(changes: Changes): Promise<void> {
    const { applicationIds, entityRefs, clusters, seq } = changes;
    if (applicationIds.length > 0) {
      const found = await this.#source.getApplications(applicationIds);
      const current = new Map(
        found.map(one => [one.id, toFleetApplication(one, this.#texts)]),
      );
      this.#replace(applicationIds, current);
    }
    if (clusters.length > 0) {
      await this.#readClusters();
      this.#clusterRevision += 1;
    }
    for (const ref of entityRefs) {
      this.#versions.set(ref, seq);
    }
    this.#seq = seq;
    this.#generation += 1;
  }

  #replace(
    ids: readonly string[],
    current: ReadonlyMap<string, FleetApplication>,
  ): void {
    const before = ids.flatMap(id => this.#applications.get(id) ?? []);
    const gone = new Set(ids);
    for (const id of ids) {
      const application = current.get(id);
      if (application) {
        this.#applications.set(id, application);
      } else {
        this.#applications.delete(id);
      }
    }
    const after = [...current.values()];
    const touched = new Set([...before, ...after].map(one => one.entityRef));
    for (const ref of touched) {
      const group = (ref ? this.#groups.get(ref) : this.#strays) ?? [];
      const next = [
        ...group.filter(({ cell }) => !gone.has(cell.id)),
        ...after.filter(({ entityRef }) => entityRef === ref),
      ].sort(byName);
      if (!ref) {
        this.#strays = next;
      } else if (next.length > 0) {
        this.#grownAt = group.length > 0 ? this.#grownAt : this.#now();
        this.#groups.set(ref, next);
      } else {
        this.#groups.delete(ref);
      }
    }
  }

  async #readClusters(): Promise<void> {
    const clusters = await this.#source.listClusterStatus();
    this.#clustersReadAt = this.#now();
    const isNew = JSON.stringify(clusters) !== JSON.stringify(this.#clusters);
    if (isNew) {
      this.#clusters = clusters;
      this.#stale = new Map();
      this.#generation += 1;
    }
    const states = JSON.stringify(clusters, withoutTimes);
    if (states !== this.#clusterStates) {
      this.#clusterStates = states;
      this.#clusterRevision += 1;
    }
  }
}

/** Leaves out what moves while nothing happens. */
function withoutTimes(
  this: { state?: unknown },
  key: string,
  value: unknown,
): unknown {
  const moves =
    key === 'applications' ||
    (key === 'lastSeenAt' && this.state === 'connected');
  return moves ? undefined : value;
}
