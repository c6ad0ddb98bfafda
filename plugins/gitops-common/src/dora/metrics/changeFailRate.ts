import type { Deployment } from '../../model';
import { doraBand } from '../doraBand';
import { counted, share, type MetricDefinition } from './MetricDefinition';

function failureText({ failures }: Deployment): string {
  if (failures.length === 0) {
    return 'failed: reconcile';
  }
  const signals = [...new Set(failures.map(failure => failure.signal))];
  return `failed: ${signals.sort().join(', ')}`;
}

/** Share of deployments that needed intervention. */
export const changeFailRate: MetricDefinition = {
  id: 'change-fail-rate',
  unit: 'ratio',
  minimum: 2,
  formula: 'failed deployments / deployments',
  measure: slice => ({
    samples: slice.counted.map(({ deployment, at, failed }) => ({
      deploymentId: deployment.id,
      at,
      value: failed ? 1 : 0,
      contribution: () => (failed ? failureText(deployment) : 'did not fail'),
    })),
    excluded: [],
  }),
  ...share('failed'),
  describeCount: count => counted(count, 'deployment'),
  band: (value, _slice, year) => doraBand('change-fail-rate', value, year),
};
