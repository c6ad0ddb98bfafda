import type { FactObservation } from '@fairway/plugin-gitops-node';
import { readFixture, type LooseObject } from '../__testUtils__';
import { observeRollout } from './observeRollout';

function observe(object: LooseObject): FactObservation {
  return observeRollout(object, {
    cluster: 'prod-eu',
    now: new Date('2026-02-22T09:00:00Z'),
  });
}

describe('observeRollout', () => {
  const read = (name: string) => readFixture('rollouts.yaml', name);

  it('shows a canary that waits for somebody', () => {
    expect(observe(read('orders'))).toMatchObject({
      kind: 'rollout',
      labels: { 'backstage.io/kubernetes-id': 'orders' },
      targetNamespace: 'orders',
      title: 'Canary orders: paused, step 5 of 7, 50 %',
      health: 'suspended',
      message: 'It waits for somebody to promote it (CanaryPauseStep)',
      details: {
        engine: 'argo-rollouts',
        strategy: 'canary',
        phase: 'Paused',
        currentStep: 4,
        weight: 50,
        steps: [
          { kind: 'weight', weight: 5, label: '5 %' },
          { kind: 'pause', duration: '5m', label: 'Pause 5m' },
          { kind: 'analysis', label: 'Analysis success-rate' },
          { kind: 'weight', weight: 50 },
          { kind: 'pause', label: 'Pause until promoted' },
          { kind: 'other', label: 'Scale' },
          { kind: 'weight', weight: 100 },
        ],
        paused: {
          reason: 'CanaryPauseStep',
          since: '2026-02-22T08:20:00.000Z',
        },
        analysis: [
          { name: 'orders-6f8d-4', phase: 'Running' },
          { name: 'orders-6f8d-4-2', phase: 'Successful' },
        ],
      },
    });
    expect(observe(read('orders'))).not.toHaveProperty('failure');
  });

  it('means a failure of the deployment when it was aborted', () => {
    expect(observe(read('checkout'))).toMatchObject({
      title: 'Canary checkout: aborted, 0 %',
      health: 'degraded',
      message: expect.stringMatching(
        /error-rate.*the old version has the traffic.*Revert the change in Git/,
      ),
      failure: {
        signal: 'rollout-aborted',
        reason: expect.stringContaining('RolloutAborted: Rollout aborted'),
        startedAt: '2026-02-22T08:10:05.000Z',
      },
      details: {
        aborted: true,
        failedChecks: 1,
        workload: { kind: 'Deployment', name: 'checkout' },
        steps: [{}, { duration: '30s' }, {}],
      },
    });
  });

  it('names the images that failed, and since when it is healthy', () => {
    const rollout = read('orders');
    Object.assign(rollout.status, {
      ...{ abort: true, abortedAt: '2026-02-22T08:30:00Z' },
      phase: 'Degraded',
    });
    rollout.spec.template = {
      spec: {
        containers: [
          { name: 'orders', image: 'ghcr.io/acme/orders:1.4.2' },
          { name: 'again', image: 'ghcr.io/acme/orders:1.4.2' },
          { name: 'none' },
        ],
      },
    };
    expect(observe(rollout).failure).toMatchObject({
      startedAt: '2026-02-22T08:30:00.000Z',
      images: ['ghcr.io/acme/orders:1.4.2'],
    });
    const web = read('web');
    web.status.conditions = [
      {
        ...{ type: 'Healthy', status: 'True' },
        lastTransitionTime: '2026-02-22T08:40:00Z',
      },
    ];
    expect(observe(web).healthSince).toBe('2026-02-22T08:40:00.000Z');
    web.status.phase = 'Progressing';
    expect(observe(web).healthSince).toBeUndefined();
  });

  it('tells weights by replicas where no router has them, and all when it is promoted', () => {
    expect(observe(read('search'))).toMatchObject({
      title: 'Canary search: progressing, step 2 of 2, 33 %',
      health: 'progressing',
      message: 'more replicas need to be updated',
    });
    expect(observe(read('web'))).toMatchObject({
      title: 'Blue-green web: healthy, 100 %',
      health: 'healthy',
      details: {
        strategy: 'blue-green',
        weight: 100,
        analysis: [{ name: 'web-55d8-9-pre', phase: 'Successful' }],
      },
    });
    const preview = read('web');
    preview.status.blueGreen.activeSelector = '0ld';
    expect(observe(preview).details.weight).toBe(0);
    const scaled = read('orders');
    scaled.spec.strategy.canary.trafficRouting.maxTrafficWeight = 1000;
    expect(observe(scaled).details.weight).toBe(5);
  });

  it('says that it waits until a duration is over', () => {
    const rollout = read('orders');
    rollout.status.currentStepIndex = 1;
    expect(observe(rollout).message).toBe(
      'Paused for 5m, then it goes on by itself (CanaryPauseStep)',
    );
    rollout.status.pauseConditions[0].reason = 'InconclusiveAnalysisRun';
    expect(observe(rollout).message).toMatch(/inconclusive.*promote or abort/);
  });

  it.each([
    ['has not seen the last change', { observedGeneration: '6' }],
    ['was resumed a moment ago', { pauseConditions: undefined }],
  ])('is progressing while the controller %s', (_, status) => {
    const rollout = read('orders');
    Object.assign(rollout.status, status);
    expect(observe(rollout)).toMatchObject({
      health: 'progressing',
      details: { phase: 'Progressing' },
    });
  });
});
