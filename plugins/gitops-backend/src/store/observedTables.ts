import type { Knex } from 'knex';
import { toStoredFact } from './factTable';
import type { ObservedOrigin, StoredSource } from './GitopsStore';
import { isLate } from './ObjectVersion';
import { originColumns, toOrigin, toRecordedVersion } from './originColumns';
import type { RecordedState, Removal, Removed } from './RecorderStore';
import { chunks, whereAnyOf } from './sql';
import { TABLES, type DbOriginColumns, type DbSourceRow } from './tables';

/** Tables whose rows stand for an object of a cluster, with the column that names a row. */
const OBSERVED_TABLES = [
  { table: TABLES.applications, key: 'id' },
  { table: TABLES.sources, key: 'key' },
  { table: TABLES.facts, key: 'id' },
] as const;

/** A row with the column that names it. */
type DbKeyed = DbOriginColumns & Record<string, string>;

/** The source of a row. */
export function toStoredSource(row: DbSourceRow): StoredSource {
  return {
    key: row.key,
    observation: JSON.parse(row.observation),
    fingerprint: row.fingerprint ?? '',
    origin: toOrigin(row),
    recordedAt: row.recorded_at ?? '',
  };
}

/** See `Recording.recordedSources`. */
export async function queryRecordedSources(
  db: Knex,
  keys: readonly string[],
): Promise<Map<string, RecordedState>> {
  const query = db<DbSourceRow>(TABLES.sources).select(
    ...(['key', 'fingerprint', 'object_version', 'recorded_at'] as const),
  );
  whereAnyOf(query, { db, column: 'key', values: keys });
  return new Map(
    (await query).map(row => [
      row.key,
      { fingerprint: row.fingerprint ?? '', ...toRecordedVersion(row) },
    ]),
  );
}

/** See `Recording.storedSources`. */
export async function queryStoredSources(
  db: Knex,
  keys: readonly string[],
): Promise<Map<string, StoredSource>> {
  if (keys.length === 0) {
    return new Map();
  }
  const query = db<DbSourceRow>(TABLES.sources);
  whereAnyOf(query, { db, column: 'key', values: keys });
  const rows: DbSourceRow[] = await query;
  return new Map(rows.map(row => [row.key, toStoredSource(row)]));
}

/** Inserts or replaces sources. */
export async function upsertSources(
  db: Knex,
  sources: readonly StoredSource[],
): Promise<void> {
  const rows = sources.map(
    (source): DbSourceRow => ({
      key: source.key,
      ...originColumns(source.origin, source.recordedAt),
      fingerprint: source.fingerprint,
      observation: JSON.stringify(source.observation),
    }),
  );
  for (const chunk of chunks(rows)) {
    await db(TABLES.sources).insert(chunk).onConflict('key').merge();
  }
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

/** Whether a row is of a newer state of the object than the removal knows of. */
function isNewer(
  row: Pick<DbOriginColumns, 'object_version' | 'recorded_at'>,
  { origin, at, lookedAt }: Removal,
): boolean {
  const now = at === undefined ? new Date() : new Date(at);
  return (
    isLate(origin.version, toRecordedVersion(row), now) ||
    (lookedAt !== undefined &&
      row.recorded_at !== null &&
      row.recorded_at >= lookedAt)
  );
}

/** Rows of the objects that are not to be kept, by table. */
async function outdatedRows(
  db: Knex,
  removals: readonly Removal[],
): Promise<Array<{ table: string; key: string; rows: DbKeyed[] }>> {
  const byOrigin = new Map(
    removals.map(removal => [
      originText(removal.origin),
      { removal, keep: new Set(removal.keep) },
    ]),
  );
  const watches = new Map<string, Removal[]>();
  for (const removal of removals) {
    const { cluster, resource } = removal.origin;
    const name = JSON.stringify([cluster, resource]);
    const ofWatch = watches.get(name) ?? [];
    ofWatch.push(removal);
    watches.set(name, ofWatch);
  }
  const found = OBSERVED_TABLES.map(({ table, key }) => ({
    table,
    key,
    rows: [] as DbKeyed[],
  }));
  for (const ofWatch of watches.values()) {
    const { cluster, resource } = ofWatch[0].origin;
    for (const { table, key, rows } of found) {
      const query = db(table)
        .where({ cluster, resource })
        .select(key, 'cluster', 'resource', 'object')
        .select('object_version', 'recorded_at');
      const values = ofWatch.map(({ origin }) => origin.object);
      whereAnyOf(query, { db, column: 'object', values });
      for (const row of await query) {
        const known = byOrigin.get(originText(row));
        if (
          known &&
          !known.keep.has(row[key]) &&
          !isNewer(row, known.removal)
        ) {
          rows.push(row);
        }
      }
    }
  }
  return found;
}

function originText({ cluster, resource, object }: ObservedOrigin): string {
  return JSON.stringify([cluster, resource, object]);
}

/** See `RecorderStore.outdatedObjects`. */
export async function queryOutdatedObjects(
  db: Knex,
  removals: readonly Removal[],
): Promise<Removal[]> {
  const tables = await outdatedRows(db, removals);
  const outdated = new Set(
    tables.flatMap(({ rows }) => rows.map(row => originText(toOrigin(row)))),
  );
  return removals.filter(({ origin }) => outdated.has(originText(origin)));
}

/** See `Recording.deleteObjects`; in a transaction. */
export async function deleteObservedObjects(
  trx: Knex,
  removals: readonly Removal[],
): Promise<Removed> {
  const removed: Removed = { applications: [], facts: [], sourceKeys: [] };
  for (const { table, key, rows } of await outdatedRows(trx, removals)) {
    for (const chunk of chunks(rows)) {
      const ids = chunk.map(row => row[key]);
      const doomed = await trx(table).whereIn(key, ids).select('*');
      await trx(table).whereIn(key, ids).delete();
      if (table === TABLES.applications) {
        removed.applications.push(
          ...doomed.map(row => JSON.parse(row.document)),
        );
      } else if (table === TABLES.facts) {
        removed.facts.push(...doomed.map(toStoredFact));
      } else {
        removed.sourceKeys.push(...doomed.map(row => row.key));
      }
    }
  }
  return removed;
}

/** Deletes what is stored of clusters that are not registered; resolves to what is gone. */
export async function deleteUnregisteredClusters(
  trx: Knex,
): Promise<{ applicationIds: string[]; entityRefs: Array<string | null> }> {
  const doomed = (table: string) =>
    trx(table).whereNotIn('cluster', trx(TABLES.clusters).select('name'));
  const gone: Array<{ id?: string; entity_ref: string | null }> = [
    ...(await doomed(TABLES.applications).select('id', 'entity_ref')),
    ...(await doomed(TABLES.facts).select('entity_ref')),
  ];
  for (const { table } of OBSERVED_TABLES) {
    await doomed(table).delete();
  }
  await doomed(TABLES.clusterStatus).delete();
  return {
    applicationIds: gone.flatMap(({ id }) => id ?? []),
    entityRefs: gone.map(({ entity_ref: ref }) => ref),
  };
}
