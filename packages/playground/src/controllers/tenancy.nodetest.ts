import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { stringify } from 'yaml';
import { KubernetesObject } from '../types';
import {
  APP_PROJECT,
  APPLICATION,
  CLUSTER_ROLE,
  CLUSTER_ROLE_BINDING,
  GIT_REPOSITORY,
  KUSTOMIZATION,
  NAMESPACE,
  ROLE_BINDING,
  SERVICE_ACCOUNT,
} from './objects/kinds';
import { TestBed } from './testing/TestBed';

const REPOSITORY = 'growth/deploy';
const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap' };
const RBAC = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole' };

const config = (namespace?: string, kind = 'ConfigMap') =>
  stringify({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'config', namespace },
  });

const ready = ({ status }: KubernetesObject) =>
  (status?.conditions ?? []).find((one: any) => one.type === 'Ready');

describe('teams that may not deploy where others do', () => {
  let bed: TestBed;
  beforeEach(async () => {
    bed = await TestBed.start({}, { defaultServiceAccount: 'default' });
    for (const name of ['growth', 'growth-dev', 'orders-dev']) {
      bed.cluster.create({ ...NAMESPACE, metadata: { name } });
    }
  });
  afterEach(() => bed.stop());

  it('Argo CD refuses other namespaces and what its project does not name', async () => {
    bed.commit(REPOSITORY, { 'own/config.yaml': config() });
    bed.cluster.create({
      ...APP_PROJECT,
      metadata: { name: 'growth', namespace: 'argocd' },
      spec: {
        sourceRepos: [`${bed.forge.url}/growth/*`],
        destinations: [{ server: '*', namespace: 'growth-[a-z]*' }],
        clusterResourceWhitelist: [
          { group: '', kind: 'Namespace', name: 'growth-pr-[0-9]*' },
        ],
      },
    });
    const key = { ...APPLICATION, namespace: 'argocd', name: 'growth' };
    bed.cluster.create({
      ...APPLICATION,
      metadata: { name: 'growth', namespace: 'argocd' },
      spec: {
        project: 'growth',
        source: {
          repoURL: bed.url(REPOSITORY),
          targetRevision: 'main',
          path: 'own',
        },
        destination: {
          server: 'https://kubernetes.default.svc',
          namespace: 'growth-dev',
        },
        syncPolicy: { automated: {} },
      },
    });
    await bed.eventually(
      key,
      ({ status }) => status?.sync?.status === 'Synced',
    );
    const failsWith = async (file: string, message: RegExp) => {
      const revision = bed.commit(REPOSITORY, { 'own/other.yaml': file });
      const { status } = await bed.eventually(
        key,
        object =>
          object.status.operationState?.phase === 'Failed' &&
          object.status.operationState.syncResult.revision === revision,
      );
      assert.match(status.operationState.message, message);
    };
    await failsWith(
      config('orders-dev'),
      /namespace orders-dev is not permitted in project 'growth'/,
    );
    assert.equal(
      bed.cluster.get({ ...CONFIG, namespace: 'orders-dev', name: 'config' }),
      undefined,
    );
    await failsWith(
      stringify({ ...NAMESPACE, metadata: { name: 'orders-dev' } }),
      /resource :Namespace is not permitted in project growth/,
    );
    bed.commit(REPOSITORY, {
      'own/other.yaml': stringify({
        ...NAMESPACE,
        metadata: { name: 'growth-pr-7' },
      }),
    });
    await bed.eventually({ ...NAMESPACE, name: 'growth-pr-7' }, () => true);

    bed.cluster.patch(key, {
      spec: { destination: { namespace: 'orders-dev' } },
    });
    await bed.eventually(key, ({ status }) =>
      (status.conditions ?? []).some(
        (one: any) =>
          one.type === 'InvalidSpecError' &&
          one.message.includes("'orders-dev' do not match any of the allowed"),
      ),
    );
  });

  function bind(binding: object): void {
    bed.cluster.apply(
      {
        ...ROLE_BINDING,
        metadata: { name: 'growth', namespace: 'growth-dev' },
        roleRef: { ...RBAC, name: 'admin' },
        subjects: [
          { kind: 'ServiceAccount', name: 'reconciler', namespace: 'growth' },
        ],
        ...binding,
      },
      'test',
    );
  }

  const key = { ...KUSTOMIZATION, namespace: 'growth', name: 'dev' };

  function createKustomization(spec: object): void {
    bed.cluster.create({
      ...SERVICE_ACCOUNT,
      metadata: { name: 'reconciler', namespace: 'growth' },
    });
    bed.cluster.create({
      ...GIT_REPOSITORY,
      metadata: { name: 'deploy', namespace: 'growth' },
      spec: {
        interval: '1m',
        url: bed.url(REPOSITORY),
        ref: { branch: 'main' },
      },
    });
    bed.cluster.create({
      ...KUSTOMIZATION,
      metadata: { name: 'dev', namespace: 'growth' },
      spec: {
        interval: '10m',
        prune: true,
        path: './own',
        sourceRef: { kind: 'GitRepository', name: 'deploy' },
        serviceAccountName: 'reconciler',
        ...spec,
      },
    });
  }

  it('Flux applies as the account of the team, which may what is bound to it', async () => {
    bed.commit(REPOSITORY, { 'own/config.yaml': config('growth-dev') });
    bind({});
    createKustomization({});
    await bed.eventually(key, object => ready(object)?.status === 'True');

    bed.commit(REPOSITORY, { 'own/other.yaml': config('orders-dev') });
    const other = await bed.eventually(key, object =>
      ready(object)?.message.includes('forbidden'),
    );
    assert.equal(ready(other).reason, 'ReconciliationFailed');
    assert.equal(
      ready(other).message,
      'ConfigMap/orders-dev/config dry-run failed (Forbidden): configmaps "config" is forbidden: User "system:serviceaccount:growth:reconciler" cannot patch resource "configmaps" in API group "" in the namespace "orders-dev"',
    );
    // Quotas are set for whoever has a namespace, not by them.
    bed.commit(REPOSITORY, {
      'own/other.yaml': config('growth-dev', 'ResourceQuota'),
    });
    await bed.eventually(key, object =>
      ready(object)?.message.includes('resource "resourcequotas"'),
    );
    bed.commit(REPOSITORY, {
      'own/other.yaml': stringify({
        ...CLUSTER_ROLE_BINDING,
        metadata: { name: 'growth' },
        roleRef: { ...RBAC, name: 'cluster-admin' },
        subjects: [],
      }),
    });
    await bed.eventually(key, object =>
      ready(object)?.message.includes('at the cluster scope'),
    );
    // A role of the cluster's own decides by its rules.
    bed.cluster.create({
      ...CLUSTER_ROLE,
      metadata: { name: 'binder' },
      rules: [
        {
          apiGroups: ['rbac.authorization.k8s.io'],
          resources: ['clusterrolebindings'],
          resourceNames: ['growth'],
          verbs: ['*'],
        },
      ],
    });
    bed.cluster.create({
      ...CLUSTER_ROLE_BINDING,
      metadata: { name: 'growth-may' },
      roleRef: { ...RBAC, name: 'binder' },
      subjects: [{ kind: 'Group', name: 'system:serviceaccounts:growth' }],
    });
    await bed.eventually(key, object => ready(object)?.status === 'True');
  });

  it('Flux deletes as that account, too, and leaves what it may not delete', async () => {
    bed.commit(REPOSITORY, { 'own/config.yaml': config('growth-dev') });
    bind({});
    createKustomization({});
    await bed.eventually(key, object => ready(object)?.status === 'True');
    const made = { ...CONFIG, namespace: 'growth-dev', name: 'config' };
    bed.cluster.delete({
      ...ROLE_BINDING,
      namespace: 'growth-dev',
      name: 'growth',
    });
    bed.cluster.delete(key);
    await bed.eventually(key, ({ metadata }) =>
      Boolean(metadata.deletionTimestamp),
    );
    assert.ok(bed.cluster.get(made));
    bind({});
    await bed.eventuallyGone(key);
    assert.equal(bed.cluster.get(made), undefined);
  });

  it('Flux refuses sources of other namespaces, and acts as nobody by default', async () => {
    bed.commit(REPOSITORY, { 'own/config.yaml': config() });
    createKustomization({
      serviceAccountName: undefined,
      targetNamespace: 'orders-dev',
    });
    await bed.eventually(key, object =>
      ready(object)?.message.includes(
        'User "system:serviceaccount:growth:default" cannot patch',
      ),
    );
    bed.cluster.patch(key, {
      spec: { sourceRef: { name: 'orders', namespace: 'flux-system' } },
    });
    const denied = await bed.eventually(
      key,
      object => ready(object)?.reason === 'AccessDenied',
    );
    assert.equal(
      ready(denied).message,
      "can't access 'GitRepository/flux-system/orders', cross-namespace references have been blocked",
    );
  });

  it('Flux makes one of the kustomizations below a folder', async () => {
    bed.commit(REPOSITORY, {
      'base/kustomization.yaml': 'resources: [config.yaml]\n',
      'base/config.yaml': config(),
      'own/orders/kustomization.yaml':
        'resources: [../../base]\nnamePrefix: orders-\n',
      'own/orders/ignored.yaml': config(),
    });
    bind({});
    createKustomization({ targetNamespace: 'growth-dev' });
    await bed.eventually(key, object => ready(object)?.status === 'True');
    const made = { ...CONFIG, namespace: 'growth-dev' };
    assert.ok(bed.cluster.get({ ...made, name: 'orders-config' }));
    assert.equal(bed.cluster.get({ ...made, name: 'config' }), undefined);
    // A change of the base is seen, although it is outside of the folder.
    bed.commit(REPOSITORY, {
      'base/config.yaml': config().replace('name: config', 'name: renamed'),
    });
    await bed.eventually({ ...made, name: 'orders-renamed' }, () => true);
  });
});
