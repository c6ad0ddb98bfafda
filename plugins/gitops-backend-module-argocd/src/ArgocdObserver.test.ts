import type { Application } from '@fairway/plugin-gitops-common';
import type {
  ApplicationObservation,
  KubernetesObject,
} from '@fairway/plugin-gitops-node';
import { describeObserverContract } from '@fairway/plugin-gitops-node/testUtils';
import { mergePatch, readFixture, readFixtures } from './__testUtils__';
import { ArgocdObserver } from './ArgocdObserver';

const observer = new ArgocdObserver();
const now = new Date('2026-02-22T09:00:00Z');
const object = (name: string) => readFixture('applications.yaml', name);

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

for (const file of [
  'applications.yaml',
  'applicationsets.yaml',
  'appprojects.yaml',
  'rollouts.yaml',
]) {
  describe(`objects of ${file}`, () => {
    describeObserverContract({ observer, objects: readFixtures(file) });
  });
}

describe('ArgocdObserver', () => {
  it('observes a healthy, fully automated application with its history', () => {
    const observation = observe(object('orders-prod'));

    expect(observation).toMatchObject({
      engine: 'argocd',
      ref: {
        cluster: 'prod-eu',
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        namespace: 'argocd',
        name: 'orders-prod',
      },
      sync: 'synced',
      health: 'healthy',
      healthSince: '2026-02-20T10:30:41.000Z',
      policy: {
        automated: true,
        prune: true,
        selfHeal: true,
        options: ['CreateNamespace=true', 'ServerSideApply=true'],
      },
      suspended: false,
      source: {
        repoUrl: 'https://git.example.com/payments/orders.git',
        path: 'deploy/overlays/production',
        targetRevision: 'main',
      },
      destination: {
        namespace: 'orders',
        server: 'https://kubernetes.default.svc',
      },
      revision: '3'.repeat(40),
      desiredRevision: '3'.repeat(40),
      images: [
        'docker.io/library/envoy:v1.31.0',
        'registry.example.com/payments/orders:1.4.2',
      ],
      externalUrls: [
        'https://orders.example.com',
        'https://grafana.example.com/d/orders',
      ],
      commands: ['sync', 'refresh'],
    });
    expect(observation.healthMessage).toBeUndefined();
    expect(observation.resources.map(({ kind }) => kind)).toEqual([
      'Service',
      'Deployment',
    ]);
    expect(observation.operation).toMatchObject({ phase: 'succeeded' });
    expect(observation.operation?.initiatedBy).toBeUndefined();
    expect(observation.deployments).toEqual([
      {
        key: 'history/0/2026-01-12T08:00:23.000Z',
        revision: '1'.repeat(40),
        startedAt: '2026-01-12T08:00:20.000Z',
        finishedAt: '2026-01-12T08:00:23.000Z',
        outcome: 'succeeded',
        initiatedBy: 'ada',
      },
      expect.objectContaining({ key: 'history/1/2026-02-01T09:00:07.000Z' }),
      expect.objectContaining({
        key: 'history/2/2026-02-20T10:30:19.000Z',
        images: [
          'docker.io/library/envoy:v1.31.0',
          'registry.example.com/payments/orders:1.4.2',
        ],
      }),
    ]);
  });

  it('tells a recreated object from the one before, though its history starts at 0 again', () => {
    const recreated = object('orders-prod');
    recreated.status.history = [
      {
        ...recreated.status.history[0],
        deployedAt: '2026-02-21T00:00:00Z',
      },
    ];
    const keys = observe(object('orders-prod')).deployments.map(d => d.key);
    expect(keys).not.toContain(observe(recreated).deployments[0].key);
  });

  it('says why an application is out of sync and degraded, and records the failed attempt', () => {
    const observation = observe(object('checkout-staging'));

    expect(observation).toMatchObject({
      sync: 'out-of-sync',
      syncMessage: 'one or more objects failed to apply',
      health: 'degraded',
      healthMessage:
        'Deployment checkout: Deployment "checkout" exceeded its progress deadline',
      policy: { automated: false, prune: false, selfHeal: false },
      source: { path: 'manifests', targetRevision: 'HEAD' },
      destination: { server: 'in-cluster' },
      revision: 'a'.repeat(40),
      desiredRevision: 'b'.repeat(40),
      conditions: [
        {
          type: 'OrphanedResourceWarning',
          since: '2026-02-21T07:00:00.000Z',
        },
      ],
    });
    expect(observation.resources).toContainEqual(
      expect.objectContaining({ name: 'old-settings', requiresPruning: true }),
    );
    expect(observation.resources.find(r => r.kind === 'Service')?.message).toBe(
      'Service "checkout" is invalid: spec.clusterIP: field is immutable',
    );
    expect(observation.deployments.at(-1)).toEqual({
      key: `failed/${'b'.repeat(40)}/2026-02-21T07:05:00.000Z`,
      revision: 'b'.repeat(40),
      startedAt: '2026-02-21T07:05:00.000Z',
      finishedAt: '2026-02-21T07:05:09.000Z',
      outcome: 'failed',
      message: 'one or more objects failed to apply',
      initiatedBy: 'grace',
    });

    const inSearch = object('checkout-staging');
    delete inSearch.status.operationState;
    expect(observe(inSearch).syncMessage).toBe(
      'Differs from Git: ConfigMap old-settings (to be pruned), Deployment checkout, Service checkout',
    );
  });

  it('reads several sources by the one that releases are made in, and counts no dry run', () => {
    expect(observe(object('redis-prod'))).toMatchObject({
      source: {
        repoUrl: 'https://git.example.com/payments/values.git',
        path: 'redis/production',
        targetRevision: 'main',
      },
      policy: { automated: false, prune: false, selfHeal: false },
      chartVersion: '20.1.3',
      revision: 'd'.repeat(40),
      desiredRevision: 'c'.repeat(40),
      deployments: [{ revision: 'd'.repeat(40), outcome: 'succeeded' }],
    });
    const rendered = object('redis-prod');
    rendered.spec.sources.push({
      repoURL: 'https://git.example.com/payments/extras.git',
      path: './',
    });
    rendered.status.sync.revisions.push('f'.repeat(40));
    expect(observe(rendered)).toMatchObject({
      source: {
        repoUrl: 'https://git.example.com/payments/extras.git',
        path: '',
      },
      desiredRevision: 'f'.repeat(40),
    });
  });

  it('takes nothing that a dry run found for what runs', () => {
    const real = object('checkout-staging');
    const tried = object('checkout-staging');
    tried.status.operationState.operation.sync.dryRun = true;
    expect(observe(real).operation).not.toHaveProperty('dryRun');
    const observation = observe(tried);
    expect(observation.operation).toMatchObject({
      phase: 'failed',
      dryRun: true,
    });
    expect(observation.syncMessage).toMatch(/^Differs from Git/);
    expect(observation.resources).toEqual(
      observe(real).resources.map(resource =>
        resource.kind === 'Service'
          ? { ...resource, message: undefined }
          : resource,
      ),
    );
    expect(observation.deployments).toHaveLength(1);

    const waiting = object('orders-prod');
    waiting.operation = { sync: { dryRun: true } };
    expect(observe(waiting).operation).toMatchObject({
      phase: 'running',
      dryRun: true,
    });
  });

  it('reads a chart, and a hydrated source', () => {
    const chart = observe(object('ingress'));
    expect(chart).toMatchObject({
      source: { chart: 'ingress-nginx', targetRevision: '4.11.*' },
      // It was never deployed: what was compared is what should run.
      chartVersion: undefined,
      revision: undefined,
      desiredRevision: '4.11.3',
      policy: { automated: true, prune: false, selfHeal: false },
      health: 'progressing',
      operation: { phase: 'running', revision: '4.11.3' },
      deployments: [],
      commands: ['refresh', 'terminate'],
    });
    expect(chart.source.path).toBeUndefined();

    const hydrated = object('orders-prod');
    hydrated.spec.sourceHydrator = {
      drySource: { repoURL: 'https://git.example.com/dry.git', path: 'dry' },
      syncSource: { targetBranch: 'environments/prod', path: 'orders' },
    };
    expect(observe(hydrated).source).toEqual({
      repoUrl: 'https://git.example.com/dry.git',
      path: 'orders',
      targetRevision: 'environments/prod',
      type: 'kustomize',
    });
  });

  it('counts no sync of single objects, and explains what cannot be compared', () => {
    const observation = observe(object('search-dev'));
    expect(observation.deployments).toEqual([]);
    expect(observation).toMatchObject({ sync: 'unknown', health: 'unknown' });
    expect(observation.syncMessage).toContain('app path does not exist');
    expect(observation.healthMessage).toContain('app path does not exist');
  });

  it('is suspended, and takes no command, while Argo CD skips it', () => {
    const skipped = object('orders-prod');
    const skip = (value: string) => {
      skipped.metadata.annotations = {
        'argocd.argoproj.io/skip-reconcile': value,
      };
    };
    for (const no of ['yes', 'false', '0', '']) {
      skip(no);
      expect(observe(skipped).suspended).toBe(false);
    }
    for (const yes of ['True', '1', 't', 'true']) {
      skip(yes);
      expect(observe(skipped)).toMatchObject({ suspended: true, commands: [] });
    }
    expect(() => commands(skipped, 'refresh')).toThrow(/skip-reconcile/);
  });

  it('syncs without force, prune and retries unless asked', () => {
    const ref = observe(object('orders-prod')).ref;
    const [patch] = commands(object('orders-prod'), 'sync');
    expect(patch).toMatchObject({
      ref,
      plural: 'applications',
      type: 'application/merge-patch+json',
    });
    expect(mergePatch({}, patch.patch).operation).toEqual({
      initiatedBy: { username: 'user:default/ada' },
      info: [
        { name: 'Requested by', value: 'user:default/ada' },
        { name: 'Requested at', value: '2026-02-22T09:00:00.000Z' },
      ],
      sync: {
        prune: false,
        dryRun: false,
        syncOptions: ['CreateNamespace=true', 'ServerSideApply=true'],
      },
      retry: { limit: 0 },
    });
    const [asked] = commands(object('checkout-staging'), 'sync', {
      revision: 'v2',
      prune: true,
      dryRun: true,
    });
    expect(asked.patch).toMatchObject({
      operation: { sync: { revision: 'v2', prune: true, dryRun: true } },
    });
    expect(JSON.stringify(asked.patch)).not.toContain('force');
  });

  it('refuses a second operation, also one that Argo CD did not take up yet', () => {
    expect(() => commands(object('ingress'), 'sync')).toThrow(
      expect.objectContaining({ name: 'InputError' }),
    );
    const requested = object('orders-prod');
    requested.operation = { sync: { revision: 'x' } };
    expect(observe(requested)).toMatchObject({
      operation: { phase: 'running', revision: 'x' },
      commands: ['refresh'],
    });
    expect(() => commands(requested, 'sync')).toThrow(/wait until it ends$/);
  });

  it('refreshes, terminates, and says what to do instead of suspending', () => {
    expect(
      commands(object('ingress'), 'refresh', { hard: true })[0].patch,
    ).toEqual({
      metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } },
    });
    expect(commands(object('ingress'), 'terminate')[0].patch).toEqual({
      status: { operationState: { phase: 'Terminating' } },
    });
    expect(() => commands(object('orders-prod'), 'terminate')).toThrow(
      /no running operation/,
    );
    expect(() => commands(object('orders-prod'), 'suspend')).toThrow(
      /syncPolicy\.automated in Git/,
    );
  });
});
