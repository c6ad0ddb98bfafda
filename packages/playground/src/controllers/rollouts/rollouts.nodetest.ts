import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { KubernetesObject, ObjectKey } from '../../types';
import { assessHealth, assessReadiness } from '../health';
import {
  ANALYSIS_RUN,
  ANALYSIS_TEMPLATE,
  DEPLOYMENT,
  POD,
  REPLICA_SET,
  ROLLOUT,
} from '../objects/kinds';
import { TestBed } from '../testing/TestBed';
import { pauseMs } from './canarySteps';

const namespace = 'default';
const key: ObjectKey = { ...ROLLOUT, namespace, name: 'orders' };

function template(tag: string) {
  return {
    metadata: { labels: { app: 'orders' } },
    spec: {
      containers: [{ name: 'orders', image: `registry.test/orders:${tag}` }],
    },
  };
}

const isHealthy = ({ status }: KubernetesObject) =>
  status?.phase === 'Healthy' && status.stableRS === status.currentPodHash;

describe('rollout stand-in', () => {
  let bed: TestBed;
  /** Pods by the tag of their image. */
  const pods = () => {
    const counts: Record<string, number> = {};
    for (const { spec, metadata } of bed.cluster.list(POD, { namespace })) {
      const tag = spec.containers[0].image.split(':')[1];
      if (!metadata.deletionTimestamp) counts[tag] = (counts[tag] ?? 0) + 1;
    }
    return counts;
  };
  const change = (tag: string) =>
    bed.cluster.patch(key, { spec: { template: template(tag) } });

  async function create(steps: object[], spec: object = {}) {
    bed.cluster.create({
      ...ROLLOUT,
      metadata: { name: 'orders', namespace },
      spec: {
        replicas: 4,
        selector: { matchLabels: { app: 'orders' } },
        template: template('1'),
        strategy: { canary: { steps } },
        ...spec,
      },
    });
    return bed.eventually(key, isHealthy);
  }

  function createTemplate(successCondition: string) {
    bed.cluster.create({
      ...ANALYSIS_TEMPLATE,
      metadata: { name: 'success-rate', namespace },
      spec: {
        metrics: [
          {
            ...{ name: 'success-rate', count: 2, successCondition },
            provider: { prometheus: { query: 'up' } },
          },
        ],
      },
    });
  }

  beforeEach(async () => {
    bed = await TestBed.start();
  });

  afterEach(() => bed.stop());

  it('goes from step to step, waits for a person, and is done', async () => {
    createTemplate('result[0] >= 0.95');
    const first = await create([
      { setWeight: 25 },
      { pause: { duration: '1m' } },
      { analysis: { templates: [{ templateName: 'success-rate' }] } },
      { setWeight: 50 },
      { pause: {} },
      { setWeight: 75 },
    ]);
    assert.equal(first.status.currentStepIndex, 6);
    assert.equal(first.status.observedGeneration, '1');
    assert.deepEqual(pods(), { 1: 4 });

    change('2');
    const short = await bed.eventually(
      key,
      ({ status }) =>
        status.phase === 'Paused' && status.currentStepIndex === 1,
    );
    assert.equal(short.status.message, 'CanaryPauseStep');
    assert.equal(assessHealth(short)?.status, 'Suspended');
    assert.equal(assessReadiness(short), 'Current');
    const waiting = await bed.eventually(
      key,
      ({ status }) =>
        status.phase === 'Paused' && status.currentStepIndex === 4,
    );
    assert.equal(waiting.status.pauseConditions[0].reason, 'CanaryPauseStep');
    assert.deepEqual(pods(), { 1: 2, 2: 2 });
    const [run] = bed.cluster.list(ANALYSIS_RUN, { namespace });
    assert.equal(run.status.phase, 'Successful');
    assert.equal(run.status.metricResults[0].measurements.length, 2);

    bed.cluster.patchStatus(key, { pauseConditions: null });
    const done = await bed.eventually(
      key,
      object =>
        isHealthy(object) &&
        object.status.stableRS !== first.status.stableRS &&
        object.status.replicas === 4,
    );
    assert.equal(done.status.currentStepIndex, 6);
    await bed.eventually(
      {
        ...REPLICA_SET,
        namespace,
        name: `orders-${first.status.stableRS}`,
      },
      ({ status }) => !status.replicas,
    );
    assert.deepEqual(pods(), { 2: 4 });
  });

  it('aborts when the analysis fails, goes back, and can be tried again', async () => {
    createTemplate('false');
    const first = await create([
      { setWeight: 50 },
      { analysis: { templates: [{ templateName: 'success-rate' }] } },
    ]);
    change('2');
    const isAborted = ({ status }: KubernetesObject) =>
      status.phase === 'Degraded' &&
      status.updatedReplicas === 0 &&
      status.availableReplicas === 4;
    const aborted = await bed.eventually(key, isAborted);
    assert.equal(
      aborted.status.message,
      'RolloutAborted: Rollout aborted update to revision 2: Step-based analysis phase error/failed: Metric "success-rate" assessed Failed due to failed (1) > failureLimit (0)',
    );
    assert.equal(aborted.status.stableRS, first.status.stableRS);
    assert.equal(aborted.status.currentStepIndex, 0);
    assert.equal(assessHealth(aborted)?.status, 'Degraded');
    assert.deepEqual(pods(), { 1: 4 });

    bed.cluster.patch(
      { ...ANALYSIS_TEMPLATE, namespace, name: 'success-rate' },
      {
        spec: {
          metrics: [
            {
              ...{ name: 'success-rate', successCondition: 'true' },
              provider: { prometheus: { query: 'up' } },
            },
          ],
        },
      },
    );
    bed.cluster.patchStatus(key, { abort: false });
    const done = await bed.eventually(
      key,
      object =>
        isHealthy(object) && object.status.stableRS !== first.status.stableRS,
    );
    assert.equal(done.status.abortedAt, undefined);
  });

  it('is over at once when the template comes back', async () => {
    const first = await create([{ setWeight: 25 }, { pause: {} }], {
      strategy: {
        canary: {
          trafficRouting: { nginx: { stableIngress: 'orders' } },
          steps: [{ setWeight: 25 }, { pause: {} }],
        },
      },
    });
    change('2');
    const paused = await bed.eventually(
      key,
      ({ status }) => status.phase === 'Paused',
    );
    assert.equal(paused.status.canary.weights.canary.weight, 25);
    assert.equal(paused.status.canary.weights.stable.weight, 75);
    assert.deepEqual(pods(), { 1: 4, 2: 1 });
    bed.cluster.patchStatus(key, { abort: true });
    const aborted = await bed.eventually(
      key,
      ({ status }) => status.phase === 'Degraded' && status.replicas === 4,
    );
    assert.match(
      aborted.status.message,
      /^RolloutAborted: Rollout aborted update to revision 2$/,
    );
    assert.ok(aborted.status.abortedAt);
    change('1');
    const back = await bed.eventually(key, isHealthy);
    assert.equal(back.status.stableRS, first.status.stableRS);
    assert.equal(back.status.abort, undefined);
  });

  it('follows a Deployment, and aborts when its pods do not come up', async () => {
    const deployment = { ...DEPLOYMENT, namespace, name: 'orders' };
    const selector = { matchLabels: { app: 'orders' } };
    bed.cluster.create({
      ...DEPLOYMENT,
      metadata: { name: 'orders', namespace },
      spec: { replicas: 0, selector, template: template('1') },
    });
    const first = await create([{ setWeight: 25 }], {
      ...{ template: undefined, selector: undefined },
      workloadRef: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: 'orders',
      },
      progressDeadlineAbort: true,
    });
    bed.cluster.patch(deployment, { spec: { template: template('2-broken') } });
    const aborted = await bed.eventually(
      key,
      ({ status }) => status.phase === 'Degraded',
    );
    assert.match(aborted.status.message, /^RolloutAborted.*ProgressDeadline/);
    assert.equal(aborted.status.stableRS, first.status.stableRS);
    bed.cluster.delete(deployment);
    const lost = await bed.eventually(key, ({ status }) =>
      status.message?.startsWith('InvalidSpec'),
    );
    assert.equal(lost.status.phase, 'Degraded');
  });

  it('reads durations as they are written', () => {
    assert.deepEqual(
      ['30s', '5m', '1h', 90, '45'].map(text => pauseMs(text, 60)),
      [30, 300, 3600, 90, 45],
    );
  });
});
