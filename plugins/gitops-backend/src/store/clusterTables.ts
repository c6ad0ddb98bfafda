import type {
  ClusterResourceStatus,
  ClusterStatus,
} from '@fairway/plugin-gitops-common';
import type { Knex } from 'knex';
import type { ObservedOrigin } from './GitopsStore';
import { isSqlite } from './sql';
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

/** Row of `clusters`. */
interface DbClusterRow {
  name: string;
  title: string;
  connection: string;
  clock_skew_seconds: number | null;
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

/** See `GitopsReader.listClusterStatus`. */
export async function queryClusterStatus(db: Knex): Promise<ClusterStatus[]> {
  const clusters: DbClusterRow[] = await db(TABLES.clusters)
    .select('name', 'title', 'connection', 'clock_skew_seconds')
    .orderBy('name');
  const rows: DbStatusRow[] = await db(TABLES.clusterStatus)
    .select('*')
    .orderBy(['cluster', 'resource', 'watch']);
  const counts = new Map<string, number>();
  const counted: Array<{ cluster: string; count: unknown }> = await db(
    TABLES.applications,
  )
    .select('cluster')
    .select(db.raw('count(*) as count'))
    .groupBy('cluster');
  for (const row of counted) {
    counts.set(row.cluster, Number(row.count));
  }
  const now = new Date();
  return clusters.map(row => {
    const { name, title, connection } = row;
    const skew = row.clock_skew_seconds;
    const resources = rows
      .filter(({ cluster }) => cluster === name)
      .map(toResourceStatus);
    return {
      name,
      title,
      connection: connection as ClusterStatus['connection'],
      ...(skew === null ? {} : { clockSkewSeconds: skew }),
      ...summarizeCluster(resources, now),
      resources,
      applications: counts.get(name) ?? 0,
    };
  });
}

/** What readers see of a status; when it was last seen connected is no change. */
function seenOf(row: DbStatusRow | undefined): string {
  const { state, since, message, problems, resource } = row ?? {};
  const seenAt = state === 'connected' ? '' : row?.last_seen_at;
  return JSON.stringify([state, since, seenAt, message, problems, resource]);
}

/**
 * Inserts or replaces the status of one resource kind of a cluster; in a transaction. Resolves to
 * whether readers see a change.
 */
export async function upsertClusterStatus(
  db: Knex,
  watch: Pick<ObservedOrigin, 'cluster' | 'resource'>,
  status: ClusterResourceStatus,
): Promise<boolean> {
  const stored = () =>
    db<DbStatusRow>(TABLES.clusterStatus)
      .where({ cluster: watch.cluster, watch: watch.resource })
      .first();
  const before: DbStatusRow | undefined = await stored();
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
  await db(TABLES.clusterStatus)
    .insert(row)
    .onConflict(['cluster', 'watch'])
    .merge({
      ...row,
      last_seen_at: db.raw(
        'coalesce(excluded.last_seen_at, cluster_status.last_seen_at)',
      ),
    });
  return seenOf(before) !== seenOf(await stored());
}

/**
 * See `RecorderStore.failWatches`; the other connections do not go through the Kubernetes plugin.
 * In a transaction; resolves to the clusters that were thought to be reachable.
 */
export async function markUnreachable(
  trx: Knex,
  message: string,
): Promise<string[]> {
  const reachable = () =>
    trx(TABLES.clusterStatus)
      .whereNot('state', 'unreachable')
      .whereIn(
        'cluster',
        trx(TABLES.clusters).where('connection', 'kubernetes').select('name'),
      );
  const rows: Array<{ cluster: string }> = await reachable().select('cluster');
  await reachable().update({
    state: 'unreachable',
    since: new Date().toISOString(),
    message,
  });
  return [...new Set(rows.map(({ cluster }) => cluster))];
}

/** A cluster or connection to register. */
export interface RegisteredCluster {
  name: string;
  title: string;
  /** `kubernetes` when absent. */
  connection?: ClusterStatus['connection'];
}

/** Makes these the known clusters; in a transaction. Resolves to those that came, went or changed. */
export async function replaceClusters(
  trx: Knex,
  clusters: readonly RegisteredCluster[],
): Promise<string[]> {
  const names = clusters.map(cluster => cluster.name);
  await trx(TABLES.clusterStatus).whereNotIn('cluster', names).delete();
  const gone: Array<{ name: string }> = await trx(TABLES.clusters)
    .whereNotIn('name', names)
    .select('name');
  await trx(TABLES.clusters).whereNotIn('name', names).delete();
  return [
    ...gone.map(({ name }) => name),
    ...(await addClusters(trx, clusters)),
  ];
}

/** Registers these beside the known clusters; resolves to those that are new or changed. */
export async function addClusters(
  db: Knex,
  clusters: readonly RegisteredCluster[],
): Promise<string[]> {
  const known: DbClusterRow[] = await db(TABLES.clusters);
  const changed = clusters
    .map(({ name, title, connection = 'kubernetes' }) => ({
      ...{ name, title, connection },
    }))
    .filter(
      ({ name, title, connection }) =>
        !known.some(
          row =>
            row.name === name &&
            row.title === title &&
            row.connection === connection,
        ),
    );
  if (changed.length > 0) {
    await db(TABLES.clusters)
      .insert(changed)
      .onConflict('name')
      .merge(['title', 'connection']);
  }
  return changed.map(({ name }) => name);
}

/** See `ClusterRegistry.putClockSkew`. */
export async function updateClockSkew(
  db: Knex,
  cluster: string,
  seconds: number | undefined,
): Promise<void> {
  await db(TABLES.clusters)
    .where({ name: cluster })
    .update({ clock_skew_seconds: seconds ?? null });
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

/** The database's clock, because those of several replicas differ. */
async function currentMillis(db: Knex): Promise<number> {
  if (isSqlite(db)) {
    return Date.now();
  }
  const { rows } = await db.raw(
    'select floor(extract(epoch from clock_timestamp()) * 1000) as now',
  );
  return Number(rows[0].now);
}

/** See `LeaseStore.acquireLease`. */
export async function takeLease(
  db: Knex,
  lease: { name: string; holder: string; seconds: number },
): Promise<boolean> {
  const now = await currentMillis(db);
  const row = {
    name: lease.name,
    holder: lease.holder,
    expires_at: now + lease.seconds * 1000,
  };
  if (isSqlite(db)) {
    // Only this process uses the file: who held the lease is gone, however it ended.
    await db(TABLES.leases).insert(row).onConflict('name').merge();
    return true;
  }
  const renewed = await db(TABLES.leases)
    .where({ name: lease.name })
    .andWhere(holder =>
      holder.where('holder', lease.holder).orWhere('expires_at', '<=', now),
    )
    .update(row);
  if (renewed > 0) {
    return true;
  }
  const inserted = await db(TABLES.leases)
    .insert(row)
    .onConflict('name')
    .ignore()
    .returning('name');
  return inserted.length > 0;
}
