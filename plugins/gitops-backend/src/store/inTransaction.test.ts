import {
  TestDatabases,
  type TestDatabaseId,
} from '@backstage/backend-test-utils';
import { inTransaction } from './inTransaction';

jest.setTimeout(60_000);

const ids: TestDatabaseId[] = ['SQLITE_3'];
if (process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING) {
  ids.push('POSTGRES_15');
}
const databases = TestDatabases.create({ ids });

describe.each(databases.eachSupportedId())('inTransaction, %s', id => {
  async function createTable() {
    const knex = await databases.init(id);
    await knex.schema.createTable('counter', table => table.integer('value'));
    await knex('counter').insert({ value: 0 });
    return knex;
  }

  it('does all of the work or nothing', async () => {
    const knex = await createTable();
    const count = (result: Promise<string>) =>
      inTransaction(knex, async trx => {
        await trx('counter').increment('value', 1);
        return result;
      });
    await expect(count(Promise.resolve('done'))).resolves.toBe('done');
    const failed = Promise.reject(new Error('Not done'));
    await expect(count(failed)).rejects.toThrow('Not done');
    await expect(knex('counter').first()).resolves.toEqual({ value: 1 });
  });

  it('holds up nobody for long when its process hangs', async () => {
    if (id === 'SQLITE_3') {
      // It has one connection, and no other process uses its file.
      return;
    }
    const knex = await createTable();
    let goOn = () => {};
    const hanging = new Promise<void>(resolve => {
      goOn = resolve;
    });
    let isLocked = () => {};
    const locked = new Promise<void>(resolve => {
      isLocked = resolve;
    });
    const hung = inTransaction(
      knex,
      async trx => {
        await trx('counter').update({ value: 1 });
        isLocked();
        await hanging;
        await trx('counter').update({ value: 2 });
      },
      { hangsMillis: 200 },
    );
    await locked;
    await inTransaction(knex, trx => trx('counter').update({ value: 3 }));
    goOn();
    await expect(hung).rejects.toThrow();
    await expect(knex('counter').first()).resolves.toEqual({ value: 3 });
  });
});
