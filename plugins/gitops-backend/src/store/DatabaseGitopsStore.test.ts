import {
  TestDatabases,
  mockServices,
  type TestDatabaseId,
} from '@backstage/backend-test-utils';
import type { DatabaseService } from '@backstage/backend-plugin-api';
import type { Failure } from '@fairway/plugin-gitops-common';
import type { Knex } from 'knex';
import { newDeployment, storedApplication } from './__testUtils__/samples';
import { DatabaseGitopsStore } from './DatabaseGitopsStore';
import type { StoredApplication } from './GitopsStore';
import { deploymentId, failureId, objectId } from './ids';

jest.setTimeout(60_000);

const ids: TestDatabaseId[] = ['SQLITE_3'];
if (process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING) {
  ids.push('POSTGRES_15');
}
const databases = TestDatabases.create({ ids });

async function createStore(databaseId: TestDatabaseId) {
  const knex = await databases.init(databaseId);
  const database: DatabaseService = mockServices.database({
    knex,
    migrations: { skip: false },
  });
  return { knex, store: await DatabaseGitopsStore.create({ database }) };
}

function put(
  store: DatabaseGitopsStore,
  stored: StoredApplication,
  change: Partial<Parameters<typeof store.applyApplicationChange>[0]> = {},
) {
  return store.applyApplicationChange({
    stored,
    deployments: [],
    failures: [],
    ...change,
  });
}

function latestOf(store: DatabaseGitopsStore, applicationId: string) {
  return store.recording([], async recording => {
    const latest = await recording.latestDeployments([applicationId], 5);
    return latest.get(applicationId) ?? [];
  });
}

describe('objectId', () => {
  it('tells objects apart and is safe in a path', () => {
    const ref = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      namespace: 'argocd',
      name: 'orders.dev',
      cluster: 'eu/1_é',
    };
    const id = objectId(ref);
    expect(id).toBe('eu_2F1_5F_C3_A9~application~argocd~orders.dev');
    expect(encodeURIComponent(id)).toBe(id);
    expect(objectId({ ...ref, apiVersion: 'argoproj.io/v2' })).toBe(id);
    expect(objectId({ ...ref, namespace: undefined })).not.toBe(id);
  });
});

describe.each(databases.eachSupportedId())('DatabaseGitopsStore %p', id => {
  let store: DatabaseGitopsStore;
  let knex: Knex;

  beforeEach(async () => {
    ({ store, knex } = await createStore(id));
  });

  it('leaves the database alone when migrations are skipped', async () => {
    const bare = await databases.init(id);
    await DatabaseGitopsStore.create({
      database: mockServices.database({
        knex: bare,
        migrations: { skip: true },
      }),
    });
    await expect(bare.schema.hasTable('applications')).resolves.toBe(false);
  });

  it('keeps an application as it is written, and where it came from', async () => {
    const stored = {
      ...storedApplication({
        name: 'orders',
        entityRef: 'component:default/orders',
        environment: 'production',
        tier: 'production',
        version: '1.2.3',
      }),
      alertedAt: '2026-01-02T00:00:00.000Z',
    };
    await put(store, stored);

    const recorded = () =>
      store.recording([], recording =>
        recording.storedApplications([stored.application.id]),
      );
    await expect(recorded()).resolves.toEqual(
      new Map([[stored.application.id, stored]]),
    );
    await expect(store.getApplication(stored.application.id)).resolves.toEqual(
      stored.application,
    );
    await expect(store.getApplication('nothing')).resolves.toBeUndefined();
    await expect(
      store.getApplications(['nothing', stored.application.id]),
    ).resolves.toEqual([stored.application]);
    await store.touchObserved(stored.origin, '2026-02-01T00:00:00Z');
    await expect(
      store.getApplication(stored.application.id),
    ).resolves.toMatchObject({ observedAt: '2026-02-01T00:00:00.000Z' });
  });

  it('filters, sorts, pages and counts applications', async () => {
    const samples = [
      storedApplication({
        name: 'orders-dev',
        entityRef: 'component:default/orders',
        environment: 'dev',
        version: '2.0_rc',
      }),
      storedApplication({
        name: 'orders-production',
        entityRef: 'component:default/orders',
        environment: 'production',
        health: 'degraded',
        cluster: 'eu',
      }),
      storedApplication({
        name: 'ledger',
        entityRef: 'component:default/ledger',
        environment: 'production',
        sync: 'out-of-sync',
        engine: 'flux',
      }),
      storedApplication({ name: 'stray', sync: 'unknown' }),
    ];
    for (const sample of samples) {
      await put(store, sample);
    }
    const names = async (
      query: Parameters<typeof store.listApplications>[0],
    ) => {
      const page = await store.listApplications(query);
      expect(page.totalItems).toBeGreaterThanOrEqual(page.items.length);
      return page.items.map(item => item.ref.name);
    };

    await expect(names({})).resolves.toEqual([
      'ledger',
      'orders-dev',
      'orders-production',
      'stray',
    ]);
    await expect(names({ sort: 'health', limit: 1 })).resolves.toEqual([
      'orders-production',
    ]);
    await expect(names({ sort: 'sync', limit: 2 })).resolves.toEqual([
      'ledger',
      'stray',
    ]);
    await expect(names({ search: 'ORDERS dev' })).resolves.toEqual([
      'orders-dev',
    ]);
    // Wildcards of SQL are ordinary characters.
    await expect(names({ search: '0_r' })).resolves.toEqual(['orders-dev']);
    await expect(names({ search: '%' })).resolves.toEqual([]);
    await expect(names({ cluster: ['eu'] })).resolves.toEqual([
      'orders-production',
    ]);
    await expect(names({ engine: ['flux'] })).resolves.toEqual(['ledger']);
    await expect(
      names({ environment: ['production'], health: ['healthy'] }),
    ).resolves.toEqual(['ledger']);
    await expect(names({ unregistered: true })).resolves.toEqual(['stray']);
    await expect(
      names({ unregistered: false, limit: 9 }),
    ).resolves.toHaveLength(3);
    await expect(names({ namespace: 'stray' })).resolves.toEqual(['stray']);
    await expect(names({ name: 'ledger' })).resolves.toEqual(['ledger']);
    await expect(names({ entityRefs: [] })).resolves.toEqual([]);
    const many = Array.from(
      { length: 5000 },
      (_, index) => `component:x/${index}`,
    );
    await expect(
      names({ entityRefs: [...many, 'component:default/ledger'] }),
    ).resolves.toEqual(['ledger']);

    for (const sort of ['name', 'health', 'sync', 'last-deployment'] as const) {
      const whole = await names({ sort });
      const paged: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.listApplications({ sort, limit: 1, cursor });
        expect(page.totalItems).toBe(4);
        paged.push(...page.items.map(item => item.ref.name));
        cursor = page.nextCursor;
      } while (cursor);
      expect(paged).toEqual(whole);
    }
    const { nextCursor } = await store.listApplications({ limit: 1 });
    for (const cursor of ['nonsense', btoa('[1]'), nextCursor]) {
      await expect(
        store.listApplications({ sort: 'health', cursor }),
      ).rejects.toMatchObject({ name: 'InputError' });
    }

    await expect(store.countApplications()).resolves.toEqual({
      applications: 4,
      health: {
        ...{ healthy: 3, suspended: 0, progressing: 0 },
        ...{ missing: 0, degraded: 1, unknown: 0 },
      },
      sync: { synced: 2, 'out-of-sync': 1, unknown: 1 },
      unregistered: 1,
    });
    await expect(
      store.countApplications({ search: 'orders' }),
    ).resolves.toMatchObject({ applications: 2, unregistered: 0 });
  });

  it('inserts a deployment once, and completes it', async () => {
    const stored = storedApplication({ name: 'orders', tier: 'production' });
    const first = newDeployment(stored, {
      finishedAt: '2026-01-02T10:00:00Z',
      counted: false,
      notCountedReason: 'adoption',
    });
    const second = newDeployment(stored, {
      finishedAt: '2026-01-03T10:00:00+01:00',
      startedAt: '2026-01-03T08:59:00Z',
      revision: 'b'.repeat(40),
    });
    const again = newDeployment(stored, {
      finishedAt: '2026-01-04T10:00:00Z',
      counted: false,
      notCountedReason: 'same-revision',
      revision: 'b'.repeat(40),
    });
    const keys = [first, second, again].map(item => item.key);
    const idOf = (key: string) => deploymentId(stored.application.id, key);
    await expect(put(store, stored, { deployments: [first] })).resolves.toEqual(
      {
        inserted: [idOf(first.key)],
      },
    );
    await expect(
      put(store, stored, { deployments: [first, second, again] }),
    ).resolves.toEqual({ inserted: [idOf(second.key), idOf(again.key)] });
    await expect(
      store.recording([], recording =>
        recording.knownDeploymentKeys(
          [stored.application.id],
          [...keys, 'other'],
        ),
      ),
    ).resolves.toEqual(new Map([[stored.application.id, new Set(keys)]]));

    const due = await store.deploymentsToAttribute(10);
    expect(due).toMatchObject([
      { deployment: { id: idOf(first.key) }, attempts: 0 },
      {
        deployment: {
          id: idOf(second.key),
          finishedAt: '2026-01-03T09:00:00.000Z',
          startedAt: '2026-01-03T08:59:00.000Z',
        },
        from: stored.application.source,
        previous: { id: idOf(first.key) },
      },
    ]);
    expect(due).toHaveLength(2);
    expect(due[0].previous).toBeUndefined();

    await store.postponeAttribution(idOf(first.key), '2999-01-01T00:00:00Z');
    const commit = {
      sha: 'c'.repeat(40),
      repoUrl: 'https://git.example.com/a/b.git',
      subject: 'Charge in the customer’s currency',
      author: 'Ada',
      authoredAt: '2026-01-01T00:00:00.000Z',
      committedAt: '2026-01-01T00:00:00.000Z',
    };
    const completion = {
      kind: 'rollback' as const,
      rework: true,
      counted: true,
      images: ['registry.example.com/orders:2'],
      version: '2',
      previousVersion: '1',
      author: 'Ada',
      subject: 'Deploy 2',
      commits: [commit, { ...commit, sha: 'd'.repeat(40) }],
      attribution: 'image-tag' as const,
    };
    await store.completeDeployment(idOf(second.key), completion);
    await expect(store.deploymentsToAttribute(10)).resolves.toEqual([]);
    await expect(store.getDeployment(idOf(second.key))).resolves.toMatchObject({
      ...completion,
      failures: [],
    });
    // The same revision again is not what people call the last deployment.
    await expect(
      store.getApplication(stored.application.id),
    ).resolves.toMatchObject({
      lastDeployment: {
        id: idOf(second.key),
        finishedAt: '2026-01-03T09:00:00.000Z',
        outcome: 'succeeded',
        author: 'Ada',
      },
      // The engine did not say what runs.
      images: completion.images,
      version: '2',
    });
  });

  it('answers deployments by filter, newest first, and windows, oldest first', async () => {
    const orders = storedApplication({
      name: 'orders',
      entityRef: 'component:default/orders',
      environment: 'production',
      tier: 'production',
    });
    const stray = storedApplication({ name: 'stray', environment: 'dev' });
    await put(store, orders, {
      deployments: [1, 2, 3].map(day =>
        newDeployment(orders, { finishedAt: `2026-01-0${day}T00:00:00Z` }),
      ),
    });
    await put(store, stray, {
      deployments: [
        newDeployment(stray, {
          finishedAt: '2026-01-02T00:00:00Z',
          counted: false,
          notCountedReason: 'not-production',
        }),
      ],
    });
    const failed = deploymentId(
      orders.application.id,
      'history/2026-01-02T00:00:00Z',
    );
    const failure: Failure = {
      id: failureId(failed, 'health'),
      deploymentId: failed,
      applicationId: orders.application.id,
      signal: 'health',
      reason: 'Back-off',
      startedAt: '2026-01-02T00:10:00.000Z',
    };
    const open = () =>
      store.recording([], recording =>
        recording.openFailures([orders.application.id]),
      );
    await store.putFailure(failure);
    await expect(open()).resolves.toEqual(
      new Map([[orders.application.id, [failure]]]),
    );
    const ended = { ...failure, endedAt: '2026-01-02T01:00:00.000Z' };
    await store.putFailure(ended);
    await expect(open()).resolves.toEqual(new Map());

    const dates = async (query: Parameters<typeof store.listDeployments>[0]) =>
      (await store.listDeployments(query)).items.map(
        item => `${item.applicationName} ${item.finishedAt.slice(8, 10)}`,
      );
    await expect(
      dates({ applicationId: [orders.application.id] }),
    ).resolves.toEqual(['orders 03', 'orders 02', 'orders 01']);
    await expect(
      dates({
        from: '2026-01-02T00:00:00Z',
        to: '2026-01-03T00:00:00Z',
        counted: true,
      }),
    ).resolves.toEqual(['orders 02']);
    await expect(dates({ counted: false })).resolves.toEqual(['stray 02']);
    await expect(dates({ tier: ['production'], limit: 1 })).resolves.toEqual([
      'orders 03',
    ]);
    await expect(dates({ entityRef: [] })).resolves.toEqual([]);
    const page = await store.listDeployments({ limit: 3 });
    expect(page).toMatchObject({ totalItems: 4 });
    await expect(dates({ limit: 3, cursor: page.nextCursor })).resolves.toEqual(
      ['orders 01'],
    );
    await expect(store.listDeployments({ cursor: 'x' })).rejects.toMatchObject({
      name: 'InputError',
    });
    await expect(
      store.listDeployments({ from: 'yesterday' }),
    ).rejects.toMatchObject({ name: 'InputError' });

    const window = await store.deploymentsInWindow({
      from: '2026-01-01T00:00:00Z',
      to: '2026-01-03T00:00:00Z',
      tier: 'production',
      entityRefs: ['component:default/orders'],
    });
    expect(window.map(item => item.failures)).toEqual([[], [ended]]);

    // A component that is registered later has the history from before.
    await put(store, {
      ...stray,
      application: {
        ...stray.application,
        entityRef: 'component:default/stray',
      },
    });
    await expect(
      dates({ entityRef: ['component:default/stray'] }),
    ).resolves.toEqual(['stray 02']);
  });

  it('keeps what was read from Git, once', async () => {
    const stored = storedApplication({
      name: 'orders',
      entityRef: 'component:default/orders',
      environment: 'production',
    });
    await put(store, storedApplication({ name: 'stray' }));
    await put(store, stored, {
      deployments: [
        newDeployment(stored, { finishedAt: '2026-01-02T00:00:00Z' }),
      ],
    });
    const applicationId = stored.application.id;
    await expect(store.applicationsToBackfill(5)).resolves.toMatchObject([
      {
        application: { id: applicationId },
        firstDeployment: { finishedAt: '2026-01-02T00:00:00.000Z' },
        attempts: 0,
      },
    ]);
    const backfilled = {
      ...newDeployment(stored, {
        finishedAt: '2025-12-01T00:00:00Z',
        source: 'git',
        key: 'git/abc',
      }),
      commits: [],
      attribution: 'configuration' as const,
      failures: [
        {
          signal: 'revert' as const,
          reason: 'Revert "Speed up"',
          startedAt: '2025-12-01T01:00:00.000Z',
          endedAt: '2025-12-01T02:00:00.000Z',
        },
      ],
    };
    const inserted = await store.insertBackfilled([backfilled]);
    expect(inserted).toEqual([deploymentId(applicationId, 'git/abc')]);
    await expect(store.insertBackfilled([backfilled])).resolves.toEqual([]);
    await expect(store.getDeployment(inserted[0])).resolves.toMatchObject({
      source: 'git',
      attribution: 'configuration',
      failures: [{ signal: 'revert', deploymentId: inserted[0] }],
    });
    // History is not the latest that was observed.
    await expect(latestOf(store, applicationId)).resolves.toHaveLength(1);

    await store.postponeBackfill(applicationId, '2999-01-01T00:00:00Z');
    await expect(store.applicationsToBackfill(5)).resolves.toEqual([]);
    await store.postponeBackfill(applicationId, '2000-01-01T00:00:00Z');
    await expect(store.applicationsToBackfill(5)).resolves.toMatchObject([
      { attempts: 2 },
    ]);
    await store.markBackfilled(applicationId);
    // Another observation does not make it be read again.
    await put(store, stored);
    await expect(store.applicationsToBackfill(5)).resolves.toEqual([]);
  });

  it('forgets what is gone, and keeps its history', async () => {
    const stored = storedApplication({ name: 'orders', cluster: 'eu' });
    const other = storedApplication({ name: 'other', cluster: 'us' });
    await put(store, stored, {
      deployments: [
        newDeployment(stored, { finishedAt: '2026-01-02T00:00:00Z' }),
      ],
    });
    await put(store, other);
    await expect(store.listObjects(stored.origin)).resolves.toEqual(
      new Set(['argocd/orders']),
    );
    const { origin, application } = stored;
    const remove = (keep: string[]) =>
      store.recording([origin.cluster], recording =>
        recording.deleteObjects([{ origin, keep }]),
      );
    await expect(
      store.outdatedObjects([{ origin, keep: [application.id] }]),
    ).resolves.toEqual([]);
    await expect(remove([application.id])).resolves.toEqual({
      ...{ applications: [], facts: [], sourceKeys: [] },
    });
    const gone = { origin, keep: ['another'] };
    await expect(store.outdatedObjects([gone])).resolves.toEqual([gone]);
    await expect(remove([])).resolves.toMatchObject({
      applications: [{ id: application.id }],
    });
    await expect(store.getApplication(application.id)).resolves.toBe(undefined);
    await expect(latestOf(store, application.id)).resolves.toHaveLength(1);

    await store.setClusters([{ name: 'eu', title: 'Europe' }], {
      forgetMissingForMillis: 0,
    });
    await expect(store.listOwnedApplications({ limit: 5 })).resolves.toEqual(
      [],
    );
  });

  it('says what is known of each cluster', async () => {
    const stored = storedApplication({ name: 'orders', cluster: 'eu' });
    await store.setClusters([
      { name: 'us', title: 'us' },
      { name: 'eu', title: 'Europe' },
    ]);
    await put(store, stored);
    const seen = {
      resource: 'argoproj.io/v1alpha1/applications',
      state: 'connected' as const,
      since: '2026-01-01T00:00:00.000Z',
      lastSeenAt: '2026-01-01T00:05:00.000Z',
    };
    await store.putClusterStatus(stored.origin, seen);
    await store.putClusterStatus(
      { cluster: 'eu', resource: 'flux:x/kustomizations' },
      { ...seen, resource: 'x/v1/kustomizations', state: 'not-installed' },
    );
    await expect(store.listClusterStatus()).resolves.toMatchObject([
      {
        ...{ name: 'eu', title: 'Europe', state: 'connected' },
        ...{ since: seen.since, applications: 1 },
        resources: [seen, { state: 'not-installed' }],
      },
      { name: 'us', state: 'connecting', resources: [], applications: 0 },
    ]);
    const fresh = await store.getApplication(stored.application.id);
    expect(fresh?.staleSince).toBeUndefined();

    await store.putClusterStatus(stored.origin, {
      resource: seen.resource,
      state: 'unreachable',
      since: '2026-01-01T00:06:00.000Z',
      message: 'No answer',
    });
    await expect(store.listClusterStatus()).resolves.toMatchObject([
      {
        state: 'unreachable',
        since: '2026-01-01T00:06:00.000Z',
        message: 'No answer',
        resources: [{ lastSeenAt: seen.lastSeenAt }, {}],
      },
      {},
    ]);
    await expect(
      store.getApplication(stored.application.id),
    ).resolves.toMatchObject({ staleSince: seen.lastSeenAt });
  });

  it('gives a lease to one holder at a time', async () => {
    const lease = { name: 'cluster:eu', seconds: 60 };
    const take = (holder: string, seconds = 60) =>
      store.acquireLease({ ...lease, holder, seconds });
    await expect(take('a')).resolves.toBe(true);
    await expect(take('a')).resolves.toBe(true);
    // A SQLite file has one user: who held the lease before is gone.
    await expect(take('b')).resolves.toBe(store.exclusive);
    await store.releaseLease({ name: lease.name, holder: 'b' });
    await store.releaseLease({ name: lease.name, holder: 'a' });
    await expect(take('c', -1)).resolves.toBe(true);
    await expect(take('d')).resolves.toBe(true);
  });

  it('migrates down and up again', async () => {
    const directory = `${__dirname}/../../migrations`;
    await knex.migrate.rollback({ directory }, true);
    await expect(knex.schema.hasTable('deployments')).resolves.toBe(false);
    await knex.migrate.latest({ directory });
    await put(store, storedApplication({ name: 'orders' }));
    await expect(store.countApplications()).resolves.toMatchObject({
      applications: 1,
    });
  });
});
