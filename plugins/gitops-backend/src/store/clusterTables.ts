import type { ClusterStatus } from '@fairway/plugin-gitops-common';
import type { Knex } from 'knex';
import type { ChangedNames } from './changeTables';
import {
  markUnreachable,
  queryResourceStatus,
  summarizeCluster,
} from './clusterStatusTable';
import { currentMillis, queryWatchedClusters } from './leaseTable';
import { deleteUnregisteredClusters } from './observedTables';
import { TABLES } from './tables';

/** Row of `clusters`. */
interface DbClusterRow {
  name: string;
  title: string;
  connection: string;
  clock_skew_seconds: number | null;
  missing_since: string | null;
}

/** Said of a cluster before it is forgotten. */
const MISSING_MESSAGE =
  "Nobody watches it, because it is in no backend's configuration any more; what is known of it is forgotten after some minutes, unless it is put back";

/** See `GitopsReader.listClusterStatus`. */
export async function queryClusterStatus(db: Knex): Promise<ClusterStatus[]> {
  const clusters: DbClusterRow[] = await db(TABLES.clusters)
    .select('name', 'title', 'connection', 'clock_skew_seconds')
    .orderBy('name');
  const statuses = await queryResourceStatus(db);
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
    const resources = statuses.get(name) ?? [];
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

/** See `ClusterRegistry.failWatches`. In a transaction; resolves to those that it concerns. */
export async function failUnwatchedClusters(
  trx: Knex,
  message: string,
): Promise<string[]> {
  const rows: Array<{ name: string }> = await trx(TABLES.clusters)
    .where('connection', 'kubernetes')
    .select('name');
  const names = rows.map(({ name }) => name);
  const watched = await queryWatchedClusters(
    trx,
    names,
    await currentMillis(trx),
  );
  return markUnreachable(
    trx,
    names.filter(name => !watched.has(name)),
    message,
  );
}

/** A cluster or connection to register. */
export interface RegisteredCluster {
  name: string;
  title: string;
  /** `kubernetes` when absent. */
  connection?: ClusterStatus['connection'];
}

/**
 * See `RecorderStore.setClusters`; in a transaction. Resolves to what readers see differently.
 *
 * @remarks
 * The rows of the clusters are locked first, in the order of their names: a backend that registers
 * a cluster which is being forgotten waits until it is, and then begins anew.
 */
export async function replaceClusters(
  trx: Knex,
  clusters: readonly RegisteredCluster[],
  options: { forgetMissingForMillis?: number } = {},
): Promise<ChangedNames> {
  const known: DbClusterRow[] = await trx(TABLES.clusters)
    .orderBy('name')
    .forUpdate();
  const changed = await addClusters(trx, clusters);
  const now = await currentMillis(trx);
  const names = new Set(clusters.map(({ name }) => name));
  const others = known.map(({ name }) => name).filter(name => !names.has(name));
  const watched = await queryWatchedClusters(trx, others, now);
  await miss(trx, [...watched], null);
  const missing = others.filter(name => !watched.has(name));
  await miss(trx, missing, new Date(now).toISOString());
  const unseen = await markUnreachable(trx, missing, MISSING_MESSAGE);
  const { forgetMissingForMillis } = options;
  if (forgetMissingForMillis === undefined) {
    return { clusters: [...changed, ...unseen] };
  }
  const isGone = ({ name, missing_since: since }: DbClusterRow) =>
    missing.includes(name) &&
    now - Date.parse(since ?? new Date(now).toISOString()) >=
      forgetMissingForMillis;
  const gone = known.filter(isGone).map(({ name }) => name);
  await trx(TABLES.clusters).whereIn('name', gone).delete();
  return {
    ...(await deleteUnregisteredClusters(trx)),
    clusters: [...changed, ...unseen, ...gone],
  };
}

/** Since when these are missing, unless they were before; null: they are not. */
async function miss(
  db: Knex,
  names: readonly string[],
  since: string | null,
): Promise<void> {
  const rows = db(TABLES.clusters).whereIn('name', [...names]);
  await (since === null
    ? rows.whereNotNull('missing_since')
    : rows.whereNull('missing_since')
  ).update({ missing_since: since });
}

/**
 * Registers these beside the known clusters, and misses none of them any more; resolves to those
 * that are new or changed.
 */
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
  await miss(
    db,
    clusters.map(({ name }) => name),
    null,
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
