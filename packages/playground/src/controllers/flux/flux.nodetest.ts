import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { stringify } from 'yaml';
import { KubernetesObject, ObjectKey } from '../../types';
import {
  DEPLOYMENT,
  GIT_REPOSITORY,
  HELM_CHART,
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
    // Flux says so of what is suspended too, and marks changes as seen that it has not applied.
    bed.cluster.patch(key, { spec: { path: './nowhere' } });
    const seen = await bed.eventually(
      key,
      ({ status, metadata }) =>
        status.lastHandledReconcileAt === '2026-01-01T00:00:00Z' &&
        status.observedGeneration === metadata.generation,
    );
    assert.equal(seen.status.lastAppliedRevision, `main@sha1:${first}`);
    bed.cluster.patch(key, {
      spec: { suspend: false, path: './deploy/overlays/dev' },
    });
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

  it('says that it is under way each time, and writes revisions that change nothing into its history', async () => {
    await bed.stopControllers();
    bed.startControllers({ intervalMs: 400 });
    bed.cluster.create(gitRepository(bed.url(REPOSITORY)));
    bed.cluster.create(kustomization());
    const before = await bed.eventually(key, isReadyAt(first));
    const told: string[] = [];
    const stop = bed.cluster.watch(KUSTOMIZATION, ({ object }) =>
      told.push(
        [
          condition(object, 'Ready').status,
          object.status.lastHandledReconcileAt,
        ].join(' '),
      ),
    );
    await bed.eventually(
      key,
      object =>
        told.length > 1 &&
        condition(object, 'Ready').status === 'True' &&
        object.status.history[0].totalReconciliations > 1,
    );
    assert.ok(told.some(text => text.startsWith('Unknown')));
    told.length = 0;
    bed.cluster.patch(key, {
      metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': 'now' } },
    });
    await bed.eventually(
      key,
      ({ status }) => status.lastHandledReconcileAt === 'now',
    );
    stop();
    // It is handled when it is done, not when it begins.
    assert.ok(!told.includes('Unknown now'));

    const comment = bed.commit(REPOSITORY, { 'README.md': 'Nothing new' });
    const after = await bed.eventually(key, isReadyAt(comment));
    assert.equal(after.status.history.length, 1);
    const [entry] = after.status.history;
    assert.equal(entry.metadata.revision, `main@sha1:${comment}`);
    assert.equal(
      entry.firstReconciled,
      before.status.history[0].firstReconciled,
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
    const lost = await bed.eventually(key, object =>
      condition(object, 'Ready')?.message.startsWith(
        'kustomization path not found',
      ),
    );
    assert.notEqual(lost.status.observedGeneration, lost.metadata.generation);
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
      isReleased(`0.1.0+${first.slice(0, 12)}.1`),
    );
    assert.equal(condition(installed, 'Released').reason, 'InstallSucceeded');
    assert.equal(
      condition(installed, 'Ready').message,
      `Helm install succeeded for release orders-dev/orders.v1 with chart orders@0.1.0+${first.slice(
        0,
        12,
      )}.1`,
    );
    assert.equal(installed.status.history[0].status, 'deployed');
    const [namespace, name] = installed.status.helmChart.split('/');
    const packaged = bed.cluster.get({ ...HELM_CHART, namespace, name })!;
    assert.equal(
      packaged.status.artifact.revision,
      `0.1.0+${first.slice(0, 12)}.1`,
    );
    assert.equal(
      packaged.status.observedSourceArtifactRevision,
      `main@sha1:${first}`,
    );

    const broken = bed.commit(REPOSITORY, values('1.1.0-broken'));
    const failed = await bed.eventually(
      releaseKey,
      object => condition(object, 'Ready').status === 'False',
    );
    assert.equal(condition(failed, 'Released').reason, 'UpgradeFailed');
    assert.equal(condition(failed, 'Stalled').reason, 'RetriesExceeded');
    assert.equal(
      failed.status.lastAttemptedRevision,
      `0.1.0+${broken.slice(0, 12)}.1`,
    );
    assert.equal(failed.status.upgradeFailures, 1);

    const fixed = bed.commit(REPOSITORY, values('1.2.0'));
    const upgraded = await bed.eventually(
      releaseKey,
      isReleased(`0.1.0+${fixed.slice(0, 12)}.1`),
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

  it('takes an install that failed away and tries again', async () => {
    bed.commit(REPOSITORY, { ...chart, ...values('1.0.0-broken') });
    bed.cluster.create(gitRepository(bed.url(REPOSITORY)));
    bed.cluster.create(
      helmRelease({
        install: { createNamespace: true, remediation: { retries: 1 } },
      }),
    );
    const taken = await bed.eventually(
      releaseKey,
      object => object.status?.history?.[0]?.status === 'uninstalled',
    );
    assert.equal(taken.status.history[0].action, 'uninstall-remediation');
    assert.equal(condition(taken, 'Released').reason, 'InstallFailed');
    assert.equal(condition(taken, 'Remediated').reason, 'UninstallSucceeded');
    await bed.eventuallyGone(deployment);
    const failed = await bed.eventually(
      releaseKey,
      object => condition(object, 'Stalled')?.reason === 'RetriesExceeded',
    );
    assert.equal(condition(failed, 'Remediated'), undefined);
    assert.deepEqual(
      failed.status.history.map((entry: any) => [entry.version, entry.status]),
      [[1, 'failed']],
    );
  });

  it('keeps what it packaged while the version of the chart stays', async () => {
    const commit = (version: string, image: string) =>
      bed.commit(REPOSITORY, {
        'deploy/chart/Chart.yaml': stringify({ name: 'web', version }),
        'deploy/chart/values.yaml': stringify({
          image: { repository: 'registry.test/web', tag: image },
        }),
      });
    commit('1.0.0', '1');
    bed.cluster.create(gitRepository(bed.url(REPOSITORY)));
    const plain = helmRelease();
    plain.spec.chart.spec = {
      chart: './deploy/chart',
      sourceRef: { kind: 'GitRepository', name: 'orders' },
    };
    bed.cluster.create(plain);
    await bed.eventually(releaseKey, isReleased('1.0.0'));
    const chartKey = named(HELM_CHART, `${NAMESPACE}-orders-dev`);
    const later = commit('1.0.0', '2');
    await bed.eventually(chartKey, ({ status }) =>
      status.observedSourceArtifactRevision.endsWith(later),
    );
    const image = () =>
      bed.cluster.get(deployment)!.spec.template.spec.containers[0].image;
    assert.equal(image(), 'registry.test/web:1');
    commit('1.1.0', '3');
    await bed.eventually(releaseKey, isReleased('1.1.0'));
    assert.equal(image(), 'registry.test/web:3');
    bed.cluster.delete(releaseKey);
    await bed.eventuallyGone(chartKey);
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
