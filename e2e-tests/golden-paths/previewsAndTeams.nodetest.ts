import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  addPreviewOverlay,
  changedTree,
  parsePreviewModel,
  parseServiceModel,
  parseTenantModel,
  renderPreviews,
  renderTenant,
  renderWorkload,
} from '@fairway/gitops-manifests';
import { environmentOf } from '@fairway/plugin-gitops-backend/src/recorder/buildApplication';
import type { KubernetesObject } from 'playground/src/types';
import { stringify } from 'yaml';
import { PathBed } from './PathBed';

const IMAGE = 'registry.example.com/payments/orders';
const PREVIEW = 'orders-pr-1';
const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', name: PREVIEW };
const inPreview = (apiVersion: string, kind: string, name = 'orders') => ({
  ...{ apiVersion, kind, name, namespace: PREVIEW },
});
const DEPLOYMENT = inPreview('apps/v1', 'Deployment');
const APPLICATION = {
  argocd: {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    namespace: 'argocd',
    name: PREVIEW,
  },
  flux: {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    namespace: 'flux-system',
    name: PREVIEW,
  },
};
const GENERATOR = {
  argocd: { ...APPLICATION.argocd, kind: 'ApplicationSet' },
  flux: {
    ...APPLICATION.flux,
    apiVersion: 'fluxcd.controlplane.io/v1',
    kind: 'ResourceSetInputProvider',
  },
};
const ENGINES = ['argocd', 'flux'] as const;
const RBAC = 'rbac.authorization.k8s.io/v1';

const filesOf = (files: Iterable<{ path: string; content?: string }>) =>
  Object.fromEntries([...files].map(({ path, content }) => [path, content]));

const ready = ({ status }: KubernetesObject) =>
  (status?.conditions ?? []).find((one: any) => one.type === 'Ready');

/** Why the engine could not do what Git says. */
const failure = (object: KubernetesObject): string =>
  object.status?.operationState?.message ?? ready(object)?.message ?? '';

let bed: PathBed;
beforeEach(async () => {
  bed = await PathBed.start();
});
afterEach(() => bed.stop());

describe('previews of pull requests', () => {
  /** The service and what enables its previews, as the golden paths write them. */
  async function enablePreviews(engine: 'argocd' | 'flux'): Promise<void> {
    const common = {
      ...{ name: 'orders', team: 'payments', engine, image: IMAGE },
      repoUrl: bed.url('payments/orders'),
    };
    const service = parseServiceModel({
      ...common,
      runtime: 'nodejs',
      environments: [{ name: 'dev', tier: 'development' }],
    });
    const previews = parsePreviewModel({
      ...common,
      domain: 'preview.example.com',
      forge: {
        kind: 'gitea',
        ...{ owner: 'payments', repo: 'orders' },
        host: new URL(bed.forge.url).host,
        plainHttp: true,
      },
    });
    const tree = new Map(
      renderWorkload(service).map(({ path, content }) => [path, content]),
    );
    const { changes, route } = addPreviewOverlay(tree, previews);
    await bed.commit(
      'payments/orders',
      Object.fromEntries(changedTree(tree, changes)),
    );
    await bed.commit(
      'platform/gitops',
      filesOf(renderPreviews(previews, { route })),
    );
  }

  const push = (files: Record<string, string>) =>
    bed.commit('payments/orders', files, { branch: 'change', from: 'main' });

  async function openPull(): Promise<string> {
    const commit = await push({ 'README.md': '# Orders\n' });
    await bed.call('/repos/payments/orders/pulls', {
      ...{ title: 'A change', head: 'change', base: 'main' },
    });
    return commit;
  }

  const label = () =>
    bed.call('/repos/payments/orders/issues/1/labels', {
      labels: ['preview'],
    });

  const imageOf = ({ spec }: KubernetesObject) =>
    spec.template.spec.containers[0].image;

  for (const engine of ENGINES) {
    it(`come up at the label and go at the merge, their namespace too: ${engine}`, async () => {
      await enablePreviews(engine);
      const first = await openPull();
      const generator = { ...GENERATOR[engine], name: 'orders-previews' };
      await bed.found(generator, object =>
        engine === 'argocd'
          ? object.status?.resourcesCount === 0
          : object.status?.exportedInputs?.length === 0,
      );
      assert.equal(bed.cluster.get(NAMESPACE), undefined);

      await label();
      await bed.found(
        DEPLOYMENT,
        object =>
          object.status?.readyReplicas === 1 &&
          imageOf(object) === `${IMAGE}:${first}`,
      );
      const deployment = bed.cluster.get(DEPLOYMENT)!;
      assert.equal(
        deployment.metadata.labels!['fairway.dev/pull-request'],
        '1',
      );
      assert.equal(
        deployment.metadata.annotations!['fairway.dev/commit'],
        first,
      );
      const ingress = bed.cluster.get(
        inPreview('networking.k8s.io/v1', 'Ingress'),
      )!;
      assert.equal(
        ingress.spec.rules[0].host,
        'orders-pr-1.preview.example.com',
      );
      const quota = bed.cluster.get(
        inPreview('v1', 'ResourceQuota', 'default'),
      );
      assert.equal(quota?.spec.hard.pods, '10');
      const { labels } = bed.cluster.get(NAMESPACE)!.metadata;
      assert.equal(labels!['fairway.dev/pull-request'], '1');

      // Fairway sees what it is.
      const application = await bed.found(APPLICATION[engine], object => {
        const seen = bed.observe(object) as any;
        return seen.sync !== 'out-of-sync' && seen.health === 'healthy';
      });
      const seen = bed.observe(application) as any;
      assert.equal(seen.type, 'application');
      assert.equal(seen.labels['backstage.io/kubernetes-id'], 'orders');
      assert.equal(seen.labels.team, 'payments');
      assert.deepEqual(
        environmentOf(seen.labels, { environments: [] } as any),
        {
          ...{ environment: 'preview', tier: 'preview', pullRequest: '1' },
        },
      );
      assert.equal(
        seen.parent.kind,
        engine === 'argocd' ? 'ApplicationSet' : 'ResourceSet',
      );
      const fact = bed.observe(
        await bed.found(
          generator,
          object => (bed.observe(object) as any).health === 'healthy',
        ),
      ) as any;
      assert.equal(fact.kind, 'preview');

      const second = await push({ 'README.md': '# Orders, again\n' });
      await bed.found(
        DEPLOYMENT,
        object =>
          imageOf(object) === `${IMAGE}:${second}` &&
          object.status.updatedReplicas === 1,
      );

      await bed.call('/repos/payments/orders/pulls/1/merge', { Do: 'merge' });
      await bed.gone(APPLICATION[engine]);
      await bed.gone(NAMESPACE);
      assert.equal(bed.cluster.get(DEPLOYMENT), undefined);
    });

    it(`go when the label does, and reach nothing else: ${engine}`, async () => {
      await enablePreviews(engine);
      await openPull();
      await label();
      await bed.found(DEPLOYMENT, ({ status }) => status?.readyReplicas === 1);

      const overlay = 'deploy/overlays/preview/kustomization.yaml';
      const file = await fetch(
        `${bed.forge.url}/payments/orders/raw/branch/main/${overlay}`,
      );
      const text = await file.text();
      await push({
        'deploy/overlays/preview/more.yaml': stringify({
          apiVersion: RBAC,
          kind: 'ClusterRoleBinding',
          metadata: { name: 'mine' },
          roleRef: {
            apiGroup: 'rbac.authorization.k8s.io',
            kind: 'ClusterRole',
            name: 'cluster-admin',
          },
          subjects: [],
        }),
        [overlay]: text.replace('resources:\n', 'resources:\n  - more.yaml\n'),
      });
      const refused = await bed.found(APPLICATION[engine], object =>
        failure(object).includes(
          engine === 'argocd'
            ? 'rbac.authorization.k8s.io:ClusterRoleBinding is not permitted in project previews-orders'
            : 'User "system:serviceaccount:flux-system:orders-previews" cannot patch resource "clusterrolebindings"',
        ),
      );
      assert.ok(refused);
      assert.equal(
        bed.cluster.get({
          ...{ apiVersion: RBAC, kind: 'ClusterRoleBinding', name: 'mine' },
        }),
        undefined,
      );

      await bed.call(
        '/repos/payments/orders/issues/1/labels',
        undefined,
        'DELETE',
      );
      await bed.gone(APPLICATION[engine]);
      await bed.gone(NAMESPACE);
    });
  }
});

describe('teams', () => {
  const CONFIG = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'orders-settings',
  };
  const config = (namespace?: string) =>
    stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace },
    });

  async function addTeam(name: string, engine: 'argocd' | 'flux') {
    const model = parseTenantModel({
      ...{ name, engine, environments: ['dev'] },
      configuration: { repoUrl: bed.url(`${name}/deploy`) },
    });
    await bed.commit(`${name}/deploy`, {
      'services/orders/kustomization.yaml': 'resources: [settings.yaml]\n',
      'services/orders/settings.yaml': config(),
      'environments/dev/orders/kustomization.yaml':
        'resources: [../../../services/orders]\nnamePrefix: orders-\n',
    });
    await bed.commit('platform/gitops', filesOf(renderTenant(model)));
    await bed.found({ ...CONFIG, namespace: `${name}-dev` });
  }

  it('deploy to their own namespaces and to no other: Argo CD', async () => {
    await addTeam('growth', 'argocd');
    await addTeam('payments', 'argocd');
    const key = { ...APPLICATION.argocd, name: 'growth-orders-dev' };
    const application = await bed.found(
      key,
      ({ status }) => status?.sync?.status === 'Synced',
    );
    const seen = bed.observe(application) as any;
    assert.equal(seen.labels['backstage.io/kubernetes-id'], 'orders');
    assert.equal(seen.labels['fairway.dev/environment'], 'dev');
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', name: 'default' };
    const before = await bed.found({ ...quota, namespace: 'growth-dev' });
    assert.equal(before.spec.hard.pods, '50');

    await bed.commit('growth/deploy', {
      'environments/dev/orders/kustomization.yaml':
        'namespace: payments-dev\nnamePrefix: orders-\nresources: [../../../services/orders]\nnameSuffix: -other\n',
    });
    await bed.found(key, object =>
      failure(object).includes(
        "namespace payments-dev is not permitted in project 'growth'",
      ),
    );
    assert.equal(
      bed.cluster.get({
        ...CONFIG,
        namespace: 'payments-dev',
        name: 'orders-settings-other',
      }),
      undefined,
    );

    await bed.commit('growth/deploy', {
      'environments/dev/orders/kustomization.yaml': 'resources: [quota.yaml]\n',
      'environments/dev/orders/quota.yaml': stringify({
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'default' },
        spec: { hard: { pods: '9999' } },
      }),
    });
    await bed.found(key, object =>
      failure(object).includes(':ResourceQuota is not permitted'),
    );
    // An application in Argo CD's namespace could name any project.
    await bed.commit('growth/deploy', {
      'environments/dev/orders/kustomization.yaml': 'resources: [app.yaml]\n',
      'environments/dev/orders/app.yaml': stringify({
        ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
        metadata: { name: 'mine', namespace: 'argocd' },
        spec: { project: 'default' },
      }),
    });
    await bed.found(key, object =>
      failure(object).includes('argoproj.io:Application is not permitted'),
    );
  });

  it('deploy to their own namespaces and to no other: Flux', async () => {
    await addTeam('growth', 'flux');
    await addTeam('payments', 'flux');
    const key = { ...APPLICATION.flux, namespace: 'growth', name: 'dev' };
    await bed.found(key, object => ready(object)?.status === 'True');

    const source = (name: string) => ({
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name },
      spec: {
        interval: '1m',
        url: bed.url('growth/deploy'),
        ref: { branch: 'main' },
      },
    });
    const kustomization = (name: string, sourceRef: object) => ({
      apiVersion: APPLICATION.flux.apiVersion,
      kind: 'Kustomization',
      metadata: { name },
      spec: {
        interval: '10m',
        prune: false,
        path: './services/orders',
        targetNamespace: 'payments-dev',
        sourceRef: { kind: 'GitRepository', ...sourceRef },
      },
    });
    // A tenant may have Kustomizations of its own; they act as its own accounts.
    await bed.commit('growth/deploy', {
      'environments/dev/more.yaml': [
        source('mine'),
        kustomization('mine', { name: 'mine' }),
        kustomization('theirs', {
          name: 'configuration',
          namespace: 'payments',
        }),
      ]
        .map(object => stringify(object))
        .join('---\n'),
    });
    const own = { ...key, namespace: 'growth-dev' };
    const refused = await bed.found({ ...own, name: 'mine' }, object =>
      failure(object).includes('forbidden'),
    );
    assert.equal(
      failure(refused),
      'ConfigMap/payments-dev/settings dry-run failed (Forbidden): configmaps "settings" is forbidden: User "system:serviceaccount:growth-dev:default" cannot patch resource "configmaps" in API group "" in the namespace "payments-dev"',
    );
    await bed.found(
      { ...own, name: 'theirs' },
      object =>
        failure(object) ===
        "can't access 'GitRepository/payments/configuration', cross-namespace references have been blocked",
    );
    assert.equal(
      bed.cluster.get({
        ...CONFIG,
        namespace: 'payments-dev',
        name: 'settings',
      }),
      undefined,
    );

    await bed.commit('growth/deploy', {
      'environments/dev/more.yaml': stringify({
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'default' },
        spec: { hard: { pods: '9999' } },
      }),
    });
    await bed.found(key, object =>
      failure(object).includes(
        'User "system:serviceaccount:growth:reconciler" cannot patch resource "resourcequotas"',
      ),
    );
  });
});
