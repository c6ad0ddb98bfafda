import type {
  ClusterStatus,
  FleetQuery,
  FleetResponse,
} from '@fairway/plugin-gitops-common';
import { HEALTH_STATUSES, SYNC_STATUSES } from '@fairway/plugin-gitops-common';
import type { Visibility } from '../Visibility';
import type { FleetApplication } from './FleetApplication';
import type { FleetIndex } from './FleetIndex';
import {
  canBeDeployed,
  inOrderOfNames,
  isUnregistered,
  sortIndexedRows,
  toIndexedRow,
  type IndexedRow,
} from './fleetRows';

type Sort = NonNullable<FleetQuery['sort']>;

const NONE: readonly FleetApplication[] = [];

/**
 * The fleet as those see it who may read the same: rows, orders and counts, brought up to date
 * row by row when the index has moved on.
 */
export class FleetView {
  readonly #index: FleetIndex;
  readonly #visibility: Visibility;
  #rows = new Map<string, IndexedRow>();
  /** Keys of the rows by name. */
  #order: string[] = [];
  #sorted = new Map<Sort, IndexedRow[]>();
  #counts?: FleetResponse['counts'];
  #applications?: FleetApplication[];
  #generation?: number;

  constructor(options: { index: FleetIndex; visibility: Visibility }) {
    this.#index = options.index;
    this.#visibility = options.visibility;
  }

  /** Components, and applications that belong to none. */
  get size(): number {
    return this.#visibility.services.size + this.#index.strays.length;
  }

  /** All rows; not to be changed. */
  rows(sort: Sort): readonly IndexedRow[] {
    this.#update();
    let rows = this.#sorted.get(sort);
    if (!rows) {
      rows = sortIndexedRows(
        this.#order.map(key => this.#rows.get(key)!),
        sort,
      );
      this.#sorted.set(sort, rows);
    }
    return rows;
  }

  /** All applications in no particular order; not to be changed. */
  applications(): readonly FleetApplication[] {
    this.#update();
    this.#applications ??= [...this.#rows.values()].flatMap(
      ({ applications }) => applications,
    );
    return this.#applications;
  }

  /** How many there are of what is seen, whatever is filtered. */
  counts(): FleetResponse['counts'] {
    this.#update();
    this.#counts ??= this.#count();
    return this.#counts;
  }

  /** The clusters with the number of applications that are seen; the store counts all. */
  clusters(): ClusterStatus[] {
    const counts = new Map<string, number>();
    for (const { cell } of this.applications()) {
      const { cluster } = cell.ref;
      counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
    }
    return this.#index.clusters.map(cluster => ({
      ...cluster,
      applications: counts.get(cluster.name) ?? 0,
    }));
  }

  #count(): FleetResponse['counts'] {
    const zeros = <T extends string>(values: readonly T[]) =>
      Object.fromEntries(values.map(value => [value, 0])) as Record<T, number>;
    const counts: FleetResponse['counts'] = {
      services: 0,
      applications: 0,
      health: zeros(HEALTH_STATUSES),
      sync: zeros(SYNC_STATUSES),
      unregistered: 0,
    };
    for (const { row } of this.#rows.values()) {
      counts.services += row.entityRef ? 1 : 0;
      counts.unregistered += isUnregistered(row) ? 1 : 0;
      counts.applications += row.cells.length;
      for (const { health, sync } of row.cells) {
        counts.health[health] += 1;
        counts.sync[sync] += 1;
      }
    }
    return counts;
  }

  #update(): void {
    const { generation } = this.#index;
    if (this.#generation === generation) {
      return;
    }
    const rows = this.#currentRows();
    const isSameOrder =
      rows.size === this.#rows.size &&
      this.#order.every(key => rows.has(key)) &&
      this.#generation !== undefined;
    this.#rows = rows;
    this.#order = isSameOrder ? this.#order : inOrderOfNames(rows);
    this.#sorted = new Map();
    this.#counts = undefined;
    this.#applications = undefined;
    this.#generation = generation;
  }

  #currentRows(): Map<string, IndexedRow> {
    const rows = new Map<string, IndexedRow>();
    for (const service of this.#visibility.services.values()) {
      const key = service.entityRef;
      const applications = this.#index.ofComponent(key) ?? NONE;
      if (applications.length > 0 || canBeDeployed(service)) {
        const before = this.#rows.get(key);
        rows.set(
          key,
          before?.applications === applications
            ? before
            : toIndexedRow({ name: service.name, applications, service }),
        );
      }
    }
    if (this.#visibility.seesStrays) {
      for (const stray of this.#index.strays) {
        const { id, ref } = stray.cell;
        const key = `application ${id}`;
        const before = this.#rows.get(key);
        rows.set(
          key,
          before?.applications[0] === stray
            ? before
            : toIndexedRow({ name: ref.name, applications: [stray] }),
        );
      }
    }
    return rows;
  }
}
