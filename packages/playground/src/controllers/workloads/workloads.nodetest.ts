import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { KubernetesObject, ObjectKey } from '../../types';
import { assessHealth } from '../health';
import {
  DEPLOYMENT,
  EVENT,
  INGRESS,
  JOB,
  POD,
  REPLICA_SET,
  SERVICE,
} from '../objects/kinds';
import { TestBed } from '../testing/TestBed';

const namespace = 'default';
const key: ObjectKey = { ...DEPLOYMENT, namespace, name: 'orders' };

function template(tag: string) {
  return {
    metadata: { labels: { app: 'orders' } },
    spec: {
      containers: [{ name: 'orders', image: `registry.test/orders:${tag}` }],
    },
  };
}

function isRolledOut({ status, metadata }: KubernetesObject) {
  return (
    status?.observedGeneration === metadata.generation &&
    status.conditions.some(
      (condition: any) => condition.reason === 'NewReplicaSetAvailable',
    ) &&
    status.replicas === status.updatedReplicas
  );
}

describe('workload stand-ins', () => {
  let bed: TestBed;
  const pods = () => bed.cluster.list(POD, { namespace });
  const sets = () => bed.cluster.list(REPLICA_SET, { namespace });

  beforeEach(async () => {
    bed = await TestBed.start();
    bed.cluster.create({
      ...DEPLOYMENT,
      metadata: { name: 'orders', namespace },
      spec: {
        replicas: 4,
        revisionHistoryLimit: 1,
        selector: { matchLabels: { app: 'orders' } },
        template: template('1.0.0'),
      },
    });
    await bed.eventually(key, isRolledOut);
  });

  afterEach(() => bed.stop());

  it('runs pods that look like pods', () => {
    const deployment = bed.cluster.get(key)!;
    assert.equal(deployment.status.availableReplicas, 4);
    assert.equal(
      deployment.metadata.annotations!['deployment.kubernetes.io/revision'],
      '1',
    );
    assert.deepEqual(assessHealth(deployment), { status: 'Healthy' });
    const [set] = sets();
    const hash = set.metadata.labels!['pod-template-hash'];
    assert.equal(set.metadata.name, `orders-${hash}`);
    assert.equal(pods().length, 4);
    for (const pod of pods()) {
      assert.match(pod.metadata.name, new RegExp(`^orders-${hash}-\\w{5}$`));
      assert.equal(pod.metadata.ownerReferences![0].uid, set.metadata.uid);
      assert.equal(pod.status.phase, 'Running');
      assert.match(pod.status.podIP, /^10\.244\.\d+\.\d+$/);
      assert.ok(pod.spec.nodeName);
      assert.equal(pod.status.containerStatuses[0].ready, true);
    }
    const reasons = bed.cluster.list(EVENT).map(event => event.reason);
    for (const reason of ['ScalingReplicaSet', 'Scheduled', 'Pulled']) {
      assert.ok(reasons.includes(reason), reason);
    }
  });

  it('logs its start and then a request now and then', async () => {
    const [{ metadata }] = pods();
    const pod = { ...POD, namespace, name: metadata.name };
    const until = Date.now() + 10_000;
    let log = await bed.readLog(pod);
    while (!/\d+ms$/m.test(log) && Date.now() < until) {
      log = await bed.readLog(pod);
    }
    assert.match(log, /^\S+ starting registry\.test\/orders:1\.0\.0$/m);
    assert.match(log, /listening on :8080$/m);
    assert.match(log, /(GET|POST) \S+ \d{3} \d+ms$/m);
  });

  it('rolls over in steps, never below what must be available', async () => {
    let fewest = Infinity;
    let most = 0;
    const stop = bed.cluster.watch(DEPLOYMENT, ({ object }) => {
      fewest = Math.min(fewest, object.status?.availableReplicas ?? 0);
      most = Math.max(most, object.status?.replicas ?? 0);
    });
    for (const [index, tag] of ['1.1.0', '1.2.0'].entries()) {
      bed.cluster.patch(key, { spec: { template: template(tag) } });
      const { metadata } = await bed.eventually(
        key,
        object =>
          isRolledOut(object) &&
          object.metadata.annotations?.['deployment.kubernetes.io/revision'] ===
            String(index + 2) &&
          sets().length === 2,
      );
      assert.ok(metadata);
    }
    stop();
    assert.ok(fewest >= 3, `at most 25 % unavailable, was ${fewest}`);
    assert.equal(most, 5, 'a surge of 25 %');
    assert.equal(sets().length, 2, 'the limit of old replica sets');
    for (const pod of pods()) {
      assert.equal(pod.spec.containers[0].image, 'registry.test/orders:1.2.0');
    }
  });

  it('keeps the old pods when the new ones cannot start, and comes back', async () => {
    for (const [tag, reason] of [
      ['1.1.0-broken', 'ImagePullBackOff'],
      ['1.1.0-crash-broken', 'CrashLoopBackOff'],
    ]) {
      bed.cluster.patch(key, { spec: { template: template(tag) } });
      const stuck = await bed.eventually(key, ({ status }) =>
        status.conditions.some(
          (item: any) => item.reason === 'ProgressDeadlineExceeded',
        ),
      );
      assert.ok(stuck.status.availableReplicas >= 3);
      assert.deepEqual(assessHealth(bed.cluster.get(key)!), {
        status: 'Degraded',
        message: 'Deployment "orders" exceeded its progress deadline',
      });
      const waiting = pods().filter(pod =>
        pod.spec.containers[0].image.endsWith(tag),
      );
      assert.ok(waiting.length > 0);
      for (const pod of waiting) {
        assert.equal(
          pod.status.containerStatuses[0].state.waiting.reason,
          reason,
        );
        assert.equal(assessHealth(pod)!.status, 'Degraded');
      }
      bed.cluster.patch(key, { spec: { template: template('1.0.0') } });
      await bed.eventually(key, isRolledOut);
      assert.equal(pods().length, 4);
    }
  });

  it('scales, replaces a lost pod and goes with its deployment', async () => {
    bed.cluster.patch(key, { spec: { replicas: 1 } });
    await bed.eventually(key, ({ status }) => status.replicas === 1);
    const [pod] = pods();
    bed.cluster.delete({ ...POD, namespace, name: pod.metadata.name });
    await bed.eventually(
      key,
      ({ status }) =>
        status.readyReplicas === 1 &&
        pods().length === 1 &&
        pods()[0].metadata.name !== pod.metadata.name,
    );
    const [replacement] = pods();
    bed.cluster.delete(key);
    await bed.eventuallyGone({
      ...POD,
      namespace,
      name: replacement.metadata.name,
    });
    assert.deepEqual(bed.log, []);
  });

  it('gives services, ingresses and jobs what they need to be healthy', async () => {
    const metadata = { name: 'orders', namespace };
    bed.cluster.create({
      ...SERVICE,
      metadata,
      spec: { ports: [{ port: 80 }] },
    });
    bed.cluster.create({ ...INGRESS, metadata, spec: { rules: [] } });
    bed.cluster.create({
      ...JOB,
      metadata,
      spec: {
        template: {
          spec: { containers: [{ name: 'job', image: 'job:1' }] },
        },
      },
    });
    await bed.eventually({ ...key, ...SERVICE }, ({ spec }) =>
      /^10\.96\./.test(spec.clusterIP),
    );
    for (const kind of [INGRESS, JOB]) {
      await bed.eventually(
        { ...key, ...kind },
        object => assessHealth(object)?.status === 'Healthy',
      );
    }
  });
});
