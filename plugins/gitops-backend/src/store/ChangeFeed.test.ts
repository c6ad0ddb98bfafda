import {
  TestDatabases,
  mockServices,
  type TestDatabaseId,
} from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { newDeployment, storedApplication } from './__testUtils__/samples';
import { DatabaseGitopsStore } from './DatabaseGitopsStore';
import { deploymentId, failureId } from './ids';

jest.setTimeout(60_000);

const ids: TestDatabaseId[] = ['SQLITE_3'];
if (process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING) {
  ids.push('POSTGRES_15');
}
const databases = TestDatabases.create({ ids });

describe.each(databases.eachSupportedId())('ChangeFeed on %p', id => {
  let store: DatabaseGitopsStore;
  let knex: Knex;

  beforeEach(async () => {
    knex = await databases.init(id);
    store = await DatabaseGitopsStore.create({
      database: mockServices.database({ knex, migrations: { skip: false } }),
    });
  });

  function write(fields: Parameters<typeof storedApplication>[0]) {
    return store.applyApplicationChange({
      stored: storedApplication(fields),
      ...{ deployments: [], failures: [] },
    });
  }

  it('tells each name once, with all that concerns it', async () => {
    await expect(store.latestChange()).resolves.toBe(0);
    const orders = storedApplication({
      name: 'orders',
      entityRef: 'component:default/orders',
    });
    const deployment = newDeployment(orders, {
      finishedAt: '2026-01-01T00:00:00Z',
    });
    await store.applyApplicationChange({
      ...{ stored: orders, deployments: [deployment], failures: [] },
    });
    const first = await store.latestChange();
    const applicationId = orders.application.id;
    const told = {
      applicationIds: [applicationId],
      entityRefs: ['component:default/orders'],
      ...{ clusters: [], complete: true },
    };
    await expect(store.changesSince(0, 10)).resolves.toEqual({
      ...{ seq: first, ...told },
    });
    await expect(store.changesSince(first, 10)).resolves.toEqual({
      ...{ seq: first, applicationIds: [], entityRefs: [] },
      ...{ clusters: [], complete: true },
    });

    // A failure, a completion, another component, the end: each is a change of it.
    const key = deploymentId(applicationId, deployment.key);
    const steps = [
      () =>
        store.putFailure({
          id: failureId(key, 'health'),
          ...{ deploymentId: key, applicationId, signal: 'health' },
          ...{ reason: 'Back-off', startedAt: '2026-01-01T00:01:00.000Z' },
        }),
      () =>
        store.completeDeployment(key, {
          ...{ kind: 'release', rework: false, counted: true },
          ...{ images: [], commits: [], attribution: 'none' },
        }),
    ];
    for (const step of steps) {
      const before = await store.latestChange();
      await step();
      await expect(store.changesSince(before, 10)).resolves.toMatchObject(told);
    }
    const before = await store.latestChange();
    await write({ name: 'orders', entityRef: 'component:default/shop' });
    await expect(store.changesSince(before, 10)).resolves.toMatchObject({
      applicationIds: [applicationId],
      entityRefs: ['component:default/orders', 'component:default/shop'],
    });
    const last = await store.latestChange();
    await store.recording(['local'], recording =>
      recording.deleteObjects([{ origin: orders.origin, keep: [] }]),
    );
    await expect(store.changesSince(last, 10)).resolves.toMatchObject({
      applicationIds: [applicationId],
      entityRefs: ['component:default/shop'],
    });
  });

  it('splits what is long, never what was written together', async () => {
    for (const name of ['a', 'b', 'c']) {
      await write({ name, entityRef: `component:default/${name}` });
    }
    const first = await store.changesSince(0, 1);
    expect(first.entityRefs).toEqual(['component:default/a']);
    expect(first.applicationIds).toHaveLength(1);
    const second = await store.changesSince(first.seq, 3);
    expect(second.entityRefs).toEqual([
      'component:default/b',
      'component:default/c',
    ]);
    expect(second.seq).toBe(await store.latestChange());
  });

  it('says so when it does not know any more', async () => {
    await write({ name: 'a' });
    const seq = await store.latestChange();
    await knex('change_counter').update({ value: seq + 500, pruned: seq + 1 });
    await expect(store.changesSince(seq, 10)).resolves.toEqual({
      ...{ seq: seq + 500, applicationIds: [], entityRefs: [] },
      ...{ clusters: [], complete: false },
    });
    // A database that was restored from a backup counts from before.
    await expect(store.changesSince(seq + 10_000, 10)).resolves.toMatchObject({
      complete: false,
    });
  });

  it('lets a reader follow many writers without reading everything again', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `app-${index}`);
    const rounds = 8;
    let writing = true;
    const view = new Map<string, string | undefined>();
    const follow = async () => {
      let seq = 0;
      while (writing || seq < (await store.latestChange())) {
        const changes = await store.changesSince(seq, 5);
        expect(changes.complete).toBe(true);
        for (const item of await store.getApplications(
          changes.applicationIds,
        )) {
          view.set(item.ref.name, item.version);
        }
        seq = changes.seq;
      }
    };
    const write1 = async (cluster: string, mine: string[]) => {
      for (let round = 1; round <= rounds; round += 1) {
        for (const name of mine) {
          await write({ name, cluster, version: `${round}` });
        }
      }
    };
    const writers = Promise.all(
      [0, 1, 2, 3].map(writer =>
        write1(
          `cluster-${writer % 2}`,
          names.filter((_, index) => index % 4 === writer),
        ),
      ),
    ).finally(() => {
      writing = false;
    });
    await Promise.all([writers, follow()]);
    expect(view).toEqual(new Map(names.map(name => [name, `${rounds}`])));
  });
});
