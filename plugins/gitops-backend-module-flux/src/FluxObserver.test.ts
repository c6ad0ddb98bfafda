import { describeObserverContract } from '@fairway/plugin-gitops-node/testUtils';
import {
  commit,
  now,
  object,
  objects,
  observer,
} from './__testUtils__/recordedObjects';

for (const kind of new Set(objects.map(item => item.kind))) {
  describe(`objects of kind ${kind}`, () => {
    describeObserverContract({
      observer,
      objects: objects.filter(item => item.kind === kind),
    });
  });
}

it('has a recorded object of each kind that it wants', () => {
  expect([...new Set(objects.map(({ kind }) => kind))].sort()).toEqual(
    observer.resources.map(({ kind }) => kind).sort(),
  );
});

describe('sources', () => {
  const observeSource = (kind: string, name: string) =>
    observer.observe(object(kind, name), { cluster: 'prod-eu', now })[0];

  it.each([
    [
      'GitRepository',
      'orders',
      {
        url: 'https://git.example.com/payments/orders.git',
        targetRevision: 'main',
        revision: commit('3'),
        ready: true,
        message: undefined,
      },
    ],
    [
      // What was fetched before is still served, and may be outdated.
      'GitRepository',
      'ledger',
      {
        url: 'ssh://git@git.example.com/payments/ledger.git',
        targetRevision: 'v1.9.0',
        revision: commit('4'),
        ready: false,
        message: expect.stringContaining('i/o timeout'),
      },
    ],
    [
      // Fetching again is no trouble.
      'GitRepository',
      'billing',
      { revision: commit('7'), ready: true, message: undefined },
    ],
    [
      'GitRepository',
      'reports',
      {
        targetRevision: commit('9'),
        revision: undefined,
        ready: false,
        message: expect.stringContaining('signing-keys'),
      },
    ],
    [
      'OCIRepository',
      'redis-chart',
      {
        url: 'oci://registry.example.com/charts/redis',
        targetRevision: '20.x',
        revision: `sha256:${'1b2c3d4e5f60718293a4b5c6d7e8f90a'.repeat(2)}`,
        ready: true,
      },
    ],
    [
      'HelmRepository',
      'charts',
      {
        revision: undefined,
        ready: false,
        message: expect.stringContaining('503'),
      },
    ],
    [
      'HelmRepository',
      'registry',
      {
        url: 'oci://registry.example.com/charts',
        ready: true,
        message: undefined,
      },
    ],
    [
      'HelmChart',
      'discovery-catalog',
      {
        targetRevision: '1.x',
        revision: '1.2.0',
        ready: true,
        // It has no address itself.
        sourceRef: expect.objectContaining({
          kind: 'HelmRepository',
          namespace: 'discovery',
          name: 'charts',
        }),
        originRevision: undefined,
      },
    ],
    [
      'HelmChart',
      'messaging-sessions',
      {
        targetRevision: '9.x',
        ready: false,
        message: expect.stringContaining("matching '9.x'"),
      },
    ],
    [
      'Bucket',
      'settings',
      {
        url: 's3.example.com/settings',
        ready: true,
        message: expect.stringContaining('suspended'),
      },
    ],
    [
      'ExternalArtifact',
      'storefront',
      { revision: expect.stringMatching(/^sha256:35d4/), ready: true },
    ],
  ])('observes %s %s', (kind, name, expected) => {
    expect(observeSource(kind, name)).toMatchObject({
      type: 'source',
      ref: { kind, name },
      ...expected,
    });
  });

  it('knows the commit and the folder of what is made from Git', () => {
    expect(observeSource('OCIRepository', 'search')).toMatchObject({
      originRevision: commit('6'),
    });
    const chart = object('HelmChart', 'discovery-catalog');
    chart.spec.chart = './charts/catalog';
    chart.spec.sourceRef = { kind: 'GitRepository', name: 'charts' };
    chart.status.observedSourceArtifactRevision = `main@sha1:${commit('5')}`;
    expect(
      observer.observe(chart, { cluster: 'prod-eu', now })[0],
    ).toMatchObject({
      sourceRef: { kind: 'GitRepository', namespace: 'discovery' },
      path: 'charts/catalog',
      originRevision: commit('5'),
      targetRevision: undefined,
    });
  });

  it('does not rely on what was fetched before the newest change', () => {
    const repository = object('GitRepository', 'orders');
    repository.metadata.generation = 2;
    repository.spec.ref = { tag: 'v2' };
    expect(
      observer.observe(repository, { cluster: 'prod-eu', now })[0],
    ).toMatchObject({
      targetRevision: 'v2',
      revision: commit('3'),
      ready: false,
      message: expect.stringMatching(/not fetched what the source names now/),
    });
  });

  it('prefers the more precise reference, as Flux does', () => {
    const repository = object('GitRepository', 'orders');
    repository.spec.ref = { branch: 'main', tag: 'v1', semver: '>=1' };
    expect(
      observer.observe(repository, { cluster: 'prod-eu', now })[0],
    ).toMatchObject({ targetRevision: '>=1' });
  });
});
