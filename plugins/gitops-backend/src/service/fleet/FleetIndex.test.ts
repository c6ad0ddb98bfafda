import {
  mockServices,
  TestDatabases,
  type TestDatabaseId,
} from '@backstage/backend-test-utils';
import type { Application } from '@fairway/plugin-gitops-common';
import { DatabaseGitopsStore } from '../../store';
import {
  newDeployment,
  storedApplication,
} from '../../store/__testUtils__/samples';
import { FleetIndex } from './FleetIndex';

jest.setTimeout(60_000);

const ORDERS = 'component:default/orders';
const SEARCH = 'component:default/search';
const ids: TestDatabaseId[] = ['SQLITE_3'];
if (process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING) {
  ids.push('POSTGRES_15');
}
const databases = TestDatabases.create({ ids });

function application(name: string, fields: Partial<Application> = {}) {
  return storedApplication({ name, entityRef: ORDERS, ...fields });
}

describe.each(databases.eachSupportedId())('FleetIndex on %s', databaseId => {
  /** Two replicas on one database: what one writes the other reads. */
  async function setup() {
    const knex = await databases.init(databaseId);
    const create = () =>
      DatabaseGitopsStore.create({
        database: mockServices.database({ knex, migrations: { skip: false } }),
      });
    const [store, other] = [await create(), await create()];
    await store.setClusters([{ name: 'local', title: 'Local' }]);
    let now = Date.parse('2026-02-01T00:00:00Z');
    const index = new FleetIndex({ source: other, now: () => now });
    return {
      ...{ store, other, index, knex },
      passes: (milliseconds: number) => {
        now += milliseconds;
      },
      put: async (
        ...all: Array<ReturnType<typeof storedApplication>>
      ): Promise<void> => {
        for (const stored of all) {
          await store.applyApplicationChange({
            ...{ stored, deployments: [], failures: [] },
          });
        }
      },
      names: async (ref?: string) => {
        await index.catchUp();
        const found = ref ? index.ofComponent(ref) ?? [] : index.strays;
        return found.map(({ cell }) => cell.ref.name);
      },
    };
  }

  it('follows what another replica writes: new, changed, moved and gone', async () => {
    const { store, index, put, names } = await setup();
    await put(application('b'), application('a'));
    expect(await names(ORDERS)).toEqual(['a', 'b']);
    const [first] = index.ofComponent(ORDERS)!;
    const version = index.versionOf(ORDERS);

    await put(application('c'), {
      ...application('b', { health: 'degraded', version: '2.0.0' }),
      fingerprint: 'f2',
    });
    expect(await names(ORDERS)).toEqual(['a', 'b', 'c']);
    expect(index.ofComponent(ORDERS)).toMatchObject([
      {},
      { cell: { health: 'degraded', version: '2.0.0' } },
      {},
    ]);
    expect(index.ofComponent(ORDERS)![0]).toBe(first);
    expect(index.versionOf(ORDERS)).not.toBe(version);

    await put(
      { ...application('c', { entityRef: SEARCH }), fingerprint: 'f3' },
      { ...application('a', { entityRef: undefined }), fingerprint: 'f3' },
    );
    expect(await names(ORDERS)).toEqual(['b']);
    expect(await names(SEARCH)).toEqual(['c']);
    expect(await names()).toEqual(['a']);

    const { origin } = application('c');
    await store.recording([origin.cluster], recording =>
      recording.deleteObjects([{ origin, keep: [] }]),
    );
    expect(await names(SEARCH)).toEqual([]);
    expect(index.ofComponent(SEARCH)).toBeUndefined();
  });

  it('hears of deployments, facts and clusters, and of nothing when nothing happened', async () => {
    const { store, index, put } = await setup();
    const stored = application('a');
    await put(stored);
    const heard = async (change: () => Promise<unknown>) => {
      await index.catchUp();
      const before = [
        index.generation,
        index.versionOf(ORDERS),
        index.clusterRevision,
      ];
      await change();
      await index.catchUp();
      return [
        index.generation,
        index.versionOf(ORDERS),
        index.clusterRevision,
      ].map((value, position) => value !== before[position]);
    };
    expect(await heard(async () => {})).toEqual([false, false, false]);
    const deployment = newDeployment(stored, {
      finishedAt: '2026-01-31T00:00:00.000Z',
    });
    expect(
      await heard(() =>
        store.applyApplicationChange({
          ...{ stored: { ...stored, fingerprint: 'f2' }, failures: [] },
          deployments: [deployment],
        }),
      ),
    ).toEqual([true, true, false]);
    expect(index.ofComponent(ORDERS)![0].cell.lastDeployment).toMatchObject({
      finishedAt: '2026-01-31T00:00:00.000Z',
    });
    const status = (state: 'connected' | 'unreachable', lastSeenAt: string) =>
      store.putClusterStatus(stored.origin, {
        ...{ state, lastSeenAt, since: '2026-01-01T00:00:00.000Z' },
        resource: 'argoproj.io/v1alpha1/applications',
      });
    expect(
      await heard(() => status('connected', '2026-01-31T01:00:00.000Z')),
    ).toEqual([true, false, true]);
    expect(
      await heard(() => status('connected', '2026-01-31T02:00:00.000Z')),
    ).toEqual([false, false, false]);
    expect(
      await heard(() => status('unreachable', '2026-01-31T02:00:00.000Z')),
    ).toEqual([true, false, true]);
    const [shown] = index.ofComponent(ORDERS)!;
    expect(index.shown(shown).staleSince).toBe('2026-01-31T02:00:00.000Z');
    expect(
      await heard(() => store.setClusters([], { forgetMissingForMillis: 0 })),
    ).toEqual([true, true, true]);
    expect(index.ofComponent(ORDERS)).toBeUndefined();
  });

  it('asks once for all who read at the same time', async () => {
    const { other, index, put } = await setup();
    await put(application('a'));
    await index.catchUp();
    const latestChange = jest.spyOn(other, 'latestChange');
    await Promise.all(Array.from({ length: 50 }, () => index.catchUp()));
    expect(latestChange).toHaveBeenCalledTimes(1);
    // Who comes while it is asked may know of something newer.
    const first = index.catchUp();
    await Promise.resolve();
    await Promise.all([first, index.catchUp(), index.catchUp()]);
    expect(latestChange.mock.calls.length).toBeLessThanOrEqual(3);
  });

  it('reads everything anew when the feed has forgotten too much', async () => {
    const { other, index, put, names } = await setup();
    await put(application('a'));
    expect(await names(ORDERS)).toEqual(['a']);
    const version = index.versionOf(ORDERS);
    await put(application('b'));
    jest.spyOn(other, 'changesSince').mockImplementationOnce(async () => ({
      seq: await other.latestChange(),
      ...{ applicationIds: [], entityRefs: [], clusters: [] },
      complete: false,
    }));
    expect(await names(ORDERS)).toEqual(['a', 'b']);
    expect(index.versionOf(ORDERS)).not.toBe(version);
    await put(application('c'));
    expect(await names(ORDERS)).toEqual(['a', 'b', 'c']);
  });

  it('goes on after the database could not be asked', async () => {
    const { other, index, put, names } = await setup();
    await put(application('a'));
    jest
      .spyOn(other, 'latestChange')
      .mockRejectedValueOnce(new Error('The database is away'));
    await expect(index.catchUp()).rejects.toThrow('The database is away');
    expect(await names(ORDERS)).toEqual(['a']);
  });
});
