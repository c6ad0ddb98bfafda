import type {
  ClusterResourceStatus,
  ClusterStatus,
} from '@fairway/plugin-gitops-common';
import type { Knex } from 'knex';
import type { ObservedOrigin } from './GitopsStore';
import { isSqlite } from './sql';
import { TABLES, type DbClusterStatusRow } from './tables';

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

/** See `GitopsReader.listClusterStatus`. */
export async function queryClusterStatus(db: Knex): Promise<ClusterStatus[]> {
  const clusters: Array<{ name: string; title: string }> = await db(
    TABLES.clusters,
  )
    .select('name', 'title')
    .orderBy('name');
  const rows: DbClusterStatusRow[] = await db(TABLES.clusterStatus)
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
  return clusters.map(({ name, title }) => {
    const resources = rows
      .filter(row => row.cluster === name)
      .map(
        (row): ClusterResourceStatus => ({
          resource: row.resource,
          state: row.state as State,
          since: row.since,
          ...(row.last_seen_at ? { lastSeenAt: row.last_seen_at } : {}),
          ...(row.message ? { message: row.message } : {}),
        }),
      );
    return {
      name,
      title,
      connection: 'kubernetes' as const,
      ...summarizeCluster(resources, now),
      resources,
      applications: counts.get(name) ?? 0,
    };
  });
}

/** Inserts or replaces the status of one resource kind of a cluster. */
export async function upsertClusterStatus(
  db: Knex,
  watch: Pick<ObservedOrigin, 'cluster' | 'resource'>,
  status: ClusterResourceStatus,
): Promise<void> {
  const row: DbClusterStatusRow = {
    cluster: watch.cluster,
    watch: watch.resource,
    resource: status.resource,
    state: status.state,
    since: status.since,
    last_seen_at: status.lastSeenAt ?? null,
    message: status.message ?? null,
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
}

/** See `RecorderStore.failWatches`. */
export async function markUnreachable(
  db: Knex,
  message: string,
): Promise<void> {
  await db(TABLES.clusterStatus).whereNot('state', 'unreachable').update({
    state: 'unreachable',
    since: new Date().toISOString(),
    message,
  });
}

/** Makes these the known clusters; in a transaction. */
export async function replaceClusters(
  trx: Knex,
  clusters: ReadonlyArray<{ name: string; title: string }>,
): Promise<void> {
  const names = clusters.map(cluster => cluster.name);
  await trx(TABLES.clusterStatus).whereNotIn('cluster', names).delete();
  await trx(TABLES.clusters).whereNotIn('name', names).delete();
  if (clusters.length > 0) {
    await trx(TABLES.clusters)
      .insert(clusters.map(({ name, title }) => ({ name, title })))
      .onConflict('name')
      .merge();
  }
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
