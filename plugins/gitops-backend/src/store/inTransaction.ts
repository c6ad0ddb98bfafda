import type { Knex } from 'knex';
import { isSqlite } from './sql';

/** As long as a lease: who takes over from a replica that hangs need not wait for its locks. */
const HANGS_MILLIS = 15_000;

/**
 * Does the work in a transaction, which PostgreSQL undoes when this process hangs in the middle of
 * it: every change of the store takes the lock of the change counter, and one that is never
 * released would hold up all replicas.
 *
 * @param options.hangsMillis - without a word for so long, it hangs
 */
export function inTransaction<T>(
  db: Knex,
  work: (trx: Knex.Transaction) => Promise<T>,
  options: { hangsMillis?: number } = {},
): Promise<T> {
  const { hangsMillis = HANGS_MILLIS } = options;
  return db.transaction(async trx => {
    if (!isSqlite(trx)) {
      await trx.raw(
        `select set_config('idle_in_transaction_session_timeout', ?, true)`,
        [`${hangsMillis}`],
      );
    }
    return work(trx);
  });
}
