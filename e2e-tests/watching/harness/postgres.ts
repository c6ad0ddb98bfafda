import { randomBytes } from 'node:crypto';
import knex from 'knex';

/** Of any PostgreSQL that the tests were told of; see CONTRIBUTING.md. */
export const postgresConnection = Object.entries(process.env).find(([name]) =>
  /^BACKSTAGE_TEST_DATABASE_POSTGRES\d+_CONNECTION_STRING$/.test(name),
)?.[1];

/** Begins the names of the databases of one test. */
export function newDatabasePrefix(): string {
  return `fairway_${randomBytes(4).toString('hex')}_`;
}

/** Drops every database whose name begins so. */
export async function dropDatabases(prefix: string): Promise<void> {
  const db = knex({ client: 'pg', connection: postgresConnection });
  try {
    const rows: Array<{ datname: string }> = await db('pg_database')
      .select('datname')
      .where('datname', 'like', `${prefix}%`);
    for (const { datname } of rows) {
      await db.raw('drop database ?? with (force)', [datname]);
    }
  } finally {
    await db.destroy();
  }
}
