import type { Knex } from 'knex';
import type { StoredSource } from './GitopsStore';
import { objectId } from './ids';
import { whereAnyOf } from './sql';
import { TABLES } from './tables';

/** Notes for each source which other one it is made from, so that those are found by it. */
export async function updateSourceOrigins(
  trx: Knex,
  sources: readonly StoredSource[],
): Promise<void> {
  const byOrigin = new Map<string, string[]>();
  for (const { key, observation } of sources) {
    if (observation.sourceRef) {
      const origin = objectId(observation.sourceRef);
      byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), key]);
    }
  }
  for (const [origin, keys] of byOrigin) {
    await trx(TABLES.sources).whereIn('key', keys).update('made_from', origin);
  }
}

/** Keys of the sources that are made from any of these. */
export async function querySourcesMadeFrom(
  db: Knex,
  keys: readonly string[],
): Promise<string[]> {
  const query = db<{ key: string }>(TABLES.sources).select('key');
  whereAnyOf(query, { db, column: 'made_from', values: keys });
  return (await query).map(({ key }) => key);
}
