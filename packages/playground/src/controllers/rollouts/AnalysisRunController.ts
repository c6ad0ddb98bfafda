import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { ANALYSIS_RUN } from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { Reconciler } from '../Reconciler';

/** Measurements of a metric that does not say how many it takes. */
const DEFAULT_COUNT = 1;
const MOST_MEASUREMENTS = 5;

interface Metric {
  name: string;
  count?: number;
  failureLimit?: number;
  successCondition?: string;
  provider?: object;
}

interface Measurement {
  phase: 'Successful' | 'Failed' | 'Error';
  value?: string;
  message?: string;
  startedAt: string;
  finishedAt: string;
}

interface MetricResult {
  name: string;
  phase: string;
  count: number;
  successful?: number;
  failed?: number;
  error?: number;
  message?: string;
  measurements: Measurement[];
}

/**
 * Stands in for the analysis of Argo Rollouts. Nothing is measured here: a metric is well, unless
 * its `successCondition` is `false`, which is how a failure is tried; one without a provider is
 * an error.
 */
export function createAnalysisRunController(
  context: ControllerContext,
): Controller {
  return new Reconciler({
    ...context,
    name: 'analysis-runs',
    kind: ANALYSIS_RUN,
    reconcile: run => reconcile(context, run),
  });
}

function reconcile(
  { cluster, timing }: ControllerContext,
  run: KubernetesObject,
): number | undefined {
  const { phase, startedAt, metricResults = [] } = run.status ?? {};
  if (phase && phase !== 'Running' && phase !== 'Pending') {
    return undefined;
  }
  const now = new Date().toISOString();
  const metrics: Metric[] = run.spec.metrics ?? [];
  const results = metrics.map(metric =>
    measure(
      metric,
      metricResults.find((known: MetricResult) => known.name === metric.name),
      now,
    ),
  );
  const bad = results.find(({ phase: of }) => ['Failed', 'Error'].includes(of));
  const isDone = results.every(({ phase: of }) => of !== 'Running');
  const count = (of: string) =>
    results.filter(result => result.phase === of).length || undefined;
  const running = isDone ? 'Successful' : 'Running';
  writeStatus(cluster, run, {
    phase: bad?.phase ?? running,
    message: bad?.message,
    startedAt: startedAt ?? now,
    metricResults: results,
    runSummary: {
      count: results.length,
      successful: count('Successful'),
      failed: count('Failed'),
      error: count('Error'),
    },
  });
  return bad || isDone ? undefined : timing.rolloutMinuteMs / 4;
}

/** One measurement more, and what that makes of the metric. */
function measure(
  metric: Metric,
  before: MetricResult | undefined,
  now: string,
): MetricResult {
  if (before && before.phase !== 'Running') {
    return before;
  }
  const { name, failureLimit = 0 } = metric;
  const outcome = outcomeOf(metric);
  const measurement = { ...outcome, startedAt: now, finishedAt: now };
  const measurements = [...(before?.measurements ?? []), measurement];
  const wanted = Math.min(metric.count ?? DEFAULT_COUNT, MOST_MEASUREMENTS);
  const number = (phase: string) =>
    measurements.filter(item => item.phase === phase).length;
  const common = {
    name,
    measurements,
    count: measurements.length,
    successful: number('Successful') || undefined,
    failed: number('Failed') || undefined,
    error: number('Error') || undefined,
  };
  if (number('Error') > 0) {
    return {
      ...common,
      phase: 'Error',
      message: `Metric "${name}" assessed Error due to consecutiveErrors (5) > consecutiveErrorLimit (4): "Error Message: no such provider"`,
    };
  }
  if (number('Failed') > failureLimit) {
    return {
      ...common,
      phase: 'Failed',
      message: `Metric "${name}" assessed Failed due to failed (${number(
        'Failed',
      )}) > failureLimit (${failureLimit})`,
    };
  }
  const phase = measurements.length >= wanted ? 'Successful' : 'Running';
  return { ...common, phase };
}

function outcomeOf({
  provider,
  successCondition,
}: Metric): Pick<Measurement, 'phase' | 'value'> {
  if (!provider) {
    return { phase: 'Error' };
  }
  return successCondition === 'false'
    ? { phase: 'Failed', value: '[0.42]' }
    : { phase: 'Successful', value: '[0.99]' };
}
