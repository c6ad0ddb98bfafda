import type { Fact } from '@fairway/plugin-gitops-common';
import type { Knex } from 'knex';
import type { ChangedNames } from './changeTables';
import type { FactFailure, GitopsReader, StoredFact } from './GitopsStore';
import { isLate } from './ObjectVersion';
import { originColumns, toOrigin, toRecordedVersion } from './originColumns';
import { whereAnyOf } from './sql';
import { TABLES, type DbFactRow } from './tables';
import { staleSinceOf, WATCH_COLUMNS, type DbWatchColumns } from './watchTable';

/** The fact of a row. */
export function toStoredFact(row: DbFactRow): StoredFact {
  return {
    fact: { ...JSON.parse(row.document), observedAt: row.observed_at },
    observation: JSON.parse(row.observation),
    origin: toOrigin(row),
    ...(row.failures ? { failures: JSON.parse(row.failures) } : {}),
  };
}

/** What readers see of a fact has changed; a shared one concerns who reads of its cluster. */
export function changedBy(
  rows: ReadonlyArray<Pick<DbFactRow, 'entity_ref' | 'shared' | 'cluster'>>,
): Required<Pick<ChangedNames, 'entityRefs' | 'clusters'>> {
  return {
    entityRefs: rows.map(row => row.entity_ref),
    clusters: rows.flatMap(({ entity_ref: ref, shared, cluster }) =>
      shared && !ref ? [cluster] : [],
    ),
  };
}

/**
 * See `RecorderStore.putFact`; in a transaction. Resolves to what it changes for readers, and to
 * nothing when it comes late.
 */
export async function upsertFact(
  trx: Knex,
  stored: StoredFact,
): Promise<ReturnType<typeof changedBy> | undefined> {
  const { fact, observation, origin, failures } = stored;
  const before = await trx<DbFactRow>(TABLES.facts)
    .where({ id: fact.id })
    .forUpdate()
    .first('entity_ref', 'cluster', 'shared', 'object_version', 'recorded_at');
  if (
    before &&
    isLate(origin.version, toRecordedVersion(before), new Date(fact.observedAt))
  ) {
    return undefined;
  }
  const row: DbFactRow = {
    id: fact.id,
    ...originColumns(origin, fact.observedAt),
    kind: fact.kind,
    entity_ref: fact.entityRef ?? null,
    shared: observation.shared === true,
    observed_at: fact.observedAt,
    document: JSON.stringify(fact),
    observation: JSON.stringify(observation),
    failures: failures?.length ? JSON.stringify(failures) : null,
  };
  await trx(TABLES.facts).insert(row).onConflict('id').merge();
  return changedBy(before ? [before, row] : [row]);
}

/** See `Recording.putFactFailures`. */
export async function updateFactFailures(
  db: Knex,
  id: string,
  failures: readonly FactFailure[],
): Promise<void> {
  await db(TABLES.facts)
    .where({ id })
    .update({ failures: JSON.stringify(failures) });
}

/** See `RecorderStore.getFact`. */
export async function queryStoredFact(
  db: Knex,
  id: string,
): Promise<StoredFact | undefined> {
  const row = await db<DbFactRow>(TABLES.facts).where({ id }).first();
  return row && toStoredFact(row);
}

/** See `RecorderStore.listStoredFacts`. */
export async function queryStoredFacts(
  db: Knex,
  page: { after?: string; limit: number },
): Promise<StoredFact[]> {
  const rows = await db<DbFactRow>(TABLES.facts)
    .where('id', '>', page.after ?? '')
    .orderBy('id')
    .limit(page.limit);
  return rows.map(toStoredFact);
}

/** See `GitopsReader.listFacts`. */
export async function queryFacts(
  db: Knex,
  query: Parameters<GitopsReader['listFacts']>[0],
): Promise<Fact[]> {
  const select = db(TABLES.facts)
    .leftJoin(TABLES.clusterStatus, join =>
      join
        .on('cluster_status.cluster', 'facts.cluster')
        .andOn('cluster_status.watch', 'facts.resource'),
    )
    .select('facts.document', 'facts.observed_at', ...WATCH_COLUMNS)
    .orderBy('facts.id');
  const { entityRefs, kind, sharedOn } = query;
  if (entityRefs) {
    whereAnyOf(select, { db, column: 'facts.entity_ref', values: entityRefs });
  }
  if (kind) {
    select.where('facts.kind', kind);
  }
  if (sharedOn) {
    select.where('facts.shared', true).whereNull('facts.entity_ref');
    whereAnyOf(select, { db, column: 'facts.cluster', values: sharedOn });
  }
  const rows: Array<
    Pick<DbFactRow, 'document' | 'observed_at'> & DbWatchColumns
  > = await select;
  return rows.map(row => {
    const staleSince = staleSinceOf(row);
    return {
      ...JSON.parse(row.document),
      observedAt: row.observed_at,
      ...(staleSince ? { staleSince } : {}),
    };
  });
}
