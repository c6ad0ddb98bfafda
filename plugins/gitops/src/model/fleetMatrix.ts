import {
  worstHealth,
  worstSync,
  type Environment,
  type FleetCell,
  type FleetResponse,
  type FleetRow,
  type HealthStatus,
  type SyncStatus,
} from '@fairway/plugin-gitops-common';

/** Column of applications whose environment no configuration names. */
export const OTHER_ENVIRONMENT = '';

/** What one service runs in one environment, over all its clusters. */
export interface FoldedCell {
  environment: string;
  /** Worst first. */
  cells: FleetCell[];
  health: HealthStatus;
  sync: SyncStatus;
  /** The one version that runs; absent when several do. */
  version?: string;
  versions: number;
  /** Of the last deployment; ISO time. */
  deployedAt?: string;
  author?: string;
  staleSince?: string;
  suspended: boolean;
  /** Names the content, so that a change can be seen. */
  fingerprint: string;
}

export interface MatrixRow {
  id: string;
  row: FleetRow;
  cells: Map<string, FoldedCell>;
  previews: number;
}

export interface MatrixGroup {
  /** Entity ref of the owner or system; absent when there is none. */
  ref?: string;
  rows: MatrixRow[];
}

export interface FleetMatrix {
  environments: Environment[];
  groups: MatrixGroup[];
}

export type FleetGrouping = 'owner' | 'system' | 'none';

/** The worst of several applications of one environment, with what they have in common. */
export function foldCells(environment: string, cells: FleetCell[]): FoldedCell {
  const sorted = [...cells].sort((a, b) => weight(b) - weight(a));
  const versions = new Set(cells.map(cell => cell.version ?? ''));
  const latest = cells
    .map(cell => cell.lastDeployment)
    .filter(deployment => deployment !== undefined)
    .sort((a, b) => b.finishedAt.localeCompare(a.finishedAt))[0];
  const health = worstHealth(cells.map(cell => cell.health));
  const sync = worstSync(cells.map(cell => cell.sync));
  return {
    environment,
    cells: sorted,
    health,
    sync,
    version: versions.size === 1 ? cells[0].version : undefined,
    versions: versions.size,
    deployedAt: latest?.finishedAt,
    author: latest?.author,
    staleSince: cells.map(cell => cell.staleSince).find(Boolean),
    suspended: cells.some(cell => cell.suspended),
    fingerprint: [health, sync, [...versions].sort().join(), latest?.id].join(),
  };
}

function weight(cell: FleetCell): number {
  const health = worstHealth([cell.health, 'healthy']);
  return (
    [
      'healthy',
      'suspended',
      'progressing',
      'missing',
      'unknown',
      'degraded',
    ].indexOf(health) *
      2 +
    (cell.sync === 'out-of-sync' ? 1 : 0)
  );
}

function matrixRow(row: FleetRow, known: Set<string>): MatrixRow {
  const byEnvironment = new Map<string, FleetCell[]>();
  let previews = 0;
  for (const cell of row.cells) {
    if (cell.pullRequest) {
      previews += 1;
      continue;
    }
    const environment =
      cell.environment && known.has(cell.environment)
        ? cell.environment
        : OTHER_ENVIRONMENT;
    byEnvironment.set(environment, [
      ...(byEnvironment.get(environment) ?? []),
      cell,
    ]);
  }
  return {
    id: row.entityRef ?? row.cells[0]?.id ?? row.name,
    row,
    previews,
    cells: new Map(
      [...byEnvironment].map(([environment, cells]) => [
        environment,
        foldCells(environment, cells),
      ]),
    ),
  };
}

/** Orders an answer as a table: columns in promotion order, groups in order of appearance. */
export function fleetMatrix(
  fleet: FleetResponse,
  grouping: FleetGrouping,
): FleetMatrix {
  const environments = fleet.environments.filter(
    ({ tier }) => tier !== 'preview',
  );
  const known = new Set(environments.map(({ name }) => name));
  const rows = fleet.rows.map(row => matrixRow(row, known));
  const groups = new Map<string | undefined, MatrixRow[]>();
  for (const row of rows) {
    const ref = grouping === 'none' ? undefined : row.row[grouping];
    groups.set(ref, [...(groups.get(ref) ?? []), row]);
  }
  return {
    environments: rows.some(({ cells }) => cells.has(OTHER_ENVIRONMENT))
      ? [
          ...environments,
          { name: OTHER_ENVIRONMENT, title: '', tier: 'development' },
        ]
      : environments,
    groups: [...groups].map(([ref, members]) => ({ ref, rows: members })),
  };
}
