import type { FactObservation } from '@fairway/plugin-gitops-node';
import { readFixture, type LooseObject } from '../__testUtils__';
import { observeAnalysisRun } from './observeAnalysisRun';

function observe(object: LooseObject): FactObservation {
  return observeAnalysisRun(object, {
    cluster: 'prod-eu',
    now: new Date('2026-02-22T09:00:00Z'),
  });
}

describe('observeAnalysisRun', () => {
  const read = (name: string) => readFixture('rollouts.yaml', name);

  it('shows what an analysis measured, for its rollout', () => {
    expect(observe(read('checkout-7d9b-2-2'))).toMatchObject({
      kind: 'rollout',
      ref: { kind: 'AnalysisRun' },
      title: 'Step analysis checkout-7d9b-2-2: failed',
      health: 'degraded',
      message:
        'Metric "error-rate" assessed Failed due to failed (2) > failureLimit (1)',
      targetNamespace: 'checkout',
      subject: {
        group: 'argoproj.io',
        kind: 'Rollout',
        namespace: 'checkout',
        name: 'checkout',
      },
      series: { name: 'checkout/Step', at: '2026-02-22T08:08:00.000Z' },
      details: {
        engine: 'argo-rollouts',
        rollout: 'checkout',
        purpose: 'Step',
        step: 2,
        phase: 'Failed',
        metrics: [
          {
            name: 'error-rate',
            phase: 'Failed',
            value: '[0.09]',
            count: 3,
            failed: 2,
          },
        ],
        startedAt: '2026-02-22T08:08:00.000Z',
        finishedAt: '2026-02-22T08:10:00.000Z',
      },
    });
    const running = read('checkout-7d9b-2-2');
    running.status = {
      phase: 'Inconclusive',
      metricResults: [{ name: 'latency', phase: 'Inconclusive' }],
    };
    expect(observe(running)).toMatchObject({
      health: 'unknown',
      message: 'Inconclusive: latency',
    });
  });
});
