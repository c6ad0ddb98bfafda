import type { ApplicationObservation } from '@fairway/plugin-gitops-node';
import { readFixture, type LooseObject } from './__testUtils__';
import { observeApplication } from './observeApplication';

const now = new Date('2026-02-22T09:00:00Z');
const CHART = 'https://charts.example.com';
const GIT = 'https://git.example.com';

function observe(object: LooseObject | string): ApplicationObservation {
  return observeApplication(
    typeof object === 'string'
      ? readFixture('applications.yaml', object)
      : object,
    { cluster: 'prod-eu', now },
  );
}

describe('observeApplication', () => {
  it.each([
    ['orders-prod', { path: 'deploy/overlays/production', type: 'kustomize' }],
    ['checkout-staging', { path: 'manifests', type: 'directory' }],
    ['ingress', { chart: 'ingress-nginx', path: undefined, type: 'helm' }],
    ['reports', { path: 'deploy', type: 'plugin' }],
    [
      'orders-eu',
      {
        repoUrl: 'oci://registry.example.com/payments/orders-manifests',
        path: '',
        targetRevision: '1.4.2',
        type: 'kustomize',
      },
    ],
    // What Argo CD has not looked at yet is what it asks for.
    ['search-dev', { path: 'deploy/overlays/dev', type: undefined }],
  ])('reads the source of %s', (name, source) => {
    expect(observe(name).source).toEqual(expect.objectContaining(source));
  });

  it('reads what a source asks for where Argo CD has not said what it is', () => {
    const application = readFixture('applications.yaml', 'search-dev');
    application.spec.source.plugin = { name: 'jsonnet-bundle' };
    expect(observe(application).source.type).toBe('plugin');
    application.status.sourceType = 'constructor';
    expect(observe(application).source.type).toBe('plugin');
  });

  it('reads several sources in order, and tells the revision of the one that changed', () => {
    const observation = observe('blog');
    const main = { targetRevision: 'main', chart: undefined };
    expect(observation).toMatchObject({
      sources: [
        { repoUrl: CHART, chart: 'wordpress', type: 'helm' },
        // It lends its files to the chart, and renders nothing.
        { repoUrl: `${GIT}/payments/values.git`, ...main, type: undefined },
        { repoUrl: `${GIT}/payments/blog.git`, ...main, type: 'kustomize' },
      ],
      source: { repoUrl: `${GIT}/payments/blog.git`, path: 'extras' },
      chartVersion: '24.1.2',
      // The values were the last that changed, and a new chart is to come.
      revision: 'c'.repeat(40),
      desiredRevision: '24.1.3',
      operation: {
        phase: 'running',
        revision: '24.1.3',
        retryCount: 2,
        message: expect.stringContaining('Retrying attempt #2'),
        initiatedBy: 'grace',
      },
    });
    expect(observation.operation?.finishedAt).toBeUndefined();
    expect(observation.deployments.map(({ revision }) => revision)).toEqual([
      'e'.repeat(40), // the first one: the primary source
      '24.1.2', // a new chart alone
      '24.1.2', // the same again
      'c'.repeat(40), // new values alone
    ]);

    const primaryToo = readFixture('applications.yaml', 'blog');
    primaryToo.status.sync.revisions[2] = 'f'.repeat(40);
    expect(observe(primaryToo).desiredRevision).toBe('f'.repeat(40));
    const synced = readFixture('applications.yaml', 'blog');
    synced.status.sync = {
      status: 'Synced',
      revisions: synced.status.history[3].revisions,
    };
    expect(observe(synced)).toMatchObject({
      revision: 'c'.repeat(40),
      desiredRevision: 'c'.repeat(40),
    });
  });

  it('takes a list of a single source for what it is', () => {
    expect(observe('reports')).toMatchObject({
      project: 'default',
      revision: '8'.repeat(40),
      sources: [{ path: 'deploy', type: 'plugin' }],
      health: 'suspended',
      healthMessage: 'CronJob is suspended',
    });
    expect(observe('orders-prod').sources).toBeUndefined();
  });

  it('reads where people write and what is synced of a hydrated application, and why that failed', () => {
    const message =
      'failed to render manifests: search: app path does not exist';
    expect(observe('search-prod')).toMatchObject({
      source: {
        repoUrl: `${GIT}/discovery/search.git`,
        path: 'search',
        targetRevision: 'environments/production',
        type: 'directory',
      },
      drySource: {
        repoUrl: `${GIT}/discovery/search.git`,
        path: 'deploy/overlays/production',
        targetRevision: 'main',
        type: 'kustomize',
      },
      desiredRevision: '6'.repeat(40),
      syncMessage: message,
      conditions: [
        { type: 'HydrationError', message, since: '2026-02-22T07:00:05.000Z' },
      ],
    });
    // It does not run yet, so nothing that runs was rendered from anything.
    expect(observe('search-prod').originRevision).toBeUndefined();
    const synced = readFixture('applications.yaml', 'search-prod');
    synced.status.sync.status = 'Synced';
    expect(observe(synced)).toMatchObject({
      revision: '6'.repeat(40),
      originRevision: '5'.repeat(40),
    });
    synced.status.sync.revision = '7'.repeat(40);
    expect(observe(synced).originRevision).toBeUndefined();
    const elsewhere = readFixture('applications.yaml', 'search-prod');
    elsewhere.spec.sourceHydrator.syncSource.repoURL = `${GIT}/hydrated.git`;
    expect(observe(elsewhere).source.repoUrl).toBe(`${GIT}/hydrated.git`);
  });

  it('knows what made it: an ApplicationSet, an app of apps by annotation or by label', () => {
    const cluster = 'prod-eu';
    const apiVersion = 'argoproj.io/v1alpha1';
    expect(observe('orders-eu').parent).toEqual({
      cluster,
      apiVersion,
      kind: 'ApplicationSet',
      namespace: 'payments',
      name: 'orders-envs',
    });
    const root = { cluster, apiVersion, kind: 'Application', name: 'root' };
    expect(observe('blog').parent).toEqual({ ...root, namespace: 'argocd' });
    expect(observe('legacy').parent).toEqual({ ...root, namespace: 'teams' });
    expect(observe('root').parent).toBeUndefined();
    expect(observe('root').resources).toMatchObject([
      { kind: 'Application', name: 'blog' },
    ]);

    const copied = readFixture('applications.yaml', 'blog');
    copied.metadata.name = 'blog-copy';
    expect(observe(copied).parent).toBeUndefined();
    const elsewhere = readFixture('applications.yaml', 'blog');
    elsewhere.metadata.namespace = 'team-a';
    elsewhere.metadata.annotations!['argocd.argoproj.io/tracking-id'] =
      'root:argoproj.io/Application:team-a/blog';
    expect(observe(elsewhere).parent?.namespace).toBe('argocd');
    const itself = readFixture('applications.yaml', 'root');
    itself.metadata.labels = { 'app.kubernetes.io/instance': 'root' };
    expect(observe(itself).parent).toBeUndefined();
  });

  it('says that it is being deleted, and takes no command meanwhile', () => {
    expect(observe('legacy')).toMatchObject({
      commands: [],
      conditions: [
        { type: 'DeletionError' },
        {
          type: 'Deleting',
          message: 'It is being deleted with everything that it manages',
          since: '2026-02-22T08:30:00.000Z',
        },
      ],
    });
    const alone = readFixture('applications.yaml', 'legacy');
    alone.metadata.finalizers = [];
    expect(observe(alone).conditions.at(-1)?.message).toBe(
      'It is being deleted; what it manages stays',
    );
  });

  it('bears no credentials, and a bounded part of very many resources', () => {
    const application = readFixture('applications.yaml', 'checkout-staging');
    application.spec.source.repoURL = 'https://robot:secret@git.example.com/a';
    application.spec.destination = { server: 'https://robot:secret@10.0.0.1' };
    application.status.resources = [
      ...Array.from({ length: 1_500 }, (_, index) => ({
        kind: 'ConfigMap',
        name: `settings-${index}`,
        status: 'Synced',
      })),
      ...application.status.resources,
    ];
    const { source, destination, resources, resourceCount } =
      observe(application);
    expect(source.repoUrl).toBe('https://git.example.com/a');
    expect(destination.server).toBe('https://10.0.0.1');
    expect(resourceCount).toBe(1_503);
    expect(resources.length).toBe(1_000);
    expect(resources).toContainEqual(
      expect.objectContaining({ kind: 'Deployment', health: 'degraded' }),
    );
  });
});
