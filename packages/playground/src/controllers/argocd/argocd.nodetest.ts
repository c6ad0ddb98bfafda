import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { stringify } from 'yaml';
import { KubernetesObject, ObjectKey } from '../../types';
import {
  APP_PROJECT,
  APPLICATION,
  DEPLOYMENT,
  SERVICE,
} from '../objects/kinds';
import { overlayFile, serviceFiles } from '../testing/manifests';
import { TestBed } from '../testing/TestBed';

const REPOSITORY = 'payments/orders';
const key: ObjectKey = {
  ...APPLICATION,
  namespace: 'argocd',
  name: 'orders-dev',
};
const deployment: ObjectKey = {
  ...DEPLOYMENT,
  namespace: 'orders-dev',
  name: 'orders',
};
const service: ObjectKey = {
  ...SERVICE,
  namespace: 'orders-dev',
  name: 'orders',
};

function application(url: string, syncPolicy: object = {}): KubernetesObject {
  return {
    ...APPLICATION,
    metadata: {
      name: 'orders-dev',
      namespace: 'argocd',
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
    },
    spec: {
      project: 'default',
      source: {
        repoURL: url,
        targetRevision: 'main',
        path: 'deploy/overlays/dev',
      },
      destination: {
        server: 'https://kubernetes.default.svc',
        namespace: 'orders-dev',
      },
      syncPolicy: { syncOptions: ['CreateNamespace=true'], ...syncPolicy },
    },
  };
}

const AUTOMATED = { automated: { prune: true } };
const SELF_HEAL = { automated: { prune: true, selfHeal: true } };

function isAt(revision: string, health = 'Healthy') {
  return ({ status }: KubernetesObject) =>
    status?.sync?.status === 'Synced' &&
    status.sync.revision === revision &&
    status.health.status === health;
}

function release(tag: string) {
  return overlayFile({ name: 'orders', environment: 'dev', tag });
}

describe('Argo CD stand-in', () => {
  let bed: TestBed;
  let first: string;

  beforeEach(async () => {
    bed = await TestBed.start();
    first = bed.commit(
      REPOSITORY,
      serviceFiles({ name: 'orders', environments: ['dev'], tag: '1.0.0' }),
    );
  });

  afterEach(() => bed.stop());

  it('waits for a manual sync, then deploys and keeps history', async () => {
    bed.cluster.create(application(bed.url(REPOSITORY)));
    const waiting = await bed.eventually(
      key,
      ({ status }) => status?.sync?.status === 'OutOfSync',
    );
    assert.equal(waiting.status.health.status, 'Missing');
    assert.equal(waiting.status.sync.revision, first);
    assert.equal(waiting.status.history, undefined);
    assert.equal(bed.cluster.get(deployment), undefined);

    const request = (revision: string) =>
      bed.cluster.patch(key, {
        operation: {
          sync: { revision },
          initiatedBy: { username: 'guest' },
        },
      });
    request(first);
    const done = await bed.eventually(key, isAt(first));
    const { status } = done;
    assert.equal(done.operation, undefined);
    assert.equal(status.operationState.phase, 'Succeeded');
    assert.equal(
      status.operationState.message,
      'successfully synced (all tasks run)',
    );
    assert.deepEqual(
      status.operationState.syncResult.resources.map(
        ({ kind, status: result, message }: Record<string, string>) => [
          kind,
          result,
          message,
        ],
      ),
      [
        ['Service', 'Synced', 'service/orders created'],
        ['Deployment', 'Synced', 'deployment.apps/orders created'],
      ],
    );
    assert.equal(status.sourceType, 'Kustomize');
    assert.deepEqual(status.summary.images, ['registry.test/orders:1.0.0']);
    assert.deepEqual(
      status.history.map(({ id, revision, initiatedBy }: any) => ({
        id,
        revision,
        initiatedBy,
      })),
      [{ id: 0, revision: first, initiatedBy: { username: 'guest' } }],
    );
    assert.ok(
      Date.parse(status.history[0].deployStartedAt) <=
        Date.parse(status.history[0].deployedAt),
    );

    const second = bed.commit(REPOSITORY, release('1.1.0'));
    await bed.eventually(
      key,
      ({ status: { sync } }) =>
        sync.status === 'OutOfSync' && sync.revision === second,
    );
    request(second);
    const upgraded = await bed.eventually(
      key,
      object =>
        isAt(second)(object) &&
        object.status.summary.images.join() === 'registry.test/orders:1.1.0',
    );
    assert.deepEqual(
      upgraded.status.history.map(({ id, revision }: any) => [id, revision]),
      [
        [0, first],
        [1, second],
      ],
    );
  });

  it('previews a dry run and syncs a part without touching history', async () => {
    bed.cluster.create(application(bed.url(REPOSITORY)));
    await bed.eventually(key, ({ status }) => status?.sync);
    bed.cluster.patch(key, { operation: { sync: { dryRun: true } } });
    await bed.eventually(
      key,
      ({ status }) => status.operationState?.phase === 'Succeeded',
    );
    assert.equal(bed.cluster.get(service), undefined);
    bed.cluster.patch(key, {
      operation: {
        sync: { resources: [{ kind: 'Service', name: 'orders' }] },
      },
    });
    const partial = await bed.eventually(
      key,
      ({ status }) =>
        status.operationState?.phase === 'Succeeded' &&
        status.operationState.operation.sync.resources &&
        status.resources.some(
          (resource: any) =>
            resource.kind === 'Service' && resource.status === 'Synced',
        ),
    );
    assert.equal(partial.status.sync.status, 'OutOfSync');
    assert.equal(partial.status.history, undefined);
    assert.equal(bed.cluster.get(deployment), undefined);
  });

  it('syncs by itself, degrades on a broken image and heals on a revert', async () => {
    bed.cluster.create(application(bed.url(REPOSITORY), AUTOMATED));
    const healthy = await bed.eventually(key, isAt(first));
    assert.deepEqual(healthy.status.history[0].initiatedBy, {
      automated: true,
    });

    const broken = bed.commit(REPOSITORY, release('1.1.0-broken'));
    const degraded = await bed.eventually(key, isAt(broken, 'Degraded'));
    assert.equal(degraded.status.operationState.phase, 'Succeeded');
    assert.deepEqual(
      degraded.status.resources.find((item: any) => item.kind === 'Deployment')
        .health,
      {
        status: 'Degraded',
        message: 'Deployment "orders" exceeded its progress deadline',
      },
    );
    assert.deepEqual(degraded.status.summary.images, [
      'registry.test/orders:1.0.0',
      'registry.test/orders:1.1.0-broken',
    ]);

    const reverted = bed.commit(REPOSITORY, release('1.0.0'));
    const healed = await bed.eventually(key, isAt(reverted));
    assert.equal(healed.status.history.length, 3);
  });

  it('shows the text of a render failure and recovers', async () => {
    bed.cluster.create(application(bed.url(REPOSITORY), AUTOMATED));
    await bed.eventually(key, isAt(first));
    bed.commit(
      REPOSITORY,
      overlayFile({
        name: 'orders',
        environment: 'dev',
        tag: '1.1.0',
        extra: { resources: ['../../base', 'missing.yaml'] },
      }),
    );
    const failed = await bed.eventually(
      key,
      ({ status }) => status.conditions?.[0]?.type === 'ComparisonError',
    );
    assert.equal(failed.status.sync.status, 'Unknown');
    assert.match(
      failed.status.conditions[0].message,
      /kustomize build <path to cached source>\/deploy\/overlays\/dev` failed exit status 1: Error: .*missing\.yaml/s,
    );
    assert.ok(bed.cluster.get(deployment), 'nothing is deleted meanwhile');
    const fixed = bed.commit(REPOSITORY, release('1.2.0'));
    const recovered = await bed.eventually(key, isAt(fixed));
    assert.equal(recovered.status.conditions, undefined);
  });

  it('reverts drift with self-heal only', async () => {
    bed.cluster.create(application(bed.url(REPOSITORY), AUTOMATED));
    await bed.eventually(key, isAt(first));
    bed.cluster.patch(deployment, { spec: { replicas: 3 } });
    const drifted = await bed.eventually(
      key,
      ({ status }) => status.sync.status === 'OutOfSync',
    );
    assert.equal(drifted.status.history.length, 1);
    await bed.eventually(
      deployment,
      ({ status }) => status.readyReplicas === 3,
    );

    bed.cluster.patch(key, { spec: { syncPolicy: SELF_HEAL } });
    const healed = await bed.eventually(key, isAt(first));
    assert.equal(bed.cluster.get(deployment)!.spec.replicas, 2);
    assert.equal(healed.status.history.length, 1, 'a partial sync, no history');
    assert.equal(
      healed.status.operationState.operation.sync.autoHealAttemptsCount,
      1,
    );
  });

  it('waits between waves and can be terminated', async () => {
    const wave = (name: string, number: string) => ({
      patch: stringify([
        {
          op: 'add',
          path: '/metadata/annotations',
          value: { 'argocd.argoproj.io/sync-wave': number },
        },
      ]),
      target: { kind: name, name: 'orders' },
    });
    bed.commit(
      REPOSITORY,
      overlayFile({
        name: 'orders',
        environment: 'dev',
        tag: '1.0.0-broken',
        extra: { patches: [wave('Service', '1')] },
      }),
    );
    await bed.stopControllers();
    bed.startControllers({ progressDeadlineMs: 60_000 });
    bed.cluster.create(application(bed.url(REPOSITORY), AUTOMATED));
    await bed.eventually(
      key,
      ({ status }) =>
        status?.operationState?.message ===
        'waiting for healthy state of apps/Deployment/orders',
    );
    assert.equal(bed.cluster.get(service), undefined);
    bed.cluster.patch(key, {
      status: { operationState: { phase: 'Terminating' } },
    });
    const terminated = await bed.eventually(
      key,
      ({ status }) =>
        status.operationState.phase === 'Failed' && status.conditions,
    );
    assert.equal(
      terminated.status.operationState.message,
      'Operation terminated',
    );
    assert.equal(terminated.operation, undefined);
    assert.equal(terminated.status.conditions[0].type, 'SyncError');
    assert.equal(terminated.status.history, undefined);
  });

  it('works on nothing that is not asked for, whatever the state says', async () => {
    bed.cluster.create(application(bed.url(REPOSITORY)));
    await bed.eventually(key, ({ status }) => status?.sync);
    const sync = () =>
      bed.cluster.patch(key, {
        operation: { sync: {} },
        status: { operationState: null },
      });
    sync();
    await bed.eventually(key, isAt(first));
    // As a patch does that comes after the end.
    bed.cluster.patch(key, {
      status: { operationState: { phase: 'Terminating' } },
      metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } },
    });
    const refreshed = await bed.eventually(
      key,
      ({ metadata }) => !metadata.annotations?.['argocd.argoproj.io/refresh'],
    );
    assert.equal(refreshed.status.operationState.phase, 'Terminating');
    sync();
    await bed.eventually(
      key,
      ({ status }) => status.operationState?.phase === 'Succeeded',
    );
  });

  it('creates and prunes the applications of an application', async () => {
    const child = (name: string) => ({
      [`apps/${name}.yaml`]: stringify({
        // Only one of the two may own the objects of the overlay that both name.
        ...application(
          bed.url(REPOSITORY),
          name === 'orders-dev' ? AUTOMATED : {},
        ),
        metadata: { ...application('').metadata, name },
      }),
    });
    bed.commit('platform/gitops', {
      ...child('orders-dev'),
      ...child('other'),
    });
    const root = application(bed.url('platform/gitops'), AUTOMATED);
    const rootKey = { ...key, name: 'root' };
    root.metadata.name = 'root';
    root.spec.source.path = 'apps';
    root.spec.destination.namespace = 'argocd';
    bed.cluster.create(root);
    await bed.eventually(key, isAt(first));
    const parent = await bed.eventually(
      rootKey,
      ({ status }) => status.sync.status === 'Synced',
    );
    assert.equal(parent.status.sourceType, 'Directory');
    assert.equal(parent.status.summary.isAppOfApps, true);
    assert.deepEqual(
      parent.status.resources.map((resource: any) => resource.name),
      ['orders-dev', 'other'],
    );

    bed.commit('platform/gitops', { 'apps/orders-dev.yaml': undefined });
    await bed.eventuallyGone(key);
    assert.equal(bed.cluster.get(deployment), undefined);
  });

  it('lets a project go after its last application', async () => {
    const project: ObjectKey = {
      ...APP_PROJECT,
      ...{ namespace: 'argocd', name: 'orders' },
    };
    bed.cluster.create({
      ...APP_PROJECT,
      metadata: {
        ...{ namespace: 'argocd', name: 'orders' },
        finalizers: ['resources-finalizer.argocd.argoproj.io'],
      },
      spec: { sourceRepos: ['*'], destinations: [] },
    });
    const orders = application(bed.url(REPOSITORY));
    orders.spec.project = 'orders';
    bed.cluster.create(orders);
    await bed.eventually(key, ({ status }) => status?.sync !== undefined);
    bed.cluster.delete(project);
    await bed.eventually(
      project,
      ({ metadata }) => metadata.deletionTimestamp !== undefined,
    );
    bed.cluster.delete(key);
    await bed.eventuallyGone(project);
    assert.equal(bed.cluster.get(key), undefined);
  });

  it('refuses what the project does not permit', async () => {
    const invalid = application('http://forge.test/unknown/repository.git');
    bed.cluster.create(invalid);
    const missing = await bed.eventually(
      key,
      ({ status }) => status?.conditions,
    );
    assert.match(
      missing.status.conditions[0].message,
      /^repository not accessible/,
    );
    bed.cluster.create({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'payments', namespace: 'argocd' },
      spec: {
        sourceRepos: ['http://forge.test/payments/*'],
        destinations: [{ server: '*', namespace: 'billing-*' }],
      },
    });
    bed.cluster.patch(key, {
      spec: {
        project: 'payments',
        source: { repoURL: bed.url(REPOSITORY) },
      },
    });
    const refused = await bed.eventually(key, ({ status }) =>
      status.conditions?.[0].message.includes('do not match any'),
    );
    assert.equal(refused.status.conditions[0].type, 'InvalidSpecError');
    assert.equal(refused.status.sync.status, 'Unknown');
    assert.equal(refused.status.health.status, 'Unknown');
  });

  it('answers a refresh, settles, and goes on after a restart', async () => {
    bed.cluster.create(application(bed.url(REPOSITORY), AUTOMATED));
    const settled = await bed.eventually(key, isAt(first));
    bed.cluster.patch(key, {
      metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } },
    });
    const refreshed = await bed.eventually(
      key,
      ({ metadata }) => !metadata.annotations?.['argocd.argoproj.io/refresh'],
    );
    assert.ok(
      Date.parse(refreshed.status.reconciledAt) >=
        Date.parse(settled.status.reconciledAt),
    );
    await bed.stopControllers();
    const second = bed.commit(REPOSITORY, release('2.0.0'));
    bed.startControllers();
    await bed.eventually(key, isAt(second));
    assert.deepEqual(bed.log, []);
  });
});
