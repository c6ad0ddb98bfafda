import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { KubernetesObject, ObjectKey } from '../../types';
import { assessHealth, assessReadiness } from '../health';
import { CANARY, DEPLOYMENT, SERVICE } from '../objects/kinds';
import { TestBed } from '../testing/TestBed';

const namespace = 'default';
const key: ObjectKey = { ...CANARY, namespace, name: 'orders' };
const target: ObjectKey = { ...DEPLOYMENT, namespace, name: 'orders' };
const primary: ObjectKey = { ...target, name: 'orders-primary' };
const labels = { 'app.kubernetes.io/name': 'orders' };

const template = (tag: string) => ({
  metadata: { labels },
  spec: {
    containers: [{ name: 'orders', image: `registry.test/orders:${tag}` }],
  },
});

const inPhase =
  (phase: string) =>
  ({ status }: KubernetesObject) =>
    status?.phase === phase;

describe('Flagger stand-in', () => {
  let bed: TestBed;
  const phases: string[] = [];
  const weights: number[] = [];

  beforeEach(async () => {
    bed = await TestBed.start();
    phases.length = 0;
    weights.length = 0;
  });
  afterEach(() => bed.stop());

  async function create(analysis: object = {}) {
    bed.cluster.create({
      ...DEPLOYMENT,
      metadata: { name: 'orders', namespace },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: template('1'),
      },
    });
    bed.cluster.create({
      ...SERVICE,
      metadata: { name: 'orders', namespace },
      spec: { selector: labels, ports: [{ port: 80 }] },
    });
    bed.cluster.create({
      ...CANARY,
      metadata: { name: 'orders', namespace },
      spec: {
        targetRef: { ...DEPLOYMENT, name: 'orders' },
        service: { port: 80, targetPort: 8080 },
        analysis: {
          ...{ interval: '1m', threshold: 1, stepWeights: [5, 50, 100] },
          ...analysis,
        },
      },
    });
    return bed.eventually(key, object => {
      assert.notEqual(object.status?.phase, 'Failed');
      return object.status?.phase === 'Initialized';
    });
  }

  const imageOf = (deployment: ObjectKey) =>
    bed.cluster.get(deployment)?.spec.template.spec.containers[0].image;
  const release = (tag: string) =>
    bed.cluster.patch(target, { spec: { template: template(tag) } });
  /** Waits for a phase, and remembers what was seen on the way. */
  const reach = (phase: string) =>
    bed.eventually(key, object => {
      const { phase: seen, canaryWeight } = object.status;
      if (phases.at(-1) !== seen) phases.push(seen);
      if (seen === 'Progressing' && weights.at(-1) !== canaryWeight) {
        weights.push(canaryWeight);
      }
      return seen === phase;
    });

  it('sends traffic to a primary, and lets the target rest', async () => {
    const ready = await create();
    assert.equal(ready.status.conditions[0].reason, 'Initialized');
    assert.equal(ready.status.lastAppliedSpec, ready.status.lastPromotedSpec);
    assert.equal(assessHealth(ready)?.status, 'Healthy');
    assert.equal(assessReadiness(ready), 'Current');
    assert.equal(bed.cluster.get(target)?.spec.replicas, 0);
    assert.equal(bed.cluster.get(primary)?.spec.replicas, 2);
    const selectors = ['orders', 'orders-primary', 'orders-canary'].map(
      name => bed.cluster.get({ ...SERVICE, namespace, name })?.spec.selector,
    );
    assert.deepEqual(selectors, [
      { 'app.kubernetes.io/name': 'orders-primary' },
      { 'app.kubernetes.io/name': 'orders-primary' },
      labels,
    ]);
  });

  it('goes from weight to weight, promotes, and is done', async () => {
    await create();
    release('2');
    const done = await reach('Succeeded');
    assert.equal(phases.at(-1), 'Succeeded');
    assert.deepEqual(
      weights,
      [0, 5, 50, 100].filter(weight => weights.includes(weight)),
    );
    assert.equal(done.status.canaryWeight, 0);
    assert.equal(done.status.conditions[0].status, 'True');
    assert.equal(imageOf(primary), 'registry.test/orders:2');
    assert.equal(bed.cluster.get(target)?.spec.replicas, 0);
    assert.equal(assessHealth(done)?.status, 'Healthy');
  });

  it('goes back when what it measures is bad, and tries the next version', async () => {
    await create({ metrics: [{ thresholdRange: { min: 101 } }] });
    release('2');
    const failed = await bed.eventually(key, inPhase('Failed'));
    assert.equal(failed.status.failedChecks, 1);
    assert.equal(failed.status.conditions[0].status, 'False');
    assert.equal(assessHealth(failed)?.status, 'Degraded');
    assert.equal(imageOf(primary), 'registry.test/orders:1');
    await bed.eventually(target, ({ spec }) => spec.replicas === 0);

    bed.cluster.patch(key, { spec: { analysis: { metrics: [] } } });
    release('3');
    await bed.eventually(key, inPhase('Succeeded'));
    assert.equal(imageOf(primary), 'registry.test/orders:3');
  });
});
