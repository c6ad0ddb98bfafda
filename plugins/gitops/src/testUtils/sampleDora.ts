import {
  DORA_METRICS,
  type DoraMetric,
  type DoraMetricId,
  type DoraReport,
  type DoraResult,
} from '@fairway/plugin-gitops-common';
import { hoursAgo } from './sampleFleet';

const RESULTS: Record<DoraMetricId, DoraResult> = {
  'deployment-frequency': {
    status: 'measured',
    value: 1.4,
    unit: 'per-day',
    count: 41,
  },
  'lead-time-for-changes': {
    status: 'measured',
    value: 11_520,
    unit: 'seconds',
    count: 97,
  },
  'change-fail-rate': {
    status: 'measured',
    value: 0.073,
    unit: 'ratio',
    count: 41,
  },
  'failed-deployment-recovery-time': {
    status: 'not-enough-data',
    count: 1,
    reason: '1 failure in 30 days; it takes 3.',
  },
  'rework-rate': { status: 'measured', value: 0.05, unit: 'ratio', count: 41 },
};

function sampleMetric(id: DoraMetricId): DoraMetric {
  return {
    id,
    result: RESULTS[id],
    band:
      id === 'rework-rate' || RESULTS[id].status !== 'measured'
        ? undefined
        : { level: 'high', year: 2023 },
    previous: RESULTS[id],
    series: Array.from({ length: 30 }, (_, index) => ({
      from: hoursAgo((30 - index) * 24),
      to: hoursAgo((29 - index) * 24),
      value: (index * 7) % 5,
      count: (index * 7) % 5,
    })),
    explanation: {
      formula: 'deployments / days',
      calculation: '41 deployments / 30 days = 1.4 per day',
      members: [{ deploymentId: 'deployment-2', contribution: '1' }],
      excluded: [
        { deploymentId: 'deployment-5', reason: 'the same revision again' },
      ],
    },
  };
}

/** A report with four measured metrics and one without enough data. */
export function sampleDora(): DoraReport {
  return {
    window: { from: hoursAgo(720), to: hoursAgo(0), timeZone: 'UTC' },
    interval: 'day',
    metrics: DORA_METRICS.map(sampleMetric),
  };
}
