import type { Application, Fact } from '@fairway/plugin-gitops-common';
import type { Knex } from 'knex';
import type { ObservedOrigin, StoredFact, StoredSource } from './GitopsStore';
import { whereAnyOf } from './sql';
import {
  TABLES,
  type DbApplicationRow,
  type DbFactRow,
  type DbSourceRow,
} from './tables';

/** Tables whose rows stand for an object of a cluster, with the column that names a row. */
const OBSERVED_TABLES = [
  { table: TABLES.applications, key: 'id' },
  { table: TABLES.sources, key: 'key' },
  { table: TABLES.facts, key: 'id' },
] as const;

function originOf(row: ObservedOrigin): ObservedOrigin {
  return { cluster: row.cluster, resource: row.resource, object: row.object };
}

/** The source of a row. */
export function toStoredSource(row: DbSourceRow): StoredSource {
  return {
    key: row.key,
    observation: JSON.parse(row.observation),
    origin: originOf(row),
  };
}

/** Inserts or replaces a source. */
export async function upsertSource(
  db: Knex,
  source: StoredSource,
): Promise<void> {
  const row: DbSourceRow = {
    key: source.key,
    ...source.origin,
    observation: JSON.stringify(source.observation),
  };
  await db(TABLES.sources).insert(row).onConflict('key').merge();
}

/** The fact of a row. */
export function toStoredFact(row: DbFactRow): StoredFact {
  return {
    fact: { ...JSON.parse(row.document), observedAt: row.observed_at },
    observation: JSON.parse(row.observation),
    origin: originOf(row),
  };
}

/** Inserts or replaces a fact. */
export async function upsertFact(db: Knex, stored: StoredFact): Promise<void> {
  const row: DbFactRow = {
    id: stored.fact.id,
    ...stored.origin,
    kind: stored.fact.kind,
    entity_ref: stored.fact.entityRef ?? null,
    observed_at: stored.fact.observedAt,
    document: JSON.stringify(stored.fact),
    observation: JSON.stringify(stored.observation),
  };
  await db(TABLES.facts).insert(row).onConflict('id').merge();
}

/** See `GitopsReader.listFacts`. */
export async function queryFacts(
  db: Knex,
  query: { entityRefs?: readonly string[]; kind?: Fact['kind'] },
): Promise<Fact[]> {
  const select = db(TABLES.facts).select('*').orderBy('id');
  if (query.entityRefs) {
    whereAnyOf(select, {
      db,
      column: 'entity_ref',
      values: query.entityRefs,
    });
  }
  if (query.kind) {
    select.where('kind', query.kind);
  }
  const rows: DbFactRow[] = await select;
  return rows.map(row => toStoredFact(row).fact);
}

/** See `RecorderStore.listObjects`. */
export async function queryObjects(
  db: Knex,
  origin: Pick<ObservedOrigin, 'cluster' | 'resource'>,
): Promise<Set<string>> {
  const objects = new Set<string>();
  for (const { table } of OBSERVED_TABLES) {
    const rows = await db(table)
      .where({ cluster: origin.cluster, resource: origin.resource })
      .select('object');
    rows.forEach(row => objects.add(row.object));
  }
  return objects;
}

/** See `RecorderStore.deleteObject`; in a transaction. */
export async function deleteObservedObject(
  trx: Knex,
  origin: ObservedOrigin,
  keep: readonly string[],
): Promise<{
  applications: Application[];
  facts: Fact[];
  sourceKeys: string[];
}> {
  const remove = async <TRow>(table: string, key: string) => {
    const doomed: TRow[] = await trx(table)
      .where(originOf(origin))
      .whereNotIn(key, [...keep])
      .select('*');
    if (doomed.length > 0) {
      await trx(table)
        .where(originOf(origin))
        .whereNotIn(key, [...keep])
        .delete();
    }
    return doomed;
  };
  const [applications, sources, facts] = OBSERVED_TABLES;
  const removed = {
    applications: await remove<DbApplicationRow>(
      applications.table,
      applications.key,
    ),
    sources: await remove<DbSourceRow>(sources.table, sources.key),
    facts: await remove<DbFactRow>(facts.table, facts.key),
  };
  return {
    applications: removed.applications.map(row => JSON.parse(row.document)),
    facts: removed.facts.map(row => JSON.parse(row.document)),
    sourceKeys: removed.sources.map(row => row.key),
  };
}

/** Deletes what is stored of every cluster but these. */
export async function deleteOtherClusters(
  trx: Knex,
  names: readonly string[],
): Promise<void> {
  for (const { table } of OBSERVED_TABLES) {
    await trx(table)
      .whereNotIn('cluster', [...names])
      .delete();
  }
}
