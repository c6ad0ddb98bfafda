import {
  HEALTH_STATUSES,
  worstHealth,
  worstSync,
  type FleetCell,
  type FleetQuery,
  type FleetRow,
} from '@fairway/plugin-gitops-common';
import type { Service } from '../../catalog';
import type { FleetApplication } from './FleetApplication';

/** Components of these types are not deployed, so that one without application is no omission. */
const NOT_DEPLOYED_TYPES = ['library', 'documentation', 'template'];

/** A row with what it is found and sorted by. */
export interface IndexedRow {
  /** Its cells are without `staleSince`. */
  row: FleetRow;
  applications: readonly FleetApplication[];
  /** The more, the worse. */
  trouble: number;
  /** ISO time; empty when nothing was deployed. */
  lastDeployedAt: string;
  /** Lower-case text to search in; made when somebody searches. */
  search?: string;
}

/** Whether a component of this type is expected to run somewhere. */
export function canBeDeployed(service: Service): boolean {
  return !NOT_DEPLOYED_TYPES.includes(service.type ?? 'service');
}

/** The row of a component, or of an application that belongs to none. */
export function toIndexedRow(options: {
  name: string;
  applications: readonly FleetApplication[];
  service?: Service;
}): IndexedRow {
  const { name, applications, service } = options;
  const cells = applications.map(({ cell }) => cell);
  const row: FleetRow = {
    name,
    ...(service && {
      entityRef: service.entityRef,
      title: service.title,
      owner: service.owner,
      system: service.system,
    }),
    unregistered: cells.length === 0,
    engines: [...new Set(cells.map(({ engine }) => engine))].sort(),
    health: worstHealth(cells.map(({ health }) => health)),
    sync: worstSync(cells.map(({ sync }) => sync)),
    cells,
  };
  return {
    row,
    applications,
    trouble: troubleOf(row),
    lastDeployedAt: cells
      .map(({ lastDeployment }) => lastDeployment?.finishedAt ?? '')
      .reduce((last, time) => (time > last ? time : last), ''),
  };
}

function troubleOf(row: FleetRow): number {
  // A service without applications is no trouble, whatever is unknown of it.
  if (row.cells.length === 0) {
    return -1;
  }
  const sync = { synced: 0, unknown: 1, 'out-of-sync': 2 }[row.sync];
  return HEALTH_STATUSES.indexOf(row.health) * 3 + sync;
}

/** A service that no engine deploys, or an application that belongs to no service. */
export function isUnregistered(row: FleetRow): boolean {
  return row.unregistered || !row.entityRef;
}

/** The keys in order of the names of their rows. */
export function inOrderOfNames(
  rows: ReadonlyMap<string, IndexedRow>,
): string[] {
  const collator = new Intl.Collator('en');
  const second = ({ row }: IndexedRow) =>
    row.entityRef ?? row.cells[0]?.id ?? '';
  return [...rows]
    .sort(
      ([, a], [, b]) =>
        collator.compare(a.row.name, b.row.name) ||
        collator.compare(second(a), second(b)),
    )
    .map(([key]) => key);
}

/** Ranks of owners by name; those without an owner come last. */
function ranksOfOwners(rows: readonly IndexedRow[]): Map<string, number> {
  const owners = [...new Set(rows.flatMap(({ row }) => row.owner ?? []))];
  const { compare } = new Intl.Collator('en');
  return new Map(owners.sort(compare).map((owner, rank) => [owner, rank]));
}

/** Sorts a copy of rows that are in order of their names; equal ones stay in that order. */
export function sortIndexedRows(
  rows: readonly IndexedRow[],
  sort: NonNullable<FleetQuery['sort']>,
): IndexedRow[] {
  const copy = [...rows];
  switch (sort) {
    case 'owner': {
      const ranks = ranksOfOwners(rows);
      const rankOf = ({ row }: IndexedRow) =>
        ranks.get(row.owner ?? '') ?? ranks.size;
      return copy.sort((a, b) => rankOf(a) - rankOf(b));
    }
    case 'trouble':
      return copy.sort((a, b) => b.trouble - a.trouble);
    case 'last-deployment':
      return copy.sort((a, b) => {
        if (a.lastDeployedAt === b.lastDeployedAt) {
          return 0;
        }
        return a.lastDeployedAt < b.lastDeployedAt ? 1 : -1;
      });
    default:
      return copy;
  }
}

function matchesAny<T>(wanted: readonly T[] | undefined, value?: T): boolean {
  return !wanted?.length || (value !== undefined && wanted.includes(value));
}

/** Whether a cell matches all the filters on applications. */
export function matchesCell(
  cell: FleetCell,
  query: Pick<
    FleetQuery,
    'engine' | 'cluster' | 'environment' | 'health' | 'sync'
  >,
): boolean {
  return (
    matchesAny(query.engine, cell.engine) &&
    matchesAny(query.cluster, cell.ref.cluster) &&
    matchesAny(query.environment, cell.environment) &&
    matchesAny(query.health, cell.health) &&
    matchesAny(query.sync, cell.sync)
  );
}

function searchTextOf(indexed: IndexedRow): string {
  const { row } = indexed;
  indexed.search ??= [
    row.name,
    row.title,
    row.entityRef,
    row.owner,
    row.system,
    ...row.cells.flatMap(cell => [
      cell.ref.name,
      cell.ref.cluster,
      cell.environment,
      cell.version,
      cell.revision,
    ]),
  ]
    .filter(Boolean)
    .join('\n')
    .toLocaleLowerCase('en');
  return indexed.search;
}

/** The words of a search, in lower case. */
export function wordsOf(search: string | undefined): string[] {
  return (search ?? '').toLocaleLowerCase('en').split(/\s+/).filter(Boolean);
}

/**
 * The rows that match. A row matches by its cells when one of them matches all the filters on
 * applications; it then keeps the others, because a service is judged as a whole.
 */
export function filterIndexedRows(
  rows: readonly IndexedRow[],
  query: FleetQuery,
): IndexedRow[] {
  const words = wordsOf(query.search);
  const onCells = [
    query.engine,
    query.cluster,
    query.environment,
    query.health,
    query.sync,
  ].some(filter => filter?.length);
  return rows.filter(indexed => {
    const { row } = indexed;
    if (
      !matchesAny(query.owner, row.owner) ||
      !matchesAny(query.system, row.system) ||
      !matchesAny(query.entityRef, row.entityRef) ||
      (query.unregistered === true && !isUnregistered(row)) ||
      (query.unregistered === false && isUnregistered(row)) ||
      (onCells && !row.cells.some(cell => matchesCell(cell, query)))
    ) {
      return false;
    }
    const text = words.length > 0 ? searchTextOf(indexed) : '';
    return words.every(word => text.includes(word));
  });
}
