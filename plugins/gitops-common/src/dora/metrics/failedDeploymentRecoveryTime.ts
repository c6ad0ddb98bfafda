import { doraBand } from '../doraBand';
import { durationText } from '../durationText';
import type { CountedDeployment } from '../DeploymentLog';
import {
  counted,
  medianOf,
  type Measurement,
  type MetricDefinition,
} from './MetricDefinition';

function recoverySeconds({ deployment }: CountedDeployment): number {
  const starts = deployment.failures.map(one => Date.parse(one.startedAt));
  const ends = deployment.failures.map(one => Date.parse(one.endedAt!));
  return Math.max(0, Math.max(...ends) - Math.min(...starts)) / 1000;
}

function add(one: CountedDeployment, { samples, excluded }: Measurement) {
  const { id, failures } = one.deployment;
  const open = failures.find(failure => !failure.endedAt);
  if (open) {
    excluded.push({
      deploymentId: id,
      reason: `It is not over: failing since ${open.startedAt} (${open.signal})`,
    });
  } else if (failures.length === 0) {
    excluded.push({
      deploymentId: id,
      reason: 'It failed to reconcile and no end of the failure is recorded',
    });
  } else {
    const value = recoverySeconds(one);
    samples.push({
      deploymentId: id,
      at: one.at,
      value,
      contribution: () => durationText(value),
    });
  }
}

/** Median over failed deployments, from the first failing signal to healthy again. */
export const failedDeploymentRecoveryTime: MetricDefinition = {
  id: 'failed-deployment-recovery-time',
  unit: 'seconds',
  minimum: 1,
  formula:
    'median of (healthy again - first failing signal) over the failed deployments that are over',
  measure: slice => {
    const measurement: Measurement = { samples: [], excluded: [] };
    for (const one of slice.counted) {
      if (one.failed) {
        add(one, measurement);
      }
    }
    return measurement;
  },
  ...medianOf('failed deployment'),
  describeCount: count => counted(count, 'ended failure'),
  band: (value, _slice, year) =>
    doraBand('failed-deployment-recovery-time', value, year),
};
