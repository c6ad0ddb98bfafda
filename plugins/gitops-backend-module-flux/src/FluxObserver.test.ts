import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Application } from '@fairway/plugin-gitops-common';
import type {
  ApplicationObservation,
  KubernetesObject,
} from '@fairway/plugin-gitops-node';
import { describeObserverContract } from '@fairway/plugin-gitops-node/testUtils';
import { FluxObserver } from './FluxObserver';

type AnyObject = KubernetesObject & Record<string, any>;

const observer = new FluxObserver();
const now = new Date('2026-02-22T09:00:00Z');
const objects = parseAllDocuments(
  readFileSync(resolve(__dirname, '__fixtures__/objects.yaml'), 'utf8'),
).map(document => document.toJS() as KubernetesObject);

function object(kind: string, name: string): AnyObject {
  return structuredClone(
    objects.find(item => item.kind === kind && item.metadata.name === name)!,
  );
}

function observe(item: KubernetesObject): ApplicationObservation {
  const [observation] = observer.observe(item, { cluster: 'prod-eu', now });
  return observation as ApplicationObservation;
}

function commands(
  item: KubernetesObject,
  command: Application['commands'][number],
  request = {},
) {
  return observer.commands(observe(item) as unknown as Application, {
    command,
    request,
    user: 'user:default/ada',
    now,
  });
}

function setReady(item: AnyObject, status: string, fields = {}) {
  const ready = item.status.conditions.find(
    (condition: { type: string }) => condition.type === 'Ready',
  );
  Object.assign(ready, { status, ...fields });
}

const commit = (digit: string) => digit.repeat(40);

describeObserverContract({ observer, objects });

describe('sources', () => {
  it.each([
    [
      'GitRepository',
      'orders',
      {
        url: 'https://git.example.com/payments/orders.git',
        targetRevision: 'main',
        revision: commit('3'),
        ready: true,
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
      'Bucket',
      'settings',
      {
        url: 's3.example.com/settings',
        ready: true,
        message: expect.stringContaining('suspended'),
      },
    ],
  ])('observes %s %s', (kind, name, expected) => {
    expect(
      observer.observe(object(kind, name), { cluster: 'prod-eu', now })[0],
    ).toMatchObject({ type: 'source', ref: { kind, name }, ...expected });
  });

  it('prefers the more precise reference, as Flux does', () => {
    const repository = object('GitRepository', 'orders');
    repository.spec.ref = { branch: 'main', tag: 'v1', semver: '>=1' };
    expect(
      observer.observe(repository, { cluster: 'prod-eu', now })[0],
    ).toMatchObject({ targetRevision: '>=1' });
  });
});

describe('Kustomization', () => {
  it('observes a healthy one', () => {
    const sourceRef = {
      cluster: 'prod-eu',
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      namespace: 'payments',
      name: 'orders',
    };
    const observation = observe(object('Kustomization', 'orders-prod'));
    expect(observation).toMatchObject({
      engine: 'flux',
      sync: 'synced',
      health: 'healthy',
      healthSince: '2026-02-20T10:40:12.000Z',
      policy: { automated: true, prune: true, selfHeal: true },
      source: { path: 'deploy/overlays/production', ref: sourceRef },
      sourceRef,
      destination: { namespace: 'orders' },
      revision: commit('3'),
      images: ['registry.example.com/payments/orders:1.4.2'],
      operation: { phase: 'succeeded' },
      conditions: [],
      commands: ['sync', 'refresh', 'suspend'],
    });
    // Its source says what should run.
    expect(observation.desiredRevision).toBeUndefined();
    expect(observation.healthMessage).toBeUndefined();
    expect(observation.resources).toEqual([
      {
        group: 'apps',
        version: 'v1',
        kind: 'Deployment',
        namespace: 'orders',
        name: 'orders',
      },
      {
        group: '',
        version: 'v1',
        kind: 'Service',
        namespace: 'orders',
        name: 'orders',
      },
      {
        group: 'rbac.authorization.k8s.io',
        version: 'v1',
        kind: 'ClusterRole',
        namespace: undefined,
        name: 'system:orders',
      },
    ]);
    expect(observation.deployments).toEqual([
      {
        key: `applied/${commit('3')}/2026-02-20T10:20:12.000Z`,
        revision: commit('3'),
        finishedAt: '2026-02-20T10:30:12.000Z',
        outcome: 'succeeded',
      },
    ]);
  });

  it('keeps the key while it reconciles again, and gives another when a revision comes back', () => {
    const before = object('Kustomization', 'orders-prod');
    const [first] = observe(before).deployments;

    const later = structuredClone(before);
    later.status.history[0].lastReconciled = '2026-02-20T18:00:00Z';
    later.status.history[0].totalReconciliations = 48;
    setReady(later, 'True', { lastTransitionTime: '2026-02-20T18:00:00Z' });
    expect(observe(later).deployments).toEqual([first]);

    // B -> C -> B: Flux moves the entry of B back to the front and counts on.
    const back = structuredClone(later);
    back.status.history.reverse();
    back.status.history[0].lastReconciled = '2026-02-20T19:00:00Z';
    back.status.lastAppliedRevision = `main@sha1:${commit('2')}`;
    back.status.lastAttemptedRevision = `main@sha1:${commit('2')}`;
    expect(observe(back).deployments).toEqual([
      {
        key: `applied/${commit('2')}/2026-02-20T18:00:00.000Z`,
        revision: commit('2'),
        finishedAt: '2026-02-20T19:00:00.000Z',
        outcome: 'succeeded',
      },
    ]);
  });

  it('records a failed attempt once, however often it is retried', () => {
    const failing = object('Kustomization', 'ledger-prod');
    const observation = observe(failing);
    expect(observation).toMatchObject({
      sync: 'out-of-sync',
      syncMessage: expect.stringContaining('timeout waiting for'),
      health: 'degraded',
      healthMessage: expect.stringContaining('Deployment/ledger/ledger'),
      policy: { automated: true, prune: false, selfHeal: true },
      sourceRef: { namespace: 'sources', name: 'ledger' },
      destination: { namespace: 'ledger' },
      revision: commit('4'),
      operation: { phase: 'failed', revision: commit('5') },
      conditions: [
        { type: 'HealthCheckFailed' },
        { type: 'HealthCheckFailed' },
      ],
    });
    expect(observation.deployments).toMatchObject([
      { revision: commit('4'), outcome: 'succeeded' },
      {
        revision: commit('5'),
        outcome: 'failed',
        finishedAt: '2026-02-21T07:05:00.000Z',
        message: expect.stringContaining('timeout waiting for'),
      },
    ]);

    const retried = structuredClone(failing);
    setReady(retried, 'False', { lastTransitionTime: '2026-02-21T07:15:00Z' });
    expect(observe(retried).deployments.map(({ key }) => key)).toEqual(
      observation.deployments.map(({ key }) => key),
    );

    const retrying = structuredClone(failing);
    setReady(retrying, 'Unknown', { reason: 'Progressing' });
    expect(observe(retrying).health).toBe('degraded');
  });

  it('is no deployment when it waits for another object', () => {
    const waiting = object('Kustomization', 'ledger-prod');
    setReady(waiting, 'False', { reason: 'DependencyNotReady' });
    expect(observe(waiting).deployments.map(({ outcome }) => outcome)).toEqual([
      'succeeded',
    ]);
  });

  it('observes one that is suspended, of a Flux without history', () => {
    expect(observe(object('Kustomization', 'search-dev'))).toMatchObject({
      suspended: true,
      health: 'suspended',
      policy: { automated: false, prune: true, selfHeal: true },
      revision: expect.stringMatching(/^sha256:9f86/),
      source: { path: '' },
      commands: ['refresh', 'resume'],
      deployments: [
        {
          key: expect.stringMatching(
            /^applied\/sha256:9f86.*\/2026-02-17T09:00:00.000Z$/,
          ),
        },
      ],
    });
  });

  it.each([
    [
      'Stalled',
      { type: 'Stalled', status: 'True', message: 'no such path' },
      'degraded',
    ],
    [
      'Reconciling',
      { type: 'Reconciling', status: 'True', reason: 'Progressing' },
      'progressing',
    ],
  ])('is %s before it is ready', (_, condition, health) => {
    const item = object('Kustomization', 'orders-prod');
    item.status.conditions.push(condition);
    expect(observe(item).health).toBe(health);
  });

  it('is progressing while the controller has not seen the newest generation', () => {
    const item = object('Kustomization', 'orders-prod');
    item.metadata.generation = 3;
    expect(observe(item).health).toBe('progressing');
  });
});

describe('HelmRelease', () => {
  it('observes a release, whose values are part of what runs', () => {
    expect(observe(object('HelmRelease', 'catalog'))).toMatchObject({
      sync: 'synced',
      health: 'healthy',
      policy: { automated: true, prune: true, selfHeal: true },
      source: {
        chart: 'web-service',
        targetRevision: '1.x',
        ref: { kind: 'HelmRepository', namespace: 'discovery', name: 'charts' },
      },
      destination: { namespace: 'catalog' },
      revision: '1.2.0+bbbbbbbbbbbb',
      desiredRevision: '1.2.0+bbbbbbbbbbbb',
      chartVersion: '1.2.0',
      images: [
        'registry.example.com/discovery/catalog:2.3.1',
        'registry.example.com:5000/tools/exporter:0.9.0',
      ],
      deployments: [
        {
          key: 'release/1/2026-02-10T09:00:00.000Z',
          revision: '1.2.0+aaaaaaaaaaaa',
        },
        {
          key: 'release/2/2026-02-20T11:00:00.000Z',
          revision: '1.2.0+bbbbbbbbbbbb',
          images: expect.arrayContaining([
            'registry.example.com/discovery/catalog:2.3.1',
          ]),
        },
      ],
    });
  });

  it('observes a failed upgrade that was rolled back', () => {
    const observation = observe(object('HelmRelease', 'redis'));
    expect(observation).toMatchObject({
      sync: 'out-of-sync',
      syncMessage: expect.stringContaining('context deadline exceeded'),
      health: 'degraded',
      healthMessage: 'Failed to upgrade after 1 attempt(s)',
      policy: { selfHeal: false },
      source: { chart: 'redis', ref: { kind: 'OCIRepository' } },
      revision: '20.1.3+0a0b0c0d0e0f.cccccccccccc',
      desiredRevision: '20.1.4+1b2c3d4e5f60.dddddddddddd',
      chartVersion: '20.1.3',
      images: [],
    });
    expect(
      observation.deployments.map(({ key, outcome }) => [key, outcome]),
    ).toEqual([
      ['release/1/2026-02-01T08:00:00.000Z', 'succeeded'],
      ['failed/2/2026-02-21T08:00:00.000Z', 'failed'],
      ['release/3/2026-02-21T08:05:30.000Z', 'succeeded'],
    ]);
    expect(observation.deployments[1].message).toContain('context deadline');
  });

  it('records an upgrade that failed before Helm stored it', () => {
    const item = object('HelmRelease', 'redis');
    item.status.history.splice(0, 2);
    item.status.history[0].status = 'deployed';
    expect(observe(item).deployments.at(-1)).toMatchObject({
      key: 'failed/20.1.4+1b2c3d4e5f60.dddddddddddd/after/1',
      outcome: 'failed',
    });
  });

  it('is out of sync when it drifted', () => {
    const item = object('HelmRelease', 'catalog');
    item.status.conditions.push({
      type: 'Drifted',
      status: 'True',
      reason: 'DriftDetected',
      message:
        'Cluster state of release has drifted: Deployment/catalog changed',
    });
    expect(observe(item)).toMatchObject({
      sync: 'out-of-sync',
      syncMessage: expect.stringContaining('drifted'),
      conditions: [{ type: 'DriftDetected' }],
    });
  });
});

describe('commands', () => {
  const item = object('Kustomization', 'orders-prod');
  const requested = {
    metadata: {
      annotations: {
        'reconcile.fluxcd.io/requestedAt': '2026-02-22T09:00:00.000Z',
      },
    },
  };

  it('reconciles the source before the object', () => {
    expect(
      commands(item, 'sync').map(({ ref, plural, patch }) => [
        ref.kind,
        plural,
        patch,
      ]),
    ).toEqual([
      ['GitRepository', 'gitrepositories', requested],
      ['Kustomization', 'kustomizations', requested],
    ]);
    expect(commands(item, 'refresh').map(({ ref }) => ref.kind)).toEqual([
      'GitRepository',
    ]);
  });

  it('reconciles the object alone when the kind of its source is unknown', () => {
    const other = structuredClone(item);
    other.spec.sourceRef.kind = 'ExternalArtifact';
    expect(commands(other, 'sync').map(({ plural }) => plural)).toEqual([
      'kustomizations',
    ]);
  });

  it('suspends and resumes', () => {
    expect(commands(item, 'suspend')[0].patch).toEqual({
      spec: { suspend: true },
    });
    expect(commands(item, 'resume')[0].patch).toEqual({
      spec: { suspend: false },
    });
  });

  it.each([
    ['terminate', {}, /cannot stop/],
    ['sync', { revision: 'v2' }, /takes no revision/],
    ['sync', { dryRun: true }, /no dry run/],
  ] as const)('refuses %s %j, saying why', (command, request, message) => {
    expect(() => commands(item, command, request)).toThrow(message);
  });

  it('refuses to sync what is suspended, and to prune what does not', () => {
    expect(() =>
      commands(object('Kustomization', 'search-dev'), 'sync'),
    ).toThrow(/resume it first/);
    expect(() =>
      commands(object('Kustomization', 'ledger-prod'), 'sync', { prune: true }),
    ).toThrow(/spec\.prune in Git/);
  });
});
