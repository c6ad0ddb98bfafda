import type { Knex } from 'knex';
import { isSqlite } from './sql';
import { TABLES } from './tables';

/** The database's clock, because those of several replicas differ. */
export async function currentMillis(db: Knex): Promise<number> {
  if (isSqlite(db)) {
    return Date.now();
  }
  const { rows } = await db.raw(
    'select floor(extract(epoch from clock_timestamp()) * 1000) as now',
  );
  return Number(rows[0].now);
}

/** The lease of who watches a cluster or connection. */
export function clusterLease(cluster: string): string {
  return `cluster:${cluster}`;
}

/** Those of these clusters that somebody holds the lease of, at that time. */
export async function queryWatchedClusters(
  db: Knex,
  clusters: readonly string[],
  nowMillis: number,
): Promise<Set<string>> {
  const rows: Array<{ name: string }> = await db(TABLES.leases)
    .where('expires_at', '>', nowMillis)
    .select('name');
  const held = new Set(rows.map(({ name }) => name));
  return new Set(clusters.filter(cluster => held.has(clusterLease(cluster))));
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
