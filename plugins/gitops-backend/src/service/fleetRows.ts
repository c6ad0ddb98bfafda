import {
  HEALTH_STATUSES,
  worstHealth,
  worstSync,
  type Application,
  type FleetCell,
  type FleetQuery,
  type FleetRow,
} from '@fairway/plugin-gitops-common';
import type { Service } from './ServiceDirectory';

/** Components of these types are not deployed, so that one without application is no omission. */
const NOT_DEPLOYED_TYPES = ['library', 'documentation', 'template'];

function toCell(application: Application): FleetCell {
  const { id, engine, ref, environment, sync, syncMessage } = application;
  const { health, healthMessage, healthSince, phase, suspended } = application;
  const { revision, version, lastDeployment, staleSince, pullRequest } =
    application;
  return {
    id,
    engine,
    ref,
    environment,
    sync,
    syncMessage,
    health,
    healthMessage,
    healthSince,
    phase,
    suspended,
    revision,
    version,
    lastDeployment,
    staleSince,
    pullRequest,
  };
}

function toRow(
  name: string,
  cells: Application[],
  service?: Service,
): FleetRow {
  return {
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
    cells: cells.map(toCell),
  };
}

/**
 * One row for each service that is, or could be, deployed, and one for each application that
 * belongs to none.
 */
export function buildFleetRows(
  services: Iterable<Service>,
  applications: readonly Application[],
): FleetRow[] {
  const byService = new Map<string, Application[]>();
  const rows: FleetRow[] = [];
  for (const application of applications) {
    if (!application.entityRef) {
      rows.push(toRow(application.ref.name, [application]));
      continue;
    }
    const cells = byService.get(application.entityRef);
    if (cells) {
      cells.push(application);
    } else {
      byService.set(application.entityRef, [application]);
    }
  }
  for (const service of services) {
    const cells = byService.get(service.entityRef) ?? [];
    if (
      cells.length > 0 ||
      !NOT_DEPLOYED_TYPES.includes(service.type ?? 'service')
    ) {
      rows.push(toRow(service.name, cells, service));
    }
  }
  return rows;
}

/** A service that no engine deploys, or an application that belongs to no service. */
export function isUnregistered(row: FleetRow): boolean {
  return row.unregistered || !row.entityRef;
}

function matchesAny<T>(wanted: readonly T[] | undefined, value?: T): boolean {
  return !wanted?.length || (value !== undefined && wanted.includes(value));
}

function matchesCell(cell: FleetCell, query: FleetQuery): boolean {
  return (
    matchesAny(query.engine, cell.engine) &&
    matchesAny(query.cluster, cell.ref.cluster) &&
    matchesAny(query.environment, cell.environment) &&
    matchesAny(query.health, cell.health) &&
    matchesAny(query.sync, cell.sync)
  );
}

function searchText(row: FleetRow): string {
  return [
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
}

/**
 * The rows that match. A row matches by its cells when one of them matches all the filters on
 * applications; it then keeps the others, because a service is judged as a whole.
 */
export function filterFleetRows(
  rows: readonly FleetRow[],
  query: FleetQuery,
): FleetRow[] {
  const words = (query.search ?? '')
    .toLocaleLowerCase('en')
    .split(/\s+/)
    .filter(Boolean);
  const onCells = [
    query.engine,
    query.cluster,
    query.environment,
    query.health,
    query.sync,
  ].some(filter => filter?.length);
  return rows.filter(row => {
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
    const text = words.length > 0 ? searchText(row) : '';
    return words.every(word => text.includes(word));
  });
}

function trouble(row: FleetRow): number {
  // A service without applications is no trouble, whatever is unknown of it.
  if (row.cells.length === 0) {
    return -1;
  }
  const sync = { synced: 0, unknown: 1, 'out-of-sync': 2 }[row.sync];
  return HEALTH_STATUSES.indexOf(row.health) * 3 + sync;
}

function lastDeployedAt(row: FleetRow): string {
  return row.cells
    .map(cell => cell.lastDeployment?.finishedAt ?? '')
    .reduce((last, time) => (time > last ? time : last), '');
}

/** Sorts a copy; rows that are equal otherwise are in order of their names. */
export function sortFleetRows(
  rows: readonly FleetRow[],
  sort: NonNullable<FleetQuery['sort']>,
): FleetRow[] {
  const byName = (a: FleetRow, b: FleetRow) =>
    a.name.localeCompare(b.name, 'en') ||
    (a.entityRef ?? a.cells[0]?.id ?? '').localeCompare(
      b.entityRef ?? b.cells[0]?.id ?? '',
    );
  const by = {
    name: () => 0,
    // Those without an owner come last.
    owner: (a: FleetRow, b: FleetRow) =>
      (a.owner ?? '\uffff').localeCompare(b.owner ?? '\uffff', 'en'),
    trouble: (a: FleetRow, b: FleetRow) => trouble(b) - trouble(a),
    'last-deployment': (a: FleetRow, b: FleetRow) =>
      lastDeployedAt(b).localeCompare(lastDeployedAt(a)),
  }[sort];
  return [...rows].sort((a, b) => by(a, b) || byName(a, b));
}
