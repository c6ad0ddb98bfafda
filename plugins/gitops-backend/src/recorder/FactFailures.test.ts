import { TestDatabases, mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import type { Failure } from '@fairway/plugin-gitops-common';
import type {
  FactObservation,
  KubernetesObject,
  ObservedDeployment,
} from '@fairway/plugin-gitops-node';
import fc from 'fast-check';
import {
  fakeObject,
  fakeObserver,
  type FakeSpec,
} from '../__testUtils__/fakeEngine';
import { watchedResources } from '../cluster';
import { readGitopsConfig } from '../config';
import { DatabaseGitopsStore } from '../store';
import { EntityIndex } from './EntityIndex';
import { Recorder } from './Recorder';

jest.setTimeout(120_000);

const databases = TestDatabases.create({
  ids: process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING
    ? ['SQLITE_3', 'POSTGRES_15']
    : ['SQLITE_3'],
});
const [hub] = watchedResources('hub', [fakeObserver]);
const [spoke] = watchedResources('spoke', [fakeObserver]);

const LABELS = {
  'backstage.io/kubernetes-id': 'orders',
  'fairway.dev/environment': 'production',
};
const ORDERS = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'orders', namespace: 'default' },
  spec: { type: 'service', lifecycle: 'production', owner: 'team-a' },
};

function at(minute: number): string {
  return new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString();
}

/** A sync of two minutes that brought `r.test/orders:<number>`. */
function deployment(
  number: number,
  startedAt: number,
  fields: Partial<ObservedDeployment> = {},
): ObservedDeployment {
  return {
    ...{ key: `${number}`, revision: `rev-${number}`, outcome: 'succeeded' },
    ...{ startedAt: at(startedAt), finishedAt: at(startedAt + 2) },
    images: [`r.test/orders:${number}`],
    ...fields,
  };
}

function running(number: number, startedAt: number) {
  return {
    phase: 'running' as const,
    ...{ startedAt: at(startedAt), revision: `rev-${number}` },
  };
}

const healthy = {
  kind: 'rollout' as const,
  title: 'r',
  health: 'healthy' as const,
  targetNamespace: 'orders',
};

function aborted(
  minute: number,
  fields: Partial<FactObservation['failure']> = {},
): Partial<FactObservation> {
  return {
    ...healthy,
    health: 'degraded',
    failure: {
      ...{ signal: 'rollout-aborted', reason: 'Error rate' },
      ...{ startedAt: at(minute), ...fields },
    },
  };
}

describe.each(databases.eachSupportedId())('FactFailures, %s', databaseId => {
  let store: DatabaseGitopsStore;
  let now: Date;
  const listener = {
    ...{ applicationChanged: jest.fn(), applicationRemoved: jest.fn() },
    ...{ deploymentChanged: jest.fn(), factChanged: jest.fn() },
    ...{ failureOpened: jest.fn(), failureClosed: jest.fn() },
    ...{ clusterChanged: jest.fn(), healthAlert: jest.fn() },
  };

  /** A replica. */
  function createRecorder() {
    const index = new EntityIndex([ORDERS]);
    return new Recorder({
      ...{ store, listener },
      resolver: {
        ready: true,
        resolve: object => index.resolve(object),
        get: ref => index.get(ref),
      },
      config: readGitopsConfig(new ConfigReader({})),
      logger: mockServices.logger.mock(),
      now: () => now,
    });
  }

  async function setUp() {
    jest.clearAllMocks();
    const knex = await databases.init(databaseId);
    store = await DatabaseGitopsStore.create({
      database: mockServices.database({ knex, migrations: { skip: false } }),
    });
    now = new Date(at(60));
  }

  beforeEach(setUp);

  function deploy(
    recorder: Recorder,
    application: FakeSpec['application'] = {},
  ) {
    return recorder.observe(hub, [
      fakeObject(
        'orders',
        {
          application: {
            engine: 'argocd',
            destination: { namespace: 'orders', server: 'spoke' },
            ...application,
          },
        },
        LABELS,
      ),
    ]);
  }

  function rollOut(
    recorder: Recorder,
    fact: Partial<FactObservation>,
    options: { labels?: Record<string, string>; name?: string } = {},
  ) {
    const { labels, name = 'r' } = options;
    return recorder.observe(spoke, [fakeObject(name, { fact }, labels)]);
  }

  /** `<deployment> <minute of the start>-<minute of the end>` of each failure. */
  async function failures(): Promise<string[]> {
    const minute = (time = '') => time.slice(14, 16);
    const { items } = await store.listDeployments({});
    return items
      .flatMap(item => item.failures.map(one => ({ ...one, item })))
      .map(
        ({ item, startedAt, endedAt }) =>
          `${item.revision} ${minute(startedAt)}-${minute(endedAt)}`,
      )
      .sort();
  }

  const told = (mock: jest.Mock): Failure[] => mock.mock.calls.flat();

  it('open once, last while the application looks well, and end with it', async () => {
    let recorder = createRecorder();
    await deploy(recorder, { deployments: [deployment(1, 1)] });
    now = new Date(at(6));
    await rollOut(recorder, aborted(5));
    expect(await failures()).toEqual(['rev-1 05-']);
    await rollOut(recorder, { ...aborted(5), message: 'still' });
    recorder = createRecorder();
    await rollOut(recorder, { ...aborted(5), message: 'after a restart' });
    await deploy(recorder, { deployments: [deployment(1, 1)], images: ['x'] });
    expect(await failures()).toEqual(['rev-1 05-']);
    expect(listener.failureOpened).toHaveBeenCalledTimes(1);

    // Another rollout of the same application does not end it, nor the way back.
    await rollOut(recorder, { ...healthy, title: 'other' }, { name: 'other' });
    await rollOut(recorder, { ...healthy, health: 'progressing' });
    expect(await failures()).toEqual(['rev-1 05-']);
    now = new Date(at(9));
    await rollOut(recorder, { ...healthy, healthSince: at(8) });
    expect(await failures()).toEqual(['rev-1 05-08']);
    expect(listener.failureClosed).toHaveBeenCalledTimes(1);

    // Tried again with the same revision, it fails again: that is one failure.
    now = new Date(at(12));
    await rollOut(recorder, aborted(11));
    expect(await failures()).toEqual(['rev-1 05-']);
    await recorder.remove(spoke, 'apps/r');
    expect(await failures()).toEqual(['rev-1 05-12']);
  });

  it('are found by an application that is seen later, as of its deployment', async () => {
    const recorder = createRecorder();
    await rollOut(recorder, aborted(0));
    expect(await failures()).toEqual([]);
    await deploy(recorder, { deployments: [deployment(1, 1)] });
    expect(await failures()).toEqual(['rev-1 01-']);
  });

  it('are found by an application that is seen later than a rollout with all labels', async () => {
    const recorder = createRecorder();
    await rollOut(recorder, aborted(3), { labels: LABELS });
    const [fact] = await store.listFacts({});
    expect(fact).toMatchObject({
      entityRef: 'component:default/orders',
      environment: 'production',
    });
    await deploy(recorder, { deployments: [deployment(1, 1)] });
    expect(await failures()).toEqual(['rev-1 03-']);
  });

  it('open in a hub that another replica watches', async () => {
    const replica = createRecorder();
    await rollOut(replica, aborted(5));
    await deploy(createRecorder(), { deployments: [deployment(1, 1)] });
    expect(await failures()).toEqual([]);
    await replica.catchUp();
    expect(await failures()).toEqual(['rev-1 05-']);
  });

  it('wait while the engine is at it, and do not blame the deployment before', async () => {
    const recorder = createRecorder();
    const first = deployment(1, 1, { images: undefined });
    await deploy(recorder, { deployments: [first] });
    await deploy(recorder, {
      deployments: [first],
      operation: running(2, 20),
    });
    await rollOut(recorder, aborted(25));
    expect(await failures()).toEqual([]);
    // Retried by hand, and healthy, before the sync ends.
    now = new Date(at(61));
    await rollOut(recorder, { ...healthy, healthSince: at(30) });
    // An end without a start, as Flux tells it.
    const second = deployment(2, 30, { startedAt: undefined, images: [] });
    await deploy(createRecorder(), {
      deployments: [first, second],
      operation: { ...running(2, 20), phase: 'succeeded' },
    });
    await recorder.catchUp();
    expect(await failures()).toEqual(['rev-2 25-30']);
    expect(listener.failureOpened).toHaveBeenCalledTimes(1);
    expect(listener.failureClosed).toHaveBeenCalledTimes(1);
  });

  it('are of the deployment that brought the images, however late it is recorded', async () => {
    const recorder = createRecorder();
    const [first, second, third] = [1, 2, 3].map(number =>
      deployment(number, number * 10),
    );
    await deploy(recorder, { deployments: [first] });
    const images = ['r.test/orders:2', 'r.test/sidecar:7'];
    await rollOut(recorder, aborted(25, { images }));
    expect(await failures()).toEqual([]);
    await deploy(recorder, { deployments: [first, second, third] });
    expect(await failures()).toEqual(['rev-2 25-']);
  });

  it('are of each deployment that failed, until the rollout is healthy', async () => {
    const recorder = createRecorder();
    const history = [deployment(1, 1), deployment(2, 10)];
    await deploy(recorder, { deployments: history });
    await rollOut(recorder, aborted(15));
    await deploy(recorder, { deployments: [...history, deployment(3, 20)] });
    await rollOut(recorder, { ...healthy, health: 'progressing' });
    await rollOut(recorder, aborted(25));
    expect(await failures()).toEqual(['rev-2 15-', 'rev-3 25-']);
    await rollOut(recorder, { ...healthy, healthSince: at(40) });
    expect(await failures()).toEqual(['rev-2 15-40', 'rev-3 25-40']);
  });

  it('do not come of what was overtaken', async () => {
    const recorder = createRecorder();
    const version = (fact: Partial<FactObservation>, resourceVersion: string) =>
      recorder.observe(spoke, [
        {
          ...fakeObject('r', { fact }),
          metadata: {
            ...fakeObject('r', {}).metadata,
            ...{ uid: 'r', resourceVersion },
          },
        },
      ]);
    await deploy(recorder, { deployments: [deployment(1, 1)] });
    await version(healthy, '12');
    jest.clearAllMocks();
    await version(aborted(5), '9');
    expect(await failures()).toEqual([]);
    expect(listener.factChanged).not.toHaveBeenCalled();
    await expect(store.listFacts({})).resolves.toMatchObject([
      { health: 'healthy' },
    ]);
  });

  describe('in any order', () => {
    const uid = 'u';
    const versioned = (
      object: KubernetesObject,
      resourceVersion: number,
    ): KubernetesObject => ({
      ...object,
      metadata: {
        ...object.metadata,
        ...{ uid, resourceVersion: `${resourceVersion}` },
      },
    });
    const history = [deployment(1, 1), deployment(2, 10), deployment(3, 30)];
    const application = (fields: FakeSpec['application']) =>
      fakeObject(
        'orders',
        {
          application: {
            engine: 'argocd',
            destination: { namespace: 'orders', server: 'spoke' },
            ...fields,
          },
        },
        LABELS,
      );
    /** Deployed, aborted while the sync waits, and healthy with the revision that reverts it. */
    const applications = [
      { deployments: history.slice(0, 1) },
      { deployments: history.slice(0, 1), operation: running(2, 10) },
      { deployments: history.slice(0, 2) },
      { deployments: history.slice(0, 2), operation: running(3, 30) },
      { deployments: history },
    ].map((fields, index) => versioned(application(fields), index + 10));
    const images = ['r.test/orders:2'];
    const facts = [
      { ...healthy, healthSince: at(3) },
      { ...healthy, health: 'progressing' as const },
      aborted(11, { images }),
      { ...aborted(11, { images }), message: 'still' },
      { ...healthy, health: 'progressing' as const, message: 'back' },
      { ...healthy, healthSince: at(32) },
    ].map((fact, index) => versioned(fakeObject('r', { fact }), index + 10));

    it('one failure of the deployment that failed opens and ends, each once', async () => {
      const step = fc.record({
        /** What comes: the next of the application or the fact, or one of those before again. */
        what: fc.constantFrom('application', 'fact'),
        again: fc.nat(8),
        replica: fc.nat(1),
        catchUp: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 8, maxLength: 40 }),
          async steps => {
            await setUp();
            const replicas = [createRecorder(), createRecorder()];
            // The first state is known, or the first deployment would be one that was not seen.
            await replicas[0].observe(hub, applications.slice(0, 1));
            const seen = { application: 1, fact: 0 };
            const deliver = async (
              what: 'application' | 'fact',
              index: number,
              replica: Recorder,
            ) => {
              const [watch, states] =
                what === 'fact' ? [spoke, facts] : [hub, applications];
              await replica.observe(watch, [states[index]]);
            };
            for (const { what, again, replica, catchUp } of steps) {
              const last = seen[what];
              const length = (what === 'fact' ? facts : applications).length;
              // One in three is an old one, from whatever replica.
              const isNew = again % 3 !== 0 && last < length;
              if (isNew || last > 0) {
                await deliver(
                  what,
                  isNew ? last : again % last,
                  replicas[replica],
                );
                seen[what] += Number(isNew);
              }
              if (catchUp) {
                await replicas[replica].catchUp();
              }
            }
            for (const what of ['fact', 'application'] as const) {
              const length = (what === 'fact' ? facts : applications).length;
              for (let index = seen[what]; index < length; index += 1) {
                await deliver(what, index, replicas[index % 2]);
              }
            }
            for (const replica of replicas) {
              await replica.catchUp();
            }
            expect(await failures()).toEqual(['rev-2 11-32']);
            expect(told(listener.failureOpened)).toHaveLength(1);
            expect(told(listener.failureClosed)).toMatchObject([
              { endedAt: at(32), signal: 'rollout-aborted' },
            ]);
          },
        ),
        { numRuns: 25 },
      );
    });
  });
});
