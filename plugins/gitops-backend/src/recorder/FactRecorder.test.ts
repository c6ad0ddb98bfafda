import { TestDatabases, mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import type { ApplicationResource, Fact } from '@fairway/plugin-gitops-common';
import type { FactObservation } from '@fairway/plugin-gitops-node';
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

jest.setTimeout(60_000);

const databases = TestDatabases.create({
  ids: process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING
    ? ['SQLITE_3', 'POSTGRES_15']
    : ['SQLITE_3'],
});
const [local] = watchedResources('local', [fakeObserver]);
const [spoke] = watchedResources('spoke', [fakeObserver]);

function component(name: string) {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, namespace: 'default' },
    spec: { type: 'service', lifecycle: 'production', owner: 'team-a' },
  };
}

function labelsOf(service: string, environment: string) {
  return {
    'backstage.io/kubernetes-id': service,
    'fairway.dev/environment': environment,
  };
}

function managed(
  kind: string,
  namespace: string | undefined,
  name: string,
): ApplicationResource {
  return { group: '', version: 'v1', kind, namespace, name };
}

function at(minute: number): string {
  return new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString();
}

describe.each(databases.eachSupportedId())('FactRecorder, %s', databaseId => {
  let store: DatabaseGitopsStore;
  let recorder: Recorder;
  let index: EntityIndex;
  let now: Date;
  let isReady: boolean;
  const listener = {
    ...{ applicationChanged: jest.fn(), applicationRemoved: jest.fn() },
    ...{ deploymentChanged: jest.fn(), factChanged: jest.fn() },
    ...{ failureOpened: jest.fn(), failureClosed: jest.fn() },
    ...{ clusterChanged: jest.fn(), healthAlert: jest.fn() },
  };

  function createRecorder() {
    return new Recorder({
      ...{ store, listener },
      resolver: {
        get ready() {
          return isReady;
        },
        resolve: object => index.resolve(object),
        get: ref => index.get(ref),
      },
      config: readGitopsConfig(new ConfigReader({})),
      logger: mockServices.logger.mock(),
      now: () => now,
    });
  }

  beforeEach(async () => {
    jest.clearAllMocks();
    const knex = await databases.init(databaseId);
    store = await DatabaseGitopsStore.create({
      database: mockServices.database({ knex, migrations: { skip: false } }),
    });
    index = new EntityIndex(['orders', 'cart', 'search'].map(component));
    now = new Date(at(0));
    isReady = true;
    recorder = createRecorder();
  });

  async function deploy(
    service: string,
    application: FakeSpec['application'] = {},
    options: { environment?: string; name?: string } = {},
  ) {
    const { environment = 'production', name = service } = options;
    await recorder.observe(local, [
      fakeObject(name, { application }, labelsOf(service, environment)),
    ]);
  }

  async function observeFact(
    name: string,
    fact: Partial<FactObservation>,
    options: { labels?: Record<string, string>; watch?: typeof local } = {},
  ) {
    const { labels, watch = local } = options;
    await recorder.observe(watch, [fakeObject(name, { fact }, labels)]);
  }

  /** `<service>/<environment>` of each fact, by its title. */
  async function ties(): Promise<Record<string, string>> {
    const short = ({ entityRef = '-', environment = '-' }: Fact) =>
      `${entityRef.replace('component:default/', '')}/${environment}`;
    const facts = await store.listFacts({});
    return Object.fromEntries(facts.map(fact => [fact.title, short(fact)]));
  }

  it('ties by labels, then by who manages the object, then by the only service of a namespace', async () => {
    await deploy('orders', {
      destination: { namespace: 'shop' },
      resources: [
        managed('Deployment', 'shop', 'orders'),
        managed('Schedule', 'velero', 'orders-daily'),
        managed('Namespace', undefined, 'shop'),
      ],
    });
    await deploy('cart', {
      destination: { namespace: 'shop' },
      resources: [
        managed('Deployment', 'shop', 'cart'),
        managed('StatefulSet', 'shop', 'cart-db'),
      ],
    });
    await deploy(
      'search',
      { destination: { namespace: 'search' } },
      { environment: 'staging' },
    );
    await deploy(
      'search',
      {
        destination: {},
        resources: [
          managed('Namespace', undefined, 'index'),
          managed('Service', 'index', 'search'),
        ],
      },
      { environment: 'dev', name: 'search-dev' },
    );
    await recorder.observe(local, [
      fakeObject('root', {
        application: { destination: { namespace: 'search' } },
      }),
    ]);
    const about = (kind: string, name: string, namespace?: string) => ({
      subject: { kind, namespace, name },
      targetNamespace: namespace ?? 'shop',
    });
    const cases: Array<[string, Partial<FactObservation>, string]> = [
      ['deployment', about('Deployment', 'cart', 'shop'), 'cart/production'],
      ['pod', about('Pod', 'orders-5b7c9-x2k4z', 'shop'), 'orders/production'],
      ['set', about('ReplicaSet', 'cart-5b7c9', 'shop'), 'cart/production'],
      ['stateful', about('Pod', 'cart-db-0', 'shop'), 'cart/production'],
      [
        'foreign',
        about('Schedule', 'orders-daily', 'velero'),
        'orders/production',
      ],
      ['namespace', about('Namespace', 'shop'), 'orders/production'],
      ['shared', { targetNamespace: 'shop' }, '-/-'],
      ['nobody', about('Deployment', 'other', 'shop'), '-/-'],
      ['alone', { targetNamespace: 'search' }, 'search/staging'],
      ['of its objects', { targetNamespace: 'index' }, 'search/dev'],
      ['elsewhere', { targetNamespace: 'nowhere' }, '-/-'],
      ['cluster', {}, '-/-'],
    ];
    for (const [title, fact] of cases) {
      await observeFact(title, { title, ...fact });
    }
    await observeFact(
      'labelled',
      { title: 'labelled', targetNamespace: 'search' },
      { labels: labelsOf('cart', 'dev') },
    );
    await observeFact(
      'half labelled',
      { title: 'half labelled', targetNamespace: 'shop' },
      { labels: { 'backstage.io/kubernetes-id': 'cart' } },
    );
    await observeFact(
      'other cluster',
      { title: 'other cluster', targetNamespace: 'search' },
      { watch: spoke },
    );
    expect(await ties()).toEqual({
      ...Object.fromEntries(cases.map(([title, , tie]) => [title, tie])),
      labelled: 'cart/dev',
      'half labelled': 'cart/production',
      'other cluster': '-/-',
    });
  });

  it('finds the application of another cluster by its destination', async () => {
    const resources = [managed('Deployment', 'shop', 'orders')];
    const application = (server: string) => ({
      engine: 'argocd' as const,
      destination: { namespace: 'shop', server },
      resources,
    });
    const fact = {
      title: 'a',
      subject: { kind: 'Deployment', namespace: 'shop', name: 'orders' },
      targetNamespace: 'shop',
    };
    const other = { ...fact, title: 'b', subject: undefined };
    await observeFact('a', fact, { watch: spoke });
    await observeFact('b', other, { watch: spoke });
    await deploy('orders', application('https://kubernetes.default.svc'));
    expect(await ties()).toEqual({ a: '-/-', b: '-/-' });
    await deploy('orders', application('https://10.0.0.1'));
    expect(await ties()).toEqual({ a: 'orders/production', b: '-/-' });
    await deploy('orders', application('spoke'));
    expect(await ties()).toEqual({
      ...{ a: 'orders/production', b: 'orders/production' },
    });
  });

  it('ties later what was seen before its application, and anew when that changes or goes', async () => {
    const subject = { kind: 'Deployment', namespace: 'shop', name: 'orders' };
    await observeFact('a', { title: 'a', targetNamespace: 'shop' });
    await observeFact('b', { title: 'b', subject });
    expect(await ties()).toEqual({ a: '-/-', b: '-/-' });

    const resources = [managed('Deployment', 'shop', 'orders')];
    const destination = { namespace: 'shop' };
    await deploy('orders', { destination });
    expect(await ties()).toEqual({ a: 'orders/production', b: '-/-' });
    await deploy('orders', { destination, resources });
    expect(await ties()).toMatchObject({ b: 'orders/production' });

    // An update that concerns no fact reads none.
    const read = jest.spyOn(store, 'getFact');
    await deploy('orders', { destination, resources, images: ['r.test/o:2'] });
    expect(read).not.toHaveBeenCalled();

    await deploy('cart', { destination });
    expect(await ties()).toEqual({ a: '-/-', b: 'orders/production' });
    await deploy('cart', { destination: { namespace: 'cart' } });
    expect(await ties()).toMatchObject({ a: 'orders/production' });
    await deploy('orders', { destination, resources }, { environment: 'dev' });
    expect(await ties()).toEqual({ a: 'orders/dev', b: 'orders/dev' });
    await recorder.remove(local, 'apps/orders');
    expect(await ties()).toEqual({ a: '-/-', b: '-/-' });
    expect(listener.factChanged).toHaveBeenLastCalledWith({
      entityRef: 'component:default/orders',
    });
  });

  describe('of what another replica recorded', () => {
    const fact = { title: 'a', targetNamespace: 'shop' };
    let here: Recorder;

    /** Argo CD in a hub, which another replica watches. */
    function deployFromHub(
      service: string,
      application: FakeSpec['application'] = {},
    ) {
      return deploy(service, {
        engine: 'argocd',
        destination: { namespace: 'shop', server: 'spoke' },
        ...application,
      });
    }

    beforeEach(async () => {
      await deploy('search');
      await observeFact('a', fact, { watch: spoke });
      here = recorder;
      recorder = createRecorder();
    });

    it('learns without a change of the catalog, and when it changes or goes', async () => {
      await deployFromHub('orders');
      expect(await ties()).toEqual({ a: '-/-' });
      await here.catchUp();
      expect(await ties()).toEqual({ a: 'orders/production' });
      await deployFromHub('cart');
      await here.catchUp();
      expect(await ties()).toEqual({ a: '-/-' });
      await recorder.remove(local, 'apps/orders');
      await here.catchUp();
      expect(await ties()).toEqual({ a: 'cart/production' });

      // It hears of what it wrote itself; then there is nothing new: one row by its key.
      await here.catchUp();
      const read = jest.spyOn(store, 'changesSince');
      await here.catchUp();
      expect(read).not.toHaveBeenCalled();
      // What concerns no fact reads none.
      const readFact = jest.spyOn(store, 'getFact');
      await deployFromHub('cart', { images: ['r.test/cart:2'] });
      await here.catchUp();
      expect(readFact).not.toHaveBeenCalled();
    });

    it('learns of an object that a webhook made it look at before its catalog was read', async () => {
      index = new EntityIndex([]);
      await deployFromHub('orders');
      await here.catchUp();
      index = new EntityIndex([component('orders')]);
      await recorder.rejoin();
      await here.catchUp();
      expect(await ties()).toEqual({ a: 'orders/production' });
    });

    it('goes on when the database was away in between', async () => {
      await deployFromHub('orders');
      jest.spyOn(store, 'getFact').mockRejectedValueOnce(new Error('Away'));
      await expect(here.catchUp()).rejects.toThrow('Away');
      expect(await ties()).toEqual({ a: '-/-' });
      await here.catchUp();
      expect(await ties()).toEqual({ a: 'orders/production' });
    });

    it('reads everything anew when the feed does not know any more', async () => {
      await deployFromHub('orders');
      await here.catchUp();
      await recorder.remove(local, 'apps/orders');
      await deployFromHub('cart');
      const seq = await store.latestChange();
      jest.spyOn(store, 'changesSince').mockResolvedValueOnce({
        ...{ seq, applicationIds: [], entityRefs: [], clusters: [] },
        complete: false,
      });
      await here.catchUp();
      expect(await ties()).toEqual({ a: 'cart/production' });
    });
  });

  it('follows the catalog, and keeps what it knows until it was read', async () => {
    const destination = { namespace: 'shop' };
    const fact = { title: 'a', targetNamespace: 'shop' };
    index = new EntityIndex([]);
    await deploy('orders', { destination });
    await observeFact('a', fact);
    expect(await ties()).toEqual({ a: '-/-' });
    index = new EntityIndex([component('orders')]);
    await recorder.rejoin();
    expect(await ties()).toEqual({ a: 'orders/production' });

    // A start: the catalog comes last, and facts before applications.
    isReady = false;
    recorder = createRecorder();
    await observeFact('a', { ...fact, health: 'degraded' });
    expect(await ties()).toEqual({ a: 'orders/production' });
    isReady = true;
    await recorder.rejoin();
    await observeFact('a', { ...fact, health: 'healthy' });
    expect(await ties()).toEqual({ a: 'orders/production' });
  });

  it('reads what it ties anew some at a time', async () => {
    index = new EntityIndex([]);
    await deploy('orders', { destination: { namespace: 'shop' } });
    const titles = Array.from({ length: 230 }, (_, number) => `fact ${number}`);
    await recorder.observe(
      local,
      titles.map(title =>
        fakeObject(title, { fact: { title, targetNamespace: 'shop' } }),
      ),
    );
    index = new EntityIndex([component('orders')]);
    const read = jest.spyOn(store, 'listStoredFacts');
    await recorder.rejoin();
    const pages = await Promise.all(
      read.mock.results.map(async ({ value }) => (await value).length),
    );
    expect(pages).toEqual([200, 30]);
    expect(new Set(Object.values(await ties()))).toEqual(
      new Set(['orders/production']),
    );
  });

  it('keeps one row for each part of an object, and forgets parts that are gone', async () => {
    const observer = {
      ...fakeObserver,
      observe: (
        object: Parameters<typeof fakeObserver.observe>[0],
        context: Parameters<typeof fakeObserver.observe>[1],
      ) =>
        (object.spec as { parts: string[] }).parts.flatMap(part =>
          fakeObserver
            .observe(
              { ...object, spec: { fact: { title: part, part } } },
              context,
            )
            .map(observation => ({ ...observation, targetNamespace: part })),
        ),
    };
    const [watch] = watchedResources('local', [observer]);
    const report = (...parts: string[]) =>
      recorder.observe(watch, [
        { ...fakeObject('report', {}), spec: { parts } },
      ]);
    await deploy('orders', { destination: { namespace: 'a/b' } });
    await report('a/b', 'a_b', 'c');
    expect(await ties()).toEqual({
      ...{ 'a/b': 'orders/production', a_b: '-/-', c: '-/-' },
    });
    const put = jest.spyOn(store, 'putFact');
    await report('a/b', 'a_b', 'c');
    expect(put).not.toHaveBeenCalled();
    await report('c');
    expect(Object.keys(await ties())).toEqual(['c']);
    await recorder.remove(watch, 'apps/report');
    expect(await ties()).toEqual({});
  });

  it('keeps the latest of a series, in whatever order they come', async () => {
    const backup = (day: number) =>
      observeFact(`daily-${day}`, {
        title: `day ${day}`,
        series: { name: 'daily', at: at(day) },
      });
    await backup(2);
    await backup(1);
    expect(Object.keys(await ties())).toEqual(['day 2']);
    await backup(3);
    expect(Object.keys(await ties())).toEqual(['day 3']);
    await recorder.remove(local, 'apps/daily-2');
    await recorder.listed(local, new Set(['apps/daily-3']), at(4));
    expect(Object.keys(await ties())).toEqual(['day 3']);
    await recorder.remove(local, 'apps/daily-3');
    expect(await ties()).toEqual({});
  });
});
