import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { KubernetesObject, ObjectKey } from '../../types';
import {
  APP_PROJECT,
  APPLICATION,
  APPLICATION_SET,
  DEPLOYMENT,
  NAMESPACE,
} from '../objects/kinds';
import { serviceFiles } from '../testing/manifests';
import { TestBed } from '../testing/TestBed';

const REPOSITORY = 'payments/orders';
const SERVER = 'https://kubernetes.default.svc';
const key = { ...APPLICATION_SET, namespace: 'argocd', name: 'orders' };
const named = (name: string): ObjectKey => ({
  ...APPLICATION,
  namespace: 'argocd',
  name,
});

function applicationSet(options: {
  generators: object[];
  template: { name: string; spec: object };
  spec?: object;
}): KubernetesObject {
  const { name, spec } = options.template;
  return {
    ...APPLICATION_SET,
    metadata: { name: 'orders', namespace: 'argocd' },
    spec: {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: options.generators,
      ...options.spec,
      template: { metadata: { name }, spec },
    },
  };
}

function condition({ status }: KubernetesObject, type: string) {
  return (status?.conditions ?? []).find((one: any) => one.type === type);
}

const isUpToDate = (object: KubernetesObject) =>
  condition(object, 'ResourcesUpToDate')?.status === 'True';

describe('Argo CD stand-in: ApplicationSet', () => {
  let bed: TestBed;
  let commit: string;

  beforeEach(async () => {
    bed = await TestBed.start();
    commit = bed.commit(
      REPOSITORY,
      serviceFiles({ name: 'orders', environments: ['preview'], tag: '1.0.0' }),
    );
  });

  afterEach(() => bed.stop());

  const previews = (filter: object = {}) =>
    applicationSet({
      generators: [
        {
          pullRequest: {
            requeueAfterSeconds: 60,
            gitea: {
              ...{ api: bed.forge.url, owner: 'payments', repo: 'orders' },
              labels: ['preview'],
            },
            filters: [{ targetBranchMatch: '^main$', ...filter }],
          },
        },
      ],
      template: {
        name: 'orders-pr-{{.number}}',
        spec: {
          project: 'default',
          source: {
            repoURL: bed.url(REPOSITORY),
            targetRevision: '{{.head_sha}}',
            path: 'deploy/overlays/preview',
            kustomize: {
              namespace: 'orders-pr-{{.number}}',
              images: ['registry.test/orders:{{.head_short_sha_7}}'],
              commonLabels: { 'fairway.dev/pull-request': '{{.number}}' },
              labelWithoutSelector: true,
            },
          },
          destination: { server: SERVER, namespace: 'orders-pr-{{.number}}' },
          syncPolicy: {
            automated: { prune: true },
            syncOptions: ['CreateNamespace=true'],
          },
        },
      },
    });

  it('makes an application of each labelled pull request, and takes it away', async () => {
    bed.setPulls(REPOSITORY, [
      { number: 7, headSha: commit },
      { number: 8, headSha: commit, labels: [] },
      { number: 9, headSha: commit, targetBranch: 'old' },
    ]);
    bed.cluster.create(previews());
    const application = await bed.eventually(
      named('orders-pr-7'),
      ({ status }) => status?.health?.status === 'Healthy',
    );
    assert.deepEqual(application.metadata.finalizers, [
      'resources-finalizer.argocd.argoproj.io',
    ]);
    assert.equal(application.metadata.ownerReferences![0].name, 'orders');
    const deployment = bed.cluster.get({
      ...DEPLOYMENT,
      namespace: 'orders-pr-7',
      name: 'orders',
    })!;
    assert.equal(deployment.metadata.labels!['fairway.dev/pull-request'], '7');
    assert.deepEqual(deployment.spec.selector.matchLabels, { app: 'orders' });
    assert.equal(
      deployment.spec.template.spec.containers[0].image,
      `registry.test/orders:${commit.slice(0, 7)}`,
    );
    const set = await bed.eventually(
      key,
      ({ status }) =>
        status?.resources?.[0]?.health?.status === 'Healthy' &&
        status.resources[0].status === 'Synced',
    );
    assert.equal(set.status.resourcesCount, 1);
    assert.ok(isUpToDate(set));
    assert.equal(condition(set, 'ErrorOccurred').status, 'False');
    assert.equal(
      condition(set, 'ParametersGenerated').reason,
      'ParametersGenerated',
    );

    bed.setPulls(REPOSITORY, []);
    await bed.eventuallyGone(named('orders-pr-7'));
    await bed.eventuallyGone({
      ...DEPLOYMENT,
      namespace: 'orders-pr-7',
      name: 'orders',
    });
    // Nobody tracks a namespace that CreateNamespace made: it stays, as with Argo CD.
    assert.ok(bed.cluster.get({ ...NAMESPACE, name: 'orders-pr-7' }));
    await bed.eventually(key, ({ status }) => status.resourcesCount === 0);
  });

  it('says what it cannot generate, and keeps what is there', async () => {
    bed.setPulls(REPOSITORY, [{ number: 7, headSha: commit }]);
    bed.cluster.create(previews());
    await bed.eventually(named('orders-pr-7'), () => true);
    bed.cluster.patch(key, {
      spec: { template: { metadata: { name: 'orders-{{.branch.x}}' } } },
    });
    const broken = await bed.eventually(
      key,
      object => condition(object, 'ErrorOccurred')?.status === 'True',
    );
    assert.equal(
      condition(broken, 'ErrorOccurred').reason,
      'ApplicationGenerationFromParamsError',
    );
    assert.match(
      condition(broken, 'ErrorOccurred').message,
      /no entry for key/,
    );
    assert.equal(condition(broken, 'ParametersGenerated').status, 'False');
    assert.equal(condition(broken, 'ResourcesUpToDate').status, 'False');
    assert.ok(bed.cluster.get(named('orders-pr-7')));

    bed.cluster.patch(key, {
      spec: {
        template: {
          metadata: { name: 'orders-pr-{{.number}}' },
          spec: { project: 'nobody' },
        },
      },
    });
    const invalid = await bed.eventually(
      key,
      object =>
        condition(object, 'ErrorOccurred')?.reason ===
        'ApplicationValidationError',
    );
    assert.match(
      condition(invalid, 'ErrorOccurred').message,
      /references project nobody which does not exist/,
    );
    bed.cluster.create({
      ...APP_PROJECT,
      metadata: { name: 'nobody', namespace: 'argocd' },
      spec: {},
    });
    await bed.eventually(key, isUpToDate);
  });

  it('makes an application of each folder, and none of its resources goes with it', async () => {
    const files = (folder: string) => ({
      [`${folder}/config.yaml`]:
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\n',
    });
    bed.commit('payments/deploy', {
      ...files('environments/dev/Orders'),
      ...files('environments/dev/ledger'),
      ...files('environments/dev/ledger/deeper'),
      ...files('environments/prod/orders'),
    });
    bed.cluster.create(
      applicationSet({
        generators: [
          {
            git: {
              repoURL: bed.url('payments/deploy'),
              revision: 'main',
              directories: [
                { path: 'environments/dev/*' },
                { path: 'environments/dev/ledger', exclude: true },
              ],
              values: { environment: 'dev' },
            },
          },
        ],
        spec: { syncPolicy: { preserveResourcesOnDeletion: true } },
        template: {
          name: '{{.path.basenameNormalized}}-{{.values.environment}}',
          spec: {
            project: 'default',
            source: {
              repoURL: bed.url('payments/deploy'),
              targetRevision: 'main',
              path: '{{.path.path}}',
            },
            destination: {
              server: SERVER,
              namespace: '{{index .path.segments 1}}',
            },
            syncPolicy: {
              automated: {},
              syncOptions: ['CreateNamespace=true'],
            },
          },
        },
      }),
    );
    await bed.eventually(
      named('orders-dev'),
      ({ status }) => status?.sync?.status === 'Synced',
    );
    const config = { apiVersion: 'v1', kind: 'ConfigMap', name: 'config' };
    assert.ok(bed.cluster.get({ ...config, namespace: 'dev' }));
    assert.equal(bed.cluster.list(APPLICATION).length, 1);

    bed.commit('payments/deploy', {
      'environments/dev/Orders/config.yaml': undefined,
    });
    await bed.eventuallyGone(named('orders-dev'));
    assert.ok(bed.cluster.get({ ...config, namespace: 'dev' }));
  });
});
