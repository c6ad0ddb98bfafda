import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { KubernetesObject, ObjectKey } from '../../types';
import { assessHealth, assessReadiness } from '../health';
import {
  BACKUP,
  BACKUP_LOCATION,
  BACKUP_SCHEDULE,
  CLUSTER_SECRET_STORE,
  DEPLOYMENT,
  EVENT,
  EXTERNAL_SECRET,
  keyOf,
  NAMESPACE,
  POLICY_REPORT,
  REQUIRED_LABELS,
  SECRET,
  VALIDATING_POLICY,
} from '../objects/kinds';
import { TestBed } from '../testing/TestBed';

const namespace = 'orders';

describe('guardrail stand-ins', () => {
  let bed: TestBed;

  beforeEach(async () => {
    bed = await TestBed.start();
    for (const name of [namespace, 'velero']) {
      bed.cluster.create({ ...NAMESPACE, metadata: { name } });
    }
  });

  afterEach(() => bed.stop());

  function createDeployment(
    name: string,
    options: { labels?: Record<string, string>; image?: string } = {},
  ): KubernetesObject {
    const { labels, image = `registry.test/${name}:1.0.0` } = options;
    return bed.cluster.create({
      ...DEPLOYMENT,
      metadata: { name, namespace, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: {
            containers: [
              { name, image, resources: { limits: { memory: '64Mi' } } },
            ],
          },
        },
      },
    });
  }

  it('reads the values of a store into a secret, and again after a change', async () => {
    const store: ObjectKey = { ...CLUSTER_SECRET_STORE, name: 'vault' };
    const values = (password: string) => ({
      provider: {
        fake: {
          data: [{ key: 'orders/db', value: JSON.stringify({ password }) }],
        },
      },
    });
    const key = { ...EXTERNAL_SECRET, namespace, name: 'orders-db' };
    bed.cluster.create({
      ...EXTERNAL_SECRET,
      metadata: { namespace, name: 'orders-db' },
      spec: {
        secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
        target: { name: 'db' },
        data: [
          {
            secretKey: 'PASSWORD',
            remoteRef: { key: 'orders/db', property: 'password' },
          },
        ],
      },
    });
    const failed = await bed.eventually(key, ({ status }) =>
      Boolean(status?.conditions),
    );
    assert.equal(failed.status.conditions[0].reason, 'SecretSyncedError');
    bed.cluster.create({
      ...CLUSTER_SECRET_STORE,
      metadata: { name: 'vault' },
      spec: values('one'),
    });
    const synced = await bed.eventually(
      key,
      ({ status }) => status?.conditions?.[0].reason === 'SecretSynced',
    );
    assert.equal(synced.status.binding.name, 'db');
    const secret = { ...SECRET, namespace, name: 'db' };
    const read = (object: KubernetesObject) =>
      Buffer.from(object.data.PASSWORD, 'base64').toString();
    await bed.eventually(secret, object => read(object) === 'one');
    bed.cluster.patch(store, { spec: values('two') });
    await bed.eventually(secret, object => read(object) === 'two');
    await bed.eventually(
      key,
      ({ status }) => status.refreshTime > synced.status.refreshTime,
    );
    bed.cluster.delete(key);
    await bed.eventuallyGone(secret);
  });

  it('says of a missing key what the operator says', async () => {
    bed.cluster.create({
      ...CLUSTER_SECRET_STORE,
      metadata: { name: 'vault' },
      spec: { provider: { fake: { data: [] } } },
    });
    bed.cluster.create({
      ...EXTERNAL_SECRET,
      metadata: { namespace, name: 'api-key' },
      spec: {
        secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
        data: [{ secretKey: 'KEY', remoteRef: { key: 'orders/api' } }],
      },
    });
    const failed = await bed.eventually(
      { ...EXTERNAL_SECRET, namespace, name: 'api-key' },
      ({ status }) => status?.conditions?.[0].status === 'False',
    );
    assert.equal(
      failed.status.conditions[0].message,
      'could not get secret data from provider',
    );
    assert.equal(assessHealth(failed)?.status, 'Degraded');
    assert.equal(assessReadiness(failed), 'InProgress');
    const messages = () =>
      bed.cluster.list(EVENT, { namespace }).map(({ message }) => message);
    const wanted =
      'error processing spec.data[0] (key: orders/api), err: Secret does not exist';
    const event = bed.cluster
      .list(EVENT, { namespace })
      .find(({ message }) => message === wanted);
    assert.ok(event, messages().join('\n'));
  });

  it('finds a store with a provider that is not there invalid', async () => {
    bed.cluster.create({
      ...CLUSTER_SECRET_STORE,
      metadata: { name: 'real' },
      spec: { provider: { vault: { server: 'https://vault.test' } } },
    });
    const store = await bed.eventually(
      { ...CLUSTER_SECRET_STORE, name: 'real' },
      ({ status }) => Boolean(status?.conditions),
    );
    const [{ status, reason }] = store.status.conditions;
    assert.deepEqual([status, reason], ['False', 'InvalidProviderConfig']);
  });

  it('reports on each deployment, and forgets the report with it', async () => {
    const good = createDeployment('good', { labels: { team: 'payments' } });
    const bad = createDeployment('bad', { image: 'registry.test:5000/bad' });
    const reportOf = ({ metadata }: KubernetesObject): ObjectKey => ({
      ...{ ...POLICY_REPORT, namespace, name: metadata.uid! },
    });
    const fine = await bed.eventually(reportOf(good), () => true);
    assert.deepEqual(fine.summary, {
      ...{ pass: 3, fail: 0, warn: 0, error: 0, skip: 0 },
    });
    assert.equal(fine.scope.name, 'good');
    const findings = await bed.eventually(
      reportOf(bad),
      ({ summary }) => summary.fail === 2,
    );
    assert.deepEqual(
      findings.results.map((item: any) => [item.policy, item.result]),
      [
        ['require-team-label', 'fail'],
        ['require-memory-limits', 'pass'],
        ['disallow-latest-tag', 'fail'],
      ],
    );
    bed.cluster.patch(keyOf(bad), { metadata: { labels: { team: 'x' } } });
    await bed.eventually(reportOf(bad), ({ summary }) => summary.fail === 1);
    bed.cluster.delete(keyOf(bad));
    await bed.eventuallyGone(reportOf(bad));
  });

  it('reports what a policy that was added says, as long as it is there', async () => {
    const workload = createDeployment('plain', { labels: { team: 'x' } });
    const report: ObjectKey = {
      ...{ ...POLICY_REPORT, namespace, name: workload.metadata.uid! },
    };
    await bed.eventually(report, ({ summary }) => summary.pass === 3);
    bed.cluster.create({
      ...VALIDATING_POLICY,
      metadata: { name: 'require-probes' },
      spec: { validations: [{ message: 'it needs probes' }] },
    });
    const { results } = await bed.eventually(
      report,
      ({ summary }) => summary.fail === 1,
    );
    const { policy, message } = results.at(-1);
    assert.equal(policy, 'require-probes');
    assert.match(message, /it needs probes/);
    bed.cluster.delete({ ...VALIDATING_POLICY, name: 'require-probes' });
    await bed.eventually(report, ({ summary }) => summary.fail === 0);
  });

  it('audits what a constraint requires', async () => {
    createDeployment('good', { labels: { team: 'payments' } });
    const bad = createDeployment('bad');
    bed.cluster.create({
      ...REQUIRED_LABELS,
      metadata: { name: 'must-have-team' },
      spec: { enforcementAction: 'dryrun', parameters: { labels: ['team'] } },
    });
    const key = { ...REQUIRED_LABELS, name: 'must-have-team' };
    const audited = await bed.eventually(
      key,
      ({ status }) => status?.totalViolations === 1,
    );
    const { auditTimestamp, violations } = audited.status;
    assert.deepEqual(violations, [
      {
        ...{ enforcementAction: 'dryrun', kind: 'Deployment', namespace },
        ...{ name: 'bad', group: 'apps', version: 'v1' },
        message: 'you must provide labels: {"team"}',
      },
    ]);
    bed.cluster.patch(keyOf(bad), { metadata: { labels: { team: 'x' } } });
    await bed.eventually(
      key,
      ({ status }) =>
        status.totalViolations === 0 && status.auditTimestamp >= auditTimestamp,
    );
  });

  it('backs up by schedule, keeps the last ones, and says when it cannot', async () => {
    const velero = 'velero';
    const schedule = (name: string, spec: object) =>
      bed.cluster.create({
        ...BACKUP_SCHEDULE,
        metadata: { namespace: velero, name },
        spec: {
          schedule: '0 2 * * *',
          template: { includedNamespaces: [namespace], ttl: '720h0m0s' },
          ...spec,
        },
      });
    const keyOfSchedule = (name: string) => ({
      ...{ ...BACKUP_SCHEDULE, namespace: velero, name },
    });
    const backupsOf = (name: string) =>
      bed.cluster.list(BACKUP, {
        namespace: velero,
        labels: { 'velero.io/schedule-name': name },
      });
    schedule('early', {});
    await bed.eventually(keyOfSchedule('early'), ({ status }) =>
      Boolean(status?.lastBackup),
    );
    assert.equal(backupsOf('early')[0].status.phase, 'FailedValidation');

    createDeployment('orders');
    bed.cluster.create({
      ...BACKUP_LOCATION,
      metadata: { namespace: velero, name: 'default' },
      spec: { provider: 'aws', objectStorage: { bucket: 'backups' } },
    });
    await bed.eventually(
      { ...BACKUP_LOCATION, namespace: velero, name: 'default' },
      ({ status }) => status?.phase === 'Available',
    );
    schedule('daily', {});
    const first = await bed.eventually(keyOfSchedule('daily'), ({ status }) =>
      Boolean(status?.lastBackup),
    );
    const [backup] = backupsOf('daily');
    assert.equal(backup.status.phase, 'Completed');
    assert.ok(backup.status.progress.itemsBackedUp > 0);
    await bed.eventually(
      keyOfSchedule('daily'),
      ({ status }) => status.lastBackup > first.status.lastBackup,
    );
    assert.equal(backupsOf('daily').length, 2);

    schedule('wrong', { schedule: 'at night' });
    const refused = await bed.eventually(keyOfSchedule('wrong'), ({ status }) =>
      Boolean(status),
    );
    assert.equal(refused.status.phase, 'FailedValidation');
    assert.match(refused.status.validationErrors[0], /found 2: \[at night\]/);
  });
});
