import {
  mockServices,
  TestDatabases,
  type TestDatabaseId,
} from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import type { Knex } from 'knex';
import { eventually } from '../__testUtils__/eventually';
import {
  FAKE_PATH,
  fakeObject,
  fakeObserver,
} from '../__testUtils__/fakeEngine';
import { readGitopsConfig } from '../config';
import { Recorder } from '../recorder';
import { DatabaseClusterRegistry, DatabaseGitopsStore } from '../store';
import { ScriptedKubernetes } from './__testUtils__/ScriptedKubernetes';
import { ClusterConnection } from './ClusterConnection';
import { ClusterWatcher } from './ClusterWatcher';

jest.setTimeout(60_000);

const ids: TestDatabaseId[] = ['SQLITE_3'];
if (process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING) {
  ids.push('POSTGRES_15');
}
const databases = TestDatabases.create({ ids });

/** Of the Kubernetes plugin that a replica asks. */
const BROKEN = { status: 500, body: { error: { message: 'No catalog' } } };

describe.each(databases.eachSupportedId())('ClusterWatchers on %p', id => {
  let knex: Knex;
  let store: DatabaseGitopsStore;
  const ends: Array<() => Promise<void>> = [];

  beforeEach(async () => {
    knex = await databases.init(id);
    store = await DatabaseGitopsStore.create({
      database: mockServices.database({ knex, migrations: { skip: false } }),
    });
  });

  afterEach(async () => {
    await Promise.all(ends.splice(0).map(end => end()));
  });

  /** A backend with these clusters in its configuration, each with one application. */
  async function replica(
    clusters: string[],
    options: { forgetAfterMillis?: number; exclusive?: boolean } = {},
  ) {
    const kubernetes = new ScriptedKubernetes();
    kubernetes.clusters = clusters.map(name => ({ name }));
    for (const name of clusters) {
      kubernetes.put(name, FAKE_PATH, fakeObject(name, { application: {} }));
    }
    const baseUrl = await kubernetes.listen();
    const logger = mockServices.logger.mock();
    const ignore = () => {};
    const watcher = new ClusterWatcher({
      api: new ClusterConnection({
        auth: mockServices.auth(),
        discovery: mockServices.discovery.mock({
          getBaseUrl: async () => baseUrl,
        }),
      }),
      observers: [fakeObserver],
      sink: new Recorder({
        ...{ store, logger },
        resolver: { ready: true, resolve: () => undefined, get: ignore as any },
        listener: {
          ...{ applicationChanged: ignore, applicationRemoved: ignore },
          ...{ deploymentChanged: ignore, factChanged: ignore },
          ...{ failureOpened: ignore, failureClosed: ignore },
          ...{ clusterChanged: ignore, healthAlert: ignore },
        },
        config: readGitopsConfig(new ConfigReader({ gitops: {} })),
      }),
      registry: await DatabaseClusterRegistry.create({
        database: mockServices.database({ knex }),
        // SQLite takes leases too when it is told that others are there.
        store: {
          exclusive: options.exclusive ?? false,
          setClusters: (...args) => store.setClusters(...args),
          acquireLease: lease => store.acquireLease(lease),
          releaseLease: lease => store.releaseLease(lease),
        },
        forgetAfterMillis: options.forgetAfterMillis,
      }),
      logger,
      times: {
        ...{ initialBackoffMillis: 10, maximumBackoffMillis: 40 },
        ...{ lookAgainMillis: 30, watchSeconds: 1, silenceMillis: 2_000 },
        ...{ graceMillis: 300, seenEveryMillis: 0, probeEveryMillis: 50 },
        ...{ answerWithinMillis: 2_000, clustersEveryMillis: 20 },
      },
    });
    const stop = async () => {
      await watcher.stop();
      await kubernetes.close();
    };
    ends.push(stop);
    watcher.start();
    return { kubernetes, stop };
  }

  const lists = ({ requests }: ScriptedKubernetes) =>
    requests.filter(({ path }) => path === 'clusters').length;
  /** Resolves when a replica has listed its clusters so many times more. */
  const untilListed = (kubernetes: ScriptedKubernetes, times: number) => {
    const before = lists(kubernetes);
    return eventually(() =>
      expect(lists(kubernetes)).toBeGreaterThan(before + times),
    );
  };
  const applications = async () =>
    (await store.listApplications({})).items.map(({ ref }) => ref.name);
  const states = async () =>
    Object.fromEntries(
      (await store.listClusterStatus()).map(({ name, state }) => [name, state]),
    );

  it('leave the clusters of each other alone, and forget those that nobody has', async () => {
    const one = await replica(['eu'], { forgetAfterMillis: 300 });
    await eventually(async () => expect(await applications()).toEqual(['eu']));
    const other = await replica(['us'], { forgetAfterMillis: 300 });
    await eventually(async () =>
      expect(await states()).toEqual({ eu: 'connected', us: 'connected' }),
    );
    await Promise.all(
      [one, other].map(({ kubernetes }) => untilListed(kubernetes, 15)),
    );
    expect(await applications()).toEqual(['eu', 'us']);
    expect(await states()).toEqual({ eu: 'connected', us: 'connected' });

    // Also when the one that has it cannot list it, but watches it.
    one.kubernetes.fault = ({ path }) =>
      path === 'clusters' ? BROKEN : undefined;
    await untilListed(other.kubernetes, 15);
    expect(await states()).toEqual({ eu: 'connected', us: 'connected' });

    await one.stop();
    await eventually(async () =>
      expect(await states()).toEqual({ us: 'connected' }),
    );
    expect(await applications()).toEqual(['us']);
  });

  it('wipe nothing when they start with an empty list', async () => {
    const before = await replica(['eu'], { exclusive: true });
    await eventually(async () => expect(await applications()).toEqual(['eu']));
    await before.stop();
    // Nor when it was missing already when the one before ended.
    await knex('clusters').update({
      missing_since: '2026-01-01T00:00:00.000Z',
    });

    const after = await replica([], { exclusive: true });
    await untilListed(after.kubernetes, 10);
    const [application] = (await store.listApplications({})).items;
    expect(application.staleSince).toBeDefined();
    await expect(store.listClusterStatus()).resolves.toMatchObject([
      {
        ...{ name: 'eu', state: 'unreachable', applications: 1 },
        message: expect.stringMatching(/forgotten.*unless it is put back/),
      },
    ]);

    after.kubernetes.put(
      'eu',
      FAKE_PATH,
      fakeObject('eu', { application: {} }),
    );
    after.kubernetes.clusters = [{ name: 'eu' }];
    await eventually(async () =>
      expect(await states()).toEqual({ eu: 'connected' }),
    );
    // What was missed before is not held against it.
    await expect(
      knex('clusters').whereNotNull('missing_since'),
    ).resolves.toEqual([]);
  });

  it('list again what somebody else deleted', async () => {
    const { kubernetes } = await replica(['eu']);
    await eventually(async () => expect(await applications()).toEqual(['eu']));
    for (const table of ['applications', 'cluster_status', 'clusters']) {
      await knex(table).delete();
    }
    await eventually(async () => {
      kubernetes.send('eu', FAKE_PATH, {
        type: 'BOOKMARK',
        object: { metadata: { resourceVersion: '200' } },
      });
      expect(await applications()).toEqual(['eu']);
      expect(await states()).toEqual({ eu: 'connected' });
    });
  });

  it('say that nothing is watched of what nobody watches alone', async () => {
    const one = await replica(['eu']);
    await eventually(async () =>
      expect(await states()).toEqual({ eu: 'connected' }),
    );
    const blind = await replica([]);
    blind.kubernetes.fault = () => BROKEN;
    await untilListed(blind.kubernetes, 10);
    expect(await states()).toEqual({ eu: 'connected' });

    await one.stop();
    await eventually(async () =>
      expect((await store.listClusterStatus())[0]).toMatchObject({
        state: 'unreachable',
        message: expect.stringMatching(/cannot be listed.*No catalog/),
      }),
    );
  });
});
