import type {
  AnalysisRunDetails,
  Fact,
  RolloutDetails,
} from '@fairway/plugin-gitops-common';
import { sampleFact } from './sampleFact';
import { hoursAgo } from './sampleFleet';

/** A rollout of Argo Rollouts that waits at 20 %, with what its analysis measures. */
export function sampleRollout(
  change: {
    details?: Partial<RolloutDetails>;
    run?: Partial<AnalysisRunDetails>;
    fact?: Partial<Fact>;
  } = {},
): Fact[] {
  const details: RolloutDetails = {
    engine: 'argo-rollouts',
    strategy: 'canary',
    phase: 'Paused',
    steps: [
      { kind: 'weight', weight: 5, label: '5 %' },
      { kind: 'analysis', label: 'Analysis success-rate' },
      { kind: 'weight', weight: 20, label: '20 %' },
      { kind: 'pause', label: 'Pause 5m', duration: '5m' },
      { kind: 'weight', weight: 50, label: '50 %' },
      { kind: 'pause', label: 'Pause until promoted' },
      { kind: 'weight', weight: 100, label: '100 %' },
    ],
    currentStep: 3,
    weight: 20,
    paused: { reason: 'CanaryPauseStep', since: hoursAgo(0.05) },
    analysis: [{ name: 'orders-7d9c-2-1', phase: 'Successful' }],
    ...change.details,
  };
  const run: AnalysisRunDetails = {
    engine: 'argo-rollouts',
    rollout: 'orders',
    purpose: 'Step',
    step: 1,
    phase: 'Successful',
    metrics: [
      {
        name: 'success-rate',
        phase: 'Successful',
        value: '[0.9987]',
        count: 5,
        failed: 0,
      },
      { name: 'latency-p99', phase: 'Successful', value: '[212]', count: 5 },
    ],
    ...change.run,
  };
  return [
    sampleFact({
      kind: 'rollout',
      ref: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' },
      title: 'Canary orders: paused, step 4 of 7, 20 %',
      health: 'suspended',
      message: 'Paused for 5m, then it goes on by itself (CanaryPauseStep)',
      ...change.fact,
      details,
    }),
    sampleFact({
      kind: 'rollout',
      ref: {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AnalysisRun',
        name: 'orders-7d9c-2-1',
      },
      title: 'Step analysis orders-7d9c-2-1: successful',
      details: run,
    }),
  ];
}

/** A rollout of Flagger that was given up after too many failed checks. */
export function sampleCanary(change: Partial<RolloutDetails> = {}): Fact {
  const details: RolloutDetails = {
    engine: 'flagger',
    strategy: 'canary',
    phase: 'Failed',
    steps: [
      ...[10, 20, 30, 40, 50].map(weight => ({
        kind: 'weight' as const,
        weight,
        label: `${weight} %`,
      })),
      { kind: 'other', label: 'Promotion' },
    ],
    maxWeight: 50,
    weight: 0,
    threshold: 5,
    workload: { kind: 'Deployment', name: 'orders' },
    aborted: true,
    analysis: [
      {
        name: 'Canary analysis',
        phase: 'Failed',
        message: 'Canary analysis failed, Deployment scaled to zero.',
        metrics: [
          { name: 'request-success-rate', phase: 'Unknown' },
          { name: 'request-duration', phase: 'Unknown' },
        ],
      },
    ],
    ...change,
  };
  return sampleFact({
    kind: 'rollout',
    environment: 'staging',
    ref: { apiVersion: 'flagger.app/v1beta1', kind: 'Canary' },
    title: 'Canary of orders: Failed',
    health: 'degraded',
    message:
      'Canary analysis failed, Deployment scaled to zero. Look at the events of the canary, and change the new version in Git',
    details,
  });
}
