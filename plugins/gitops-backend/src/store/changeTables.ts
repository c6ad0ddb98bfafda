import type { Knex } from 'knex';
import type { Changes } from './ChangeFeed';
import { chunks } from './sql';
import { TABLES, type DbChangeCounterRow, type DbChangeRow } from './tables';

/** Half an hour of the most changes that a database takes; readers ask every second. */
const KEPT_NUMBERS = 100_000;
const PRUNE_EVERY = 1_000;

/** Names of what a transaction changed; absent names are left out. */
export interface ChangedNames {
  applicationIds?: ReadonlyArray<string | null | undefined>;
  entityRefs?: ReadonlyArray<string | null | undefined>;
  clusters?: readonly string[];
}

function namesOf(
  kind: DbChangeRow['kind'],
  names: ReadonlyArray<string | null | undefined> = [],
): Array<Pick<DbChangeRow, 'kind' | 'name'>> {
  return [...new Set(names)].flatMap(name => (name ? [{ kind, name }] : []));
}

/**
 * Numbers a change, when there is one. It must be the last that a transaction does: from here to
 * its end no other transaction can number anything.
 */
export async function recordChange(
  trx: Knex,
  changed: ChangedNames,
): Promise<void> {
  const rows = [
    ...namesOf('application', changed.applicationIds),
    ...namesOf('entity', changed.entityRefs),
    ...namesOf('cluster', changed.clusters),
  ];
  if (rows.length === 0) {
    return;
  }
  const [{ value }] = await trx<DbChangeCounterRow>(TABLES.changeCounter)
    .where({ id: 1 })
    .update({ value: trx.raw('value + 1') })
    .returning('value');
  const seq = Number(value);
  for (const chunk of chunks(rows)) {
    await trx(TABLES.changes)
      .insert(chunk.map(row => ({ ...row, seq })))
      .onConflict(['kind', 'name'])
      .merge(['seq']);
  }
  if (seq % PRUNE_EVERY === 0) {
    await prune(trx, seq - KEPT_NUMBERS);
  }
}

async function prune(trx: Knex, upTo: number): Promise<void> {
  const deleted = await trx(TABLES.changes).where('seq', '<=', upTo).delete();
  if (deleted > 0) {
    await trx(TABLES.changeCounter).where({ id: 1 }).update({ pruned: upTo });
  }
}

async function counter(db: Knex): Promise<{ value: number; pruned: number }> {
  const row = await db<DbChangeCounterRow>(TABLES.changeCounter)
    .where({ id: 1 })
    .first();
  // PostgreSQL answers a bigint as text.
  return { value: Number(row?.value ?? 0), pruned: Number(row?.pruned ?? 0) };
}

/** See `ChangeFeed.latestChange`. */
export async function queryLatestChange(db: Knex): Promise<number> {
  return (await counter(db)).value;
}

/** See `ChangeFeed.changesSince`. */
export async function queryChangesSince(
  db: Knex,
  seq: number,
  limit: number,
): Promise<Changes> {
  const rows = await changedRows(db, seq, limit);
  // Read after the rows: what was forgotten in between is noticed.
  const { value, pruned } = await counter(db);
  if (seq < pruned || seq > value) {
    return {
      seq: value,
      ...{ applicationIds: [], entityRefs: [], clusters: [] },
      complete: false,
    };
  }
  const named = (kind: DbChangeRow['kind']) =>
    rows.filter(row => row.kind === kind).map(row => row.name);
  const last = rows[rows.length - 1];
  return {
    seq: last ? Number(last.seq) : seq,
    applicationIds: named('application'),
    entityRefs: named('entity'),
    clusters: named('cluster'),
    complete: true,
  };
}

/** At most about `limit` rows, and all of the last number among them. */
async function changedRows(
  db: Knex,
  seq: number,
  limit: number,
): Promise<DbChangeRow[]> {
  const [boundary] = await db<DbChangeRow>(TABLES.changes)
    .where('seq', '>', seq)
    .orderBy('seq')
    .offset(Math.max(0, limit - 1))
    .limit(1)
    .select('seq');
  const query = db<DbChangeRow>(TABLES.changes)
    .where('seq', '>', seq)
    .orderBy(['seq', 'kind', 'name']);
  if (boundary) {
    query.andWhere('seq', '<=', boundary.seq);
  }
  return query;
}
