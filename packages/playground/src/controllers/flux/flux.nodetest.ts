import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { stringify } from 'yaml';
import { KubernetesObject, ObjectKey } from '../../types';
import {
  DEPLOYMENT,
  GIT_REPOSITORY,
  HELM_RELEASE,
  KUSTOMIZATION,
  SERVICE,
} from '../objects/kinds';
import { overlayFile, serviceFiles } from '../testing/manifests';
import { TestBed } from '../testing/TestBed';

const REPOSITORY = 'payments/orders';
const NAMESPACE = 'flux-system';
const named = (kind: { apiVersion: string; kind: string }, name: string) => ({
  ...kind,
  namespace: NAMESPACE,
  name,
});
const source = named(GIT_REPOSITORY, 'orders');
const key = named(KUSTOMIZATION, 'orders-dev');
const deployment: ObjectKey = {
  ...DEPLOYMENT,
  namespace: 'orders-dev',
  name: 'orders',
};
const service: ObjectKey = { ...deployment, ...SERVICE };

function gitRepository(url: string): KubernetesObject {
  return {
    ...GIT_REPOSITORY,
    metadata: { name: 'orders', namespace: NAMESPACE },
    spec: { interval: '1m', url, ref: { branch: 'main' } },
  };
}

function kustomization(spec: object = {}): KubernetesObject {
  return {
    ...KUSTOMIZATION,
    metadata: { name: 'orders-dev', namespace: NAMESPACE },
    spec: {
      interval: '10m',
      timeout: '5m',
      sourceRef: { kind: 'GitRepository', name: 'orders' },
      path: './deploy/overlays/dev',
      prune: true,
      wait: true,
      ...spec,
    },
  };
}

function condition(object: KubernetesObject, type: string) {
  return (object.status?.conditions ?? []).find(
    (item: { type: string }) => item.type === type,
  );
}

function isReadyAt(revision: string) {
  return (object: KubernetesObject) =>
    condition(object, 'Ready')?.status === 'True' &&
    object.status.lastAppliedRevision === `main@sha1:${revision}`;
}

function release(tag: string, extra?: object) {
  return overlayFile({ name: 'orders', environment: 'dev', tag, extra });
}

describe('Flux stand-in: GitRepository and Kustomization', () => {
  let bed: TestBed;
  let first: string;

  beforeEach(async () => {
    bed = await TestBed.start();
    first = bed.commit(
      REPOSITORY,
      serviceFiles({ name: 'orders', environments: ['dev'], tag: '1.0.0' }),
    );
    bed.cluster.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'orders-dev' },
    });
  });

  afterEach(() => bed.stop());

  it('stores an artifact, applies it, waits for health and reports', async () => {
    bed.cluster.create(kustomization());
    const waiting = await bed.eventually(key, object =>
      condition(object, 'Ready'),
    );
    assert.equal(condition(waiting, 'Ready').reason, 'ArtifactFailed');
    bed.cluster.create(gitRepository(bed.url(REPOSITORY)));
    const fetched = await bed.eventually(
      source,
      object => condition(object, 'Ready')?.status === 'True',
    );
    assert.equal(fetched.status.artifact.revision, `main@sha1:${first}`);
    assert.equal(fetched.status.observedGeneration, 1);
    await bed.eventually(
      key,
      object => condition(object, 'Healthy')?.status === 'Unknown',
    );
    const ready = await bed.eventually(key, isReadyAt(first));
    const { status } = ready;
    assert.equal(condition(ready, 'Ready').reason, 'ReconciliationSucceeded');
    assert.equal(
      condition(ready, 'Ready').message,
      `Applied revision: main@sha1:${first}`,
    );
    assert.equal(condition(ready, 'Healthy').status, 'True');
    assert.equal(condition(ready, 'Reconciling'), undefined);
    assert.equal(status.observedGeneration, ready.metadata.generation);
    assert.deepEqual(status.inventory.entries, [
      { id: 'orders-dev_orders__Service', v: 'v1' },
      { id: 'orders-dev_orders_apps_Deployment', v: 'v1' },
    ]);
    assert.equal(status.history.length, 1);
    assert.equal(
      status.history[0].lastReconciledStatus,
      'ReconciliationSucceeded',
    );
    assert.equal(status.history[0].metadata.revision, `main@sha1:${first}`);
    const live = bed.cluster.get(deployment)!;
    assert.equal(live.status.readyReplicas, 2);
    assert.equal(
      live.metadata.labels!['kustomize.toolkit.fluxcd.io/name'],
      'orders-dev',
    );
  });

  it('prunes, and takes everything along when it is deleted', async () => {
    bed.cluster.create(gitRepository(bed.url(REPOSITORY)));
    bed.cluster.create(kustomization());
    await bed.eventually(key, isReadyAt(first));
    const second = bed.commit(REPOSITORY, {
      'deploy/base/kustomization.yaml': stringify({
        resources: ['deployment.yaml'],
      }),
    });
    await bed.eventually(key, isReadyAt(second));
    assert.equal(bed.cluster.get(service), undefined);
    assert.ok(bed.cluster.get(deployment));
    bed.cluster.delete(key);
    await bed.eventuallyGone(key);
    await bed.eventuallyGone(deployment);
  });

  it('does nothing while suspended, and catches up when asked', async () => {
    bed.cluster.create(gitRepository(bed.url(REPOSITORY)));
    bed.cluster.create(kustomization());
    await bed.eventually(key, isReadyAt(first));
    bed.cluster.patch(key, { spec: { suspend: true } });
    const second = bed.commit(REPOSITORY, release('2.0.0'));
    await bed.eventually(source, ({ status }) =>
      status.artifact.revision.endsWith(second),
    );
    const request = {
      'reconcile.fluxcd.io/requestedAt': '2026-01-01T00:00:00Z',
    };
    bed.cluster.patch(key, { metadata: { annotations: request } });
    const suspended = bed.cluster.get(key)!;
    assert.equal(suspended.status.lastAppliedRevision, `main@sha1:${first}`);
    assert.equal(suspended.status.lastHandledReconcileAt, undefined);
    bed.cluster.patch(key, { spec: { suspend: false } });
    const resumed = await bed.eventually(key, isReadyAt(second));
    assert.equal(resumed.status.lastHandledReconcileAt, '2026-01-01T00:00:00Z');
    const again = { 'reconcile.fluxcd.io/requestedAt': 'again' };
    bed.cluster.patch(deployment, { spec: { replicas: 5 } });
    bed.cluster.patch(key, { metadata: { annotations: again } });
    await bed.eventually(
      key,
      object =>
        object.status.lastHandledReconcileAt === 'again' &&
        isReadyAt(second)(object),
    );
    assert.equal(
      bed.cluster.get(deployment)!.spec.replicas,
      2,
      'drift is gone',
    );
  });

  it('fails its health check on a broken image and recovers on a revert', async () => {
    bed.cluster.create(gitRepository(bed.url(REPOSITORY)));
    bed.cluster.create(kustomization());
    await bed.eventually(key, isReadyAt(first));
    const broken = bed.commit(REPOSITORY, release('1.1.0-broken'));
    const failed = await bed.eventually(
      key,
      object => condition(object, 'Ready').status === 'False',
    );
    assert.equal(condition(failed, 'Ready').reason, 'HealthCheckFailed');
    assert.match(
      condition(failed, 'Ready').message,
      /^health check failed after [\d.]+s: failed early due to stalled resources: \[Deployment\/orders-dev\/orders status: 'Failed'\]$/,
    );
    assert.equal(condition(failed, 'Healthy').status, 'False');
    assert.equal(
      condition(failed, 'Reconciling').reason,
      'ProgressingWithRetry',
    );
    assert.equal(failed.status.lastAppliedRevision, `main@sha1:${first}`);
    assert.equal(failed.status.lastAttemptedRevision, `main@sha1:${broken}`);
    assert.deepEqual(
      failed.status.history.map((entry: any) => entry.lastReconciledStatus),
      ['HealthCheckFailed', 'ReconciliationSucceeded'],
    );
    const reverted = bed.commit(REPOSITORY, release('1.0.0'));
    const healed = await bed.eventually(key, isReadyAt(reverted));
    assert.equal(condition(healed, 'Reconciling'), undefined);
    assert.equal(healed.status.history[0].totalReconciliations, 2);
  });

  it('times out when the rollout takes longer than the health check', async () => {
    await bed.stopControllers();
    bed.startControllers({ healthTimeoutMs: 200, progressDeadlineMs: 60_000 });
    bed.commit(REPOSITORY, release('1.1.0-broken'));
    bed.cluster.create(gitRepository(bed.url(REPOSITORY)));
    bed.cluster.create(kustomization());
    const failed = await bed.eventually(
      key,
      object => condition(object, 'Ready')?.reason === 'HealthCheckFailed',
    );
    assert.match(
      condition(failed, 'Ready').message,
      /timeout waiting for: \[Deployment\/orders-dev\/orders status: 'InProgress'\]$/,
    );
  });

  it('reports what does not build, does not apply, or waits for another', async () => {
    bed.cluster.create(gitRepository(bed.url(REPOSITORY)));
    bed.cluster.create(kustomization());
    const dependent = kustomization({
      dependsOn: [{ name: 'orders-dev' }],
      targetNamespace: 'nowhere',
      wait: false,
    });
    dependent.metadata.name = 'dependent';
    bed.cluster.create(dependent);
    const dependentKey = named(KUSTOMIZATION, 'dependent');
    const blocked = await bed.eventually(
      dependentKey,
      object => condition(object, 'Ready')?.reason === 'DependencyNotReady',
    );
    assert.equal(
      condition(blocked, 'Ready').message,
      "dependency 'flux-system/orders-dev' is not ready",
    );
    const refused = await bed.eventually(
      dependentKey,
      object => condition(object, 'Ready')?.reason === 'ReconciliationFailed',
    );
    assert.match(
      condition(refused, 'Ready').message,
      /^Service\/nowhere\/orders dry-run failed: .*"nowhere" not found/,
    );
    bed.commit(REPOSITORY, release('1.1.0', { resources: ['missing.yaml'] }));
    const failed = await bed.eventually(
      key,
      object => condition(object, 'Ready')?.reason === 'BuildFailed',
    );
    assert.match(
      condition(failed, 'Ready').message,
      /^kustomize build failed: accumulating resources: .*missing\.yaml/s,
    );
    bed.cluster.patch(key, { spec: { path: './nowhere' } });
    await bed.eventually(key, object =>
      condition(object, 'Ready')?.message.startsWith(
        'kustomization path not found',
      ),
    );
  });
});

describe('Flux stand-in: HelmRelease', () => {
  let bed: TestBed;
  const releaseKey = named(HELM_RELEASE, 'orders-dev');
  const chart = {
    'deploy/chart/Chart.yaml': stringify({
      apiVersion: 'v2',
      name: 'orders',
      version: '0.1.0',
    }),
    'deploy/chart/values.yaml': stringify({ replicas: 1 }),
    'deploy/chart/templates/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: orders}}
  template:
    metadata: {labels: {app: orders}}
    spec:
      containers:
        - name: orders
          image: "registry.test/orders:{{ .Values.image.tag }}"
`,
  };
  const values = (tag: string) => ({
    'deploy/values/dev.yaml': stringify({ image: { tag } }),
  });
  const helmRelease = (spec: object = {}): KubernetesObject => ({
    ...HELM_RELEASE,
    metadata: { name: 'orders-dev', namespace: NAMESPACE },
    spec: {
      interval: '10m',
      releaseName: 'orders',
      targetNamespace: 'orders-dev',
      install: { createNamespace: true },
      chart: {
        spec: {
          chart: './deploy/chart',
          reconcileStrategy: 'Revision',
          sourceRef: { kind: 'GitRepository', name: 'orders' },
          valuesFiles: [
            './deploy/chart/values.yaml',
            './deploy/values/dev.yaml',
          ],
        },
      },
      ...spec,
    },
  });
  const isReleased = (version: string) => (object: KubernetesObject) =>
    condition(object, 'Ready')?.status === 'True' &&
    object.status.lastAttemptedRevision === version;

  beforeEach(async () => {
    bed = await TestBed.start();
  });

  afterEach(() => bed.stop());

  it('installs, upgrades, fails on a broken image and recovers', async () => {
    const first = bed.commit(REPOSITORY, { ...chart, ...values('1.0.0') });
    bed.cluster.create(helmRelease());
    const waiting = await bed.eventually(releaseKey, object =>
      condition(object, 'Ready'),
    );
    assert.equal(condition(waiting, 'Ready').reason, 'SourceNotReady');
    bed.cluster.create(gitRepository(bed.url(REPOSITORY)));
    const installed = await bed.eventually(
      releaseKey,
      isReleased(`0.1.0+${first.slice(0, 12)}`),
    );
    assert.equal(condition(installed, 'Released').reason, 'InstallSucceeded');
    assert.equal(
      condition(installed, 'Ready').message,
      `Helm install succeeded for release orders-dev/orders.v1 with chart orders@0.1.0+${first.slice(
        0,
        12,
      )}`,
    );
    assert.equal(installed.status.history[0].status, 'deployed');

    const broken = bed.commit(REPOSITORY, values('1.1.0-broken'));
    const failed = await bed.eventually(
      releaseKey,
      object => condition(object, 'Ready').status === 'False',
    );
    assert.equal(condition(failed, 'Released').reason, 'UpgradeFailed');
    assert.equal(condition(failed, 'Stalled').reason, 'RetriesExceeded');
    assert.equal(
      failed.status.lastAttemptedRevision,
      `0.1.0+${broken.slice(0, 12)}`,
    );
    assert.equal(failed.status.upgradeFailures, 1);

    const fixed = bed.commit(REPOSITORY, values('1.2.0'));
    const upgraded = await bed.eventually(
      releaseKey,
      isReleased(`0.1.0+${fixed.slice(0, 12)}`),
    );
    assert.deepEqual(
      upgraded.status.history.map((entry: any) => [
        entry.version,
        entry.status,
      ]),
      [
        [3, 'deployed'],
        [2, 'failed'],
        [1, 'superseded'],
      ],
    );
    assert.equal(upgraded.status.upgradeFailures, undefined);
    assert.equal(condition(upgraded, 'Stalled'), undefined);
    const [container] =
      bed.cluster.get(deployment)!.spec.template.spec.containers;
    assert.equal(container.image, 'registry.test/orders:1.2.0');
  });

  it('makes the usual objects of a chart that it does not understand', async () => {
    bed.commit(REPOSITORY, {
      'deploy/chart/Chart.yaml': stringify({ name: 'web', version: '1.2.3' }),
      'deploy/chart/templates/all.yaml': '{{ include "web.all" . }}',
    });
    bed.cluster.create(gitRepository(bed.url(REPOSITORY)));
    const usual = helmRelease({
      values: {
        image: { repository: 'registry.test/orders', tag: '1.0.0' },
        replicaCount: 2,
        env: { LOG_LEVEL: 'info' },
      },
    });
    usual.spec.chart.spec = {
      chart: './deploy/chart',
      sourceRef: { kind: 'GitRepository', name: 'orders' },
    };
    bed.cluster.create(usual);
    await bed.eventually(releaseKey, isReleased('1.2.3'));
    assert.equal(bed.cluster.get(deployment)!.status.readyReplicas, 2);
    assert.ok(bed.cluster.get(service));
    bed.cluster.patch(releaseKey, {
      spec: { values: { image: { tag: '1.0.1' } } },
    });
    await bed.eventually(
      releaseKey,
      object =>
        isReleased('1.2.3')(object) && object.status.history[0].version === 2,
    );
    bed.cluster.delete(releaseKey);
    await bed.eventuallyGone(releaseKey);
    assert.equal(bed.cluster.get(service), undefined);
  });
});
