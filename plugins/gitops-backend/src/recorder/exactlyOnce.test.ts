import {
  TestDatabases,
  mockServices,
  type TestDatabaseId,
} from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import type {
  KubernetesObject,
  ObservedDeployment,
} from '@fairway/plugin-gitops-node';
import fc from 'fast-check';
import {
  fakeObject,
  fakeObserver,
  type FakeSpec,
} from '../__testUtils__/fakeEngine';
import { watchedResources, type AsOf } from '../cluster';
import { readGitopsConfig } from '../config';
import { DatabaseGitopsStore } from '../store';
import { EntityIndex } from './EntityIndex';
import { Recorder } from './Recorder';

jest.setTimeout(120_000);

const ids: TestDatabaseId[] = ['SQLITE_3'];
if (process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING) {
  ids.push('POSTGRES_15');
}
const databases = TestDatabases.create({ ids });
const [watch] = watchedResources('local', [fakeObserver]);

const APPLICATIONS = ['orders', 'ledger', 'search'];
const LABELS = { 'fairway.dev/environment': 'production' };

/** Second of a minute in which everything happens. */
function at(second: number): string {
  return new Date(Date.UTC(2026, 0, 1, 10, 0, second)).toISOString();
}

function versioned(
  name: string,
  spec: FakeSpec,
  metadata: Partial<KubernetesObject['metadata']>,
): KubernetesObject {
  const object = fakeObject(name, spec, LABELS);
  return { ...object, metadata: { ...object.metadata, ...metadata } };
}

/** The states of an application in their order: releases, a failure, a crash, a roll-back. */
function statesOf(name: string, uid: string): KubernetesObject[] {
  const history: ObservedDeployment[] = [];
  const deploy = (
    key: string,
    second: number,
    fields: Partial<ObservedDeployment> = {},
  ) => {
    history.push({
      ...{ key, revision: `${name}-${key}`, finishedAt: at(second) },
      outcome: 'succeeded',
      ...fields,
    });
    return [...history];
  };
  const healthy = (second: number) => ({
    ...{ health: 'healthy' as const, healthSince: at(second) },
  });
  const degraded = (second: number) => ({
    ...{ health: 'degraded' as const, healthSince: at(second) },
    healthMessage: 'Back-off',
  });
  const states: FakeSpec['application'][] = [
    { ...healthy(0), deployments: deploy('1', 0) },
    { ...healthy(0), sync: 'out-of-sync', deployments: [...history] },
    { ...healthy(0), deployments: deploy('2', 10, { images: ['r/x:2'] }) },
    { ...degraded(12), deployments: [...history] },
    { ...healthy(15), deployments: [...history] },
    { ...healthy(15), deployments: deploy('3', 20, { outcome: 'failed' }) },
    { ...healthy(15), deployments: deploy('4', 25, { images: ['r/x:4'] }) },
    { ...degraded(27), deployments: [...history] },
    {
      ...healthy(31),
      deployments: deploy('5', 30, { revision: `${name}-2` }),
    },
  ];
  return states.map((application, index) =>
    versioned(name, { application }, { uid, resourceVersion: `${98 + index}` }),
  );
}

const STATES = new Map(
  APPLICATIONS.map(name => [name, statesOf(name, `uid-${name}`)]),
);
const LAST = STATES.get('orders')!.length;

describe.each(databases.eachSupportedId())('Recorders on %p', id => {
  let now: Date;

  async function createStore() {
    const knex = await databases.init(id);
    const store = await DatabaseGitopsStore.create({
      database: mockServices.database({ knex, migrations: { skip: false } }),
    });
    return { knex, store };
  }

  function createRecorder(store: DatabaseGitopsStore, told: string[] = []) {
    const index = new EntityIndex([]);
    const ignore = () => {};
    return new Recorder({
      store,
      resolver: {
        ready: true,
        resolve: object => index.resolve(object),
        get: ref => index.get(ref),
      },
      listener: {
        applicationChanged: ({ id: name, revision, sync, health }) =>
          told.push([name, revision, sync, health].join(' ')),
        applicationRemoved: ignore,
        deploymentChanged: ({ deploymentId }) => told.push(deploymentId),
        failureOpened: failure => told.push(`opened ${failure.id}`),
        failureClosed: failure => told.push(`closed ${failure.id}`),
        factChanged: ignore,
        clusterChanged: ignore,
        healthAlert: ignore,
      },
      config: readGitopsConfig(new ConfigReader({ gitops: {} })),
      logger: mockServices.logger.mock(),
      now: () => now,
    });
  }

  /** Everything that is recorded, without the times of the recording itself. */
  async function recordOf(store: DatabaseGitopsStore) {
    const { items: applications } = await store.listApplications({});
    const { items: deployments } = await store.listDeployments({ limit: 100 });
    return {
      applications: applications.map(
        ({ observedAt, syncSince, ...application }) => application,
      ),
      deployments,
    };
  }

  beforeEach(() => {
    now = new Date(at(40));
  });

  it('record what one alone would, however they race and whatever comes again', async () => {
    const alone = await createStore();
    const toldAlone: string[] = [];
    const recorder = createRecorder(alone.store, toldAlone);
    for (let state = 0; state < LAST; state += 1) {
      for (const name of APPLICATIONS) {
        await recorder.observe(watch, [STATES.get(name)![state]]);
      }
    }
    const expected = await recordOf(alone.store);
    expect(expected.deployments).toHaveLength(5 * APPLICATIONS.length);
    const signals = expected.deployments.flatMap(({ failures }) =>
      failures.flatMap(({ signal, endedAt }) => (endedAt ? [signal] : [])),
    );
    expect(signals.sort()).toEqual(
      ['health', 'health', 'reconcile'].flatMap(signal =>
        APPLICATIONS.map(() => signal),
      ),
    );

    const { knex, store } = await createStore();
    const step = fc.record({
      who: fc.constantFrom([0], [1], [0, 1]),
      next: fc.subarray(APPLICATIONS, { minLength: 1 }),
      again: fc.array(
        fc.record({
          who: fc.nat({ max: 1 }),
          name: fc.constantFrom(...APPLICATIONS),
          state: fc.nat({ max: LAST }),
        }),
        { maxLength: 3 },
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async steps => {
        for (const table of [
          'failures',
          'deployment_commits',
          'deployments',
          'applications',
        ]) {
          await knex(table).delete();
        }
        const told: string[] = [];
        const both = [createRecorder(store, told), createRecorder(store, told)];
        const seen = new Map(APPLICATIONS.map(name => [name, 0]));
        const rest = Array.from({ length: LAST }, () => ({
          ...{ who: [0, 1], next: APPLICATIONS, again: [] },
        }));
        for (const { who, next, again } of [...steps, ...rest]) {
          const batch = next.flatMap(
            name => STATES.get(name)![seen.get(name)!] ?? [],
          );
          await Promise.all([
            ...who.map(index => both[index].observe(watch, batch)),
            ...again.map(({ who: index, name, state }) =>
              both[index].observe(
                watch,
                STATES.get(name)!
                  .slice(0, seen.get(name)!)
                  .slice(state, state + 1),
              ),
            ),
          ]);
          next.forEach(name => seen.set(name, seen.get(name)! + 1));
        }
        expect(await recordOf(store)).toEqual(expected);
        expect(told.sort()).toEqual(toldAlone.sort());
      }),
      { numRuns: 10 },
    );
  });

  it('leaves out an older version that comes late, and believes a cluster that went back', async () => {
    const { store } = await createStore();
    const recorder = createRecorder(store);
    const observe = (
      revision: string,
      metadata: Partial<KubernetesObject['metadata']>,
    ) =>
      recorder.observe(watch, [
        versioned('orders', { application: { revision } }, metadata),
      ]);
    const running = async () =>
      (await store.listApplications({})).items.map(item => item.revision);

    await observe('nine', { uid: 'a', resourceVersion: '9' });
    await observe('ten', { uid: 'a', resourceVersion: '10' });
    await observe('nine', { uid: 'a', resourceVersion: '9' });
    await expect(running()).resolves.toEqual(['ten']);
    // Versions that are no numbers say nothing; the generation does.
    await observe('x', { uid: 'a', resourceVersion: 'x', generation: 7 });
    await observe('w', { uid: 'a', resourceVersion: 'w', generation: 6 });
    await expect(running()).resolves.toEqual(['x']);
    // Deleted and made anew; then the last word of the first one.
    await observe('new', {
      ...{ uid: 'b', resourceVersion: '30' },
      creationTimestamp: '2026-01-01T09:00:00Z',
    });
    await observe('newer', {
      ...{ uid: 'c', resourceVersion: '40' },
      creationTimestamp: '2026-01-01T09:30:00Z',
    });
    await observe('new', {
      ...{ uid: 'b', resourceVersion: '35' },
      creationTimestamp: '2026-01-01T09:00:00Z',
    });
    await expect(running()).resolves.toEqual(['newer']);
    now = new Date(Date.parse(at(40)) + 10 * 60_000);
    await observe('restored', {
      ...{ uid: 'c', resourceVersion: '38' },
      creationTimestamp: '2026-01-01T09:30:00Z',
    });
    await expect(running()).resolves.toEqual(['restored']);
  });

  it.each<[string, FakeSpec]>([
    ['an application and its source', { application: {}, source: {} }],
    ['a fact', { fact: {} }],
  ])(
    'do not lose %s to the late news that an earlier one of that name is gone',
    async (_, spec) => {
      const { store } = await createStore();
      const recorder = createRecorder(store);
      const created = { creationTimestamp: '2026-01-01T09:00:00Z' };
      const observe = (metadata: Partial<KubernetesObject['metadata']>) =>
        recorder.observe(watch, [versioned('orders', spec, metadata)]);
      const isKnown = async () => {
        const objects = await store.listObjects({
          cluster: watch.cluster,
          resource: watch.key,
        });
        return objects.has('apps/orders');
      };
      const remove = (asOf: AsOf) =>
        recorder.remove(watch, 'apps/orders', asOf);

      // A replica that lost its lease works off a deletion; the object was made anew in that second.
      await observe({ uid: 'a', resourceVersion: '9', ...created });
      await observe({ uid: 'b', resourceVersion: '12', ...created });
      await remove({
        version: { uid: 'a', resourceVersion: '11', createdAt: at(-3600) },
      });
      expect(await isKnown()).toBe(true);
      // A list, and a look, that began before that.
      const nothing = new Set<string>();
      await recorder.listed(watch, nothing, at(40), {
        version: { resourceVersion: '11' },
      });
      await remove({ version: { resourceVersion: '11' } });
      await remove({ lookedAt: at(40) });
      expect(await isKnown()).toBe(true);

      await remove({ version: { resourceVersion: '13' }, lookedAt: at(41) });
      expect(await isKnown()).toBe(false);
      await observe({ uid: 'b', resourceVersion: '12', ...created });
      await recorder.listed(watch, nothing, at(40), {
        version: { resourceVersion: '13' },
      });
      expect(await isKnown()).toBe(false);

      // It is the cluster that went back, when the newer version was recorded long ago.
      await observe({ uid: 'b', resourceVersion: '12', ...created });
      now = new Date(Date.parse(at(40)) + 10 * 60_000);
      await remove({ version: { uid: 'b', resourceVersion: '5' } });
      expect(await isKnown()).toBe(false);
    },
  );

  it('record the others of a batch when one cannot be recorded', async () => {
    const { store } = await createStore();
    const recorder = createRecorder(store);
    const problems = await recorder.observe(watch, [
      fakeObject('orders', { application: {} }),
      fakeObject('broken', { broken: true }),
      fakeObject('timeless', {
        application: {
          deployments: [
            {
              ...{ key: '1', revision: 'a', finishedAt: 'yesterday' },
              outcome: 'succeeded',
            },
          ],
        },
      }),
      fakeObject('search', { application: {} }),
    ]);
    expect(problems).toEqual([
      { object: 'apps/broken', message: expect.stringContaining('such field') },
      {
        object: 'apps/timeless',
        message: expect.stringContaining("Invalid time 'yesterday'"),
      },
    ]);
    const { items } = await store.listApplications({});
    expect(items.map(({ ref }) => ref.name)).toEqual(['orders', 'search']);
  });
});
