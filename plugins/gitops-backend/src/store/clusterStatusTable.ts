import type {
  ClusterResourceStatus,
  ClusterStatus,
} from '@fairway/plugin-gitops-common';
import type { Knex } from 'knex';
import type { ObservedOrigin } from './GitopsStore';
import { whereAnyOf } from './sql';
import { TABLES, type DbClusterStatusRow } from './tables';

/** With the column of a later migration. */
type DbStatusRow = DbClusterStatusRow & { problems: string | null };

type State = ClusterResourceStatus['state'];

/** Worst first; `not-installed` is no trouble as long as another kind is there. */
const WORST_FIRST: State[] = [
  'unreachable',
  'forbidden',
  'connecting',
  'connected',
  'not-installed',
];

/** What is to be said of a cluster as a whole; see {@link ClusterStatus.state}. */
export function summarizeCluster(
  resources: readonly ClusterResourceStatus[],
  now: Date,
): Pick<ClusterStatus, 'state' | 'since' | 'message'> {
  const state =
    WORST_FIRST.find(candidate =>
      resources.some(resource => resource.state === candidate),
    ) ?? 'connecting';
  const those = resources.filter(resource => resource.state === state);
  const times = those.map(resource => resource.since).sort();
  // Connected means all of them are: since the last one is. Trouble began with the first.
  const since =
    (state === 'connected' ? times[times.length - 1] : times[0]) ??
    now.toISOString();
  const message = those.find(resource => resource.message)?.message;
  return { state, since, ...(message ? { message } : {}) };
}

/** The status of every kind of every cluster. */
export async function queryResourceStatus(
  db: Knex,
): Promise<Map<string, ClusterResourceStatus[]>> {
  const rows: DbStatusRow[] = await db(TABLES.clusterStatus)
    .select('*')
    .orderBy(['cluster', 'resource', 'watch']);
  const byCluster = new Map<string, ClusterResourceStatus[]>();
  for (const row of rows) {
    const ofCluster = byCluster.get(row.cluster) ?? [];
    byCluster.set(row.cluster, [...ofCluster, toResourceStatus(row)]);
  }
  return byCluster;
}

function toResourceStatus(row: DbStatusRow): ClusterResourceStatus {
  return {
    resource: row.resource,
    state: row.state as State,
    since: row.since,
    ...(row.last_seen_at ? { lastSeenAt: row.last_seen_at } : {}),
    ...(row.message ? { message: row.message } : {}),
    ...(row.problems ? { problems: JSON.parse(row.problems) } : {}),
  };
}

/** What readers see of a status; when it was last seen connected is no change. */
function seenOf(row: DbStatusRow | undefined): string {
  const { state, since, message, problems, resource } = row ?? {};
  const seenAt = state === 'connected' ? '' : row?.last_seen_at;
  return JSON.stringify([state, since, seenAt, message, problems, resource]);
}

/** Inserts or replaces the status of one resource kind of a cluster; in a transaction. */
export async function upsertClusterStatus(
  db: Knex,
  watch: Pick<ObservedOrigin, 'cluster' | 'resource'>,
  status: ClusterResourceStatus,
): Promise<{
  /** Nothing was known of it. */
  isNew: boolean;
  /** Readers see a change. */
  isSeen: boolean;
}> {
  const row: DbStatusRow = {
    cluster: watch.cluster,
    watch: watch.resource,
    resource: status.resource,
    state: status.state,
    since: status.since,
    last_seen_at: status.lastSeenAt ?? null,
    message: status.message ?? null,
    problems: status.problems?.length ? JSON.stringify(status.problems) : null,
  };
  const before = await db<DbStatusRow>(TABLES.clusterStatus)
    .where({ cluster: row.cluster, watch: row.watch })
    .forUpdate()
    .first();
  row.last_seen_at ??= before?.last_seen_at ?? null;
  const isSeen = seenOf(before) !== seenOf(row);
  if (isSeen || row.last_seen_at !== before?.last_seen_at) {
    await db(TABLES.clusterStatus)
      .insert(row)
      .onConflict(['cluster', 'watch'])
      .merge();
  }
  return { isNew: before === undefined, isSeen };
}

/**
 * Says that nobody reaches these clusters, unless it is said already. In a transaction; resolves to
 * those that were thought to be reached.
 */
export async function markUnreachable(
  trx: Knex,
  clusters: readonly string[],
  message: string,
): Promise<string[]> {
  const reachable = () => {
    const query = trx(TABLES.clusterStatus).whereNot('state', 'unreachable');
    whereAnyOf(query, { db: trx, column: 'cluster', values: clusters });
    return query;
  };
  const rows: Array<{ cluster: string }> = await reachable().select('cluster');
  await reachable().update({
    state: 'unreachable',
    since: new Date().toISOString(),
    message,
  });
  return [...new Set(rows.map(({ cluster }) => cluster))];
}

/** The watches of a cluster whose status is stored. */
export async function queryWatches(
  db: Knex,
  cluster: string,
): Promise<string[]> {
  const rows: Array<{ watch: string }> = await db(TABLES.clusterStatus)
    .where({ cluster })
    .select('watch');
  return rows.map(({ watch }) => watch);
}

/** Forgets the status of a watch. */
export async function deleteClusterStatus(
  db: Knex,
  watch: Pick<ObservedOrigin, 'cluster' | 'resource'>,
): Promise<void> {
  await db(TABLES.clusterStatus)
    .where({ cluster: watch.cluster, watch: watch.resource })
    .delete();
}
