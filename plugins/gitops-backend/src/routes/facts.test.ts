import type { Fact, ServiceResponse } from '@fairway/plugin-gitops-common';
import { storedApplication, storedFact } from '../store/__testUtils__/samples';
import { useAnswersBackend } from './__testUtils__/useAnswersBackend';

jest.setTimeout(60_000);

const ORDERS = 'component:default/orders';
const SEARCH = 'component:default/search';

describe('facts on the page of a service', () => {
  const world = useAnswersBackend();

  const put = (...facts: Array<Parameters<typeof storedFact>[0]>) =>
    Promise.all(
      facts.map(fact => world.backend.store.putFact(storedFact(fact))),
    );
  const pageOf = async (service: string): Promise<ServiceResponse> =>
    (await world.call('get', `/services/default/${service}`)).body;
  const namesOf = ({ facts }: ServiceResponse) =>
    facts
      .map(({ ref, environment = '-' }: Fact) => `${ref.name} ${environment}`)
      .sort();

  const schedule = (name: string, details: object, namespace = 'velero') => ({
    kind: 'backup' as const,
    ref: { kind: 'Schedule', namespace, name },
    details: { of: 'schedule', namespaces: [], ...details },
  });
  const location = (name: string, cluster = 'local') => ({
    kind: 'backup' as const,
    ref: { kind: 'BackupStorageLocation', namespace: 'velero', name, cluster },
    details: { of: 'location', namespaces: [], location: name },
  });

  it('are those that services share, where they concern its namespaces and secrets', async () => {
    const secret = {
      kind: 'secret' as const,
      ref: { kind: 'ExternalSecret', namespace: 'orders-dev', name: 'db' },
      details: { of: 'secret', store: { kind: 'SecretStore', name: 'team' } },
      ...{ entityRef: ORDERS, environment: 'dev' },
    };
    const store = (kind: string, name: string, namespace?: string) => ({
      kind: 'secret' as const,
      ref: { kind, namespace, name },
      details: { of: 'store' },
    });
    await put(
      schedule('all', { location: 'bucket' }),
      schedule('patterns', { namespaces: ['cart', 'orders-prod*'] }),
      schedule('others', { namespaces: ['cart'], location: 'elsewhere' }),
      schedule('without', { excludedNamespaces: ['orders-*'] }),
      {
        ...schedule('far', {}),
        ref: { ...schedule('far', {}).ref, cluster: 'far' },
      },
      ...[location('bucket'), location('elsewhere'), location('bucket', 'far')],
      secret,
      {
        ...secret,
        ref: { ...secret.ref, name: 'key' },
        details: {
          of: 'secret',
          store: { kind: 'ClusterSecretStore', name: 'vault' },
        },
      },
      store('ClusterSecretStore', 'vault'),
      store('ClusterSecretStore', 'unused'),
      store('SecretStore', 'team', 'orders-dev'),
      store('SecretStore', 'team', 'cart'),
      // What nobody owns and nobody shares.
      { ...store('Secret', 'vault'), kind: 'policy' as const },
    );
    const page = await pageOf('orders');
    expect(namesOf(page)).toEqual([
      'all -',
      'bucket -',
      ...['db dev', 'key dev'],
      // Its own, as the world has them.
      ...['orders-generator -', 'orders-project -'],
      'patterns production',
      ...['team dev', 'vault dev'],
    ]);
    expect(page.facts.map(({ ref }) => ref.namespace)).not.toContain('cart');
    expect(namesOf(await pageOf('search'))).toEqual([]);
  });

  it('are those of a cluster that only its address is known of, where its own facts are', async () => {
    const { store } = world.backend;
    const application = storedApplication({
      name: 'search-by-address',
      entityRef: SEARCH,
      destination: { namespace: 'search', server: 'https://10.0.0.1' },
    });
    await store.applyApplicationChange({
      stored: application,
      ...{ deployments: [], failures: [] },
    });
    const cluster = 'by-address';
    const nightly = schedule('nightly', {});
    await put(
      { ...nightly, ref: { ...nightly.ref, cluster } },
      {
        kind: 'rollout',
        ref: { cluster, kind: 'Rollout', namespace: 'search', name: 'web' },
        ...{ details: {}, entityRef: SEARCH },
        applicationId: application.application.id,
      },
    );
    expect(namesOf(await pageOf('search'))).toEqual(['nightly -', 'web -']);
  });

  it('are one of each object: its own, else the narrowest', async () => {
    const { store } = world.backend;
    const whole = storedFact(
      schedule('nightly', { namespaces: ['orders-dev', 'orders-*'] }),
    );
    const part = (namespace: string, entityRef?: string) => ({
      ...whole,
      fact: {
        ...whole.fact,
        ...{ id: `${whole.fact.id}~${namespace}`, entityRef },
        details: { of: 'schedule', namespaces: [namespace] },
      },
    });
    await store.putFact(whole);
    // Two services in one namespace: nobody owns the part.
    await store.putFact(part('orders-dev'));
    const shown = async () =>
      (await pageOf('orders')).facts
        .filter(({ ref }) => ref.name === 'nightly')
        .map(({ details }) => details.namespaces);
    expect(await shown()).toEqual([['orders-dev']]);
    await store.putFact(part('orders-production', ORDERS));
    expect(await shown()).toEqual([['orders-production']]);
  });

  it('are shown as they are now, although their services did not change', async () => {
    await put(schedule('renewed', {}));
    const healthOf = async () =>
      (await pageOf('orders')).facts.find(({ ref }) => ref.name === 'renewed')
        ?.health;
    expect(await healthOf()).toBe('healthy');
    await put({ ...schedule('renewed', {}), health: 'degraded' });
    expect(await healthOf()).toBe('degraded');
    const { origin } = storedFact(schedule('renewed', {}));
    await world.backend.store.recording(['local'], recording =>
      recording.deleteObjects([{ origin, keep: [] }]),
    );
    expect(await healthOf()).toBeUndefined();
  });

  it('say since when they are stale, and what is known of their clusters', async () => {
    const { store } = world.backend;
    await store.setClusters(
      ['local', 'remote', 'spoke', 'idle'].map(name => ({ name, title: name })),
    );
    await store.applyApplicationChange({
      stored: storedApplication({
        name: 'search-production',
        entityRef: SEARCH,
        destination: { namespace: 'search', server: 'spoke' },
      }),
      ...{ deployments: [], failures: [] },
    });
    expect((await pageOf('search')).clusters.map(({ name }) => name)).toEqual([
      ...['local', 'remote', 'spoke'],
    ]);
    const rollout = storedFact({
      kind: 'rollout',
      ref: { cluster: 'spoke', kind: 'Rollout', name: 'search' },
      ...{ details: {}, entityRef: SEARCH },
    });
    await store.putFact(rollout);
    const status = {
      resource: 'argoproj.io/v1alpha1/rollouts',
      since: '2026-01-03T00:00:00.000Z',
    };
    await store.putClusterStatus(rollout.origin, {
      ...{ ...status, state: 'connected' },
      lastSeenAt: '2026-01-02T00:00:00.000Z',
    });
    const staleSince = async () => {
      const { facts } = await pageOf('search');
      const found = facts.find(({ id }) => id === rollout.fact.id);
      return [found?.ref.name, found?.staleSince];
    };
    expect(await staleSince()).toEqual(['search', undefined]);
    await store.putClusterStatus(rollout.origin, {
      ...{ ...status, state: 'unreachable', message: 'No route' },
    });
    expect(await staleSince()).toEqual(['search', '2026-01-02T00:00:00.000Z']);
    // Who begins to watch it does not know yet what changed.
    await store.putClusterStatus(rollout.origin, {
      ...{ ...status, state: 'connecting' },
    });
    expect(await staleSince()).toEqual(['search', '2026-01-02T00:00:00.000Z']);
    // It is told again when it can be seen.
    await store.putClusterStatus(rollout.origin, {
      ...{ ...status, state: 'connected' },
    });
    expect(await staleSince()).toEqual(['search', undefined]);
  });
});
