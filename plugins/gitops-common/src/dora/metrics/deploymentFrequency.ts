import { doraBand, type DeploymentRhythm } from '../doraBand';
import type { LogSlice } from '../DeploymentLog';
import { median } from '../median';
import {
  intervalSpans,
  spanIndex,
  trailingSpans,
  type ParsedWindow,
  type Span,
} from '../parseWindow';
import { counted, numberText, type MetricDefinition } from './MetricDefinition';

function medianDays(days: readonly Span[], window: ParsedWindow, size: number) {
  const spans = trailingSpans(window, size).reverse();
  const perSpan = new Array<number>(spans.length).fill(0);
  for (const day of days) {
    const index = spanIndex(spans, day.from);
    if (index >= 0) {
      perSpan[index]++;
    }
  }
  return median(perSpan) ?? 0;
}

/** Days of the window with a deployment, each as the span from its first to its last one. */
function deploymentDays(slice: LogSlice): Span[] {
  const days = intervalSpans(slice.window, 'day');
  const hit = new Map<number, Span>();
  for (const { at } of slice.counted) {
    const index = spanIndex(days, at);
    hit.set(index, { from: hit.get(index)?.from ?? at, to: at });
  }
  return [...hit.values()];
}

function rhythmOf(slice: LogSlice): DeploymentRhythm {
  const days = deploymentDays(slice);
  return {
    daysPerWeek: medianDays(days, slice.window, 7),
    daysPerMonth: medianDays(days, slice.window, 30),
    daysPerHalfYear: medianDays(days, slice.window, 182),
  };
}

/** Deployments per day; the band looks at the median of deployment days per week. */
export const deploymentFrequency: MetricDefinition = {
  id: 'deployment-frequency',
  unit: 'per-day',
  minimum: 2,
  formula: 'deployments / days',
  measure: slice => ({
    samples: slice.counted.map(({ deployment, at, failed }) => ({
      deploymentId: deployment.id,
      at,
      value: 1,
      contribution: () => (failed ? '1 deployment, failed' : '1 deployment'),
    })),
    excluded: [],
  }),
  aggregate: (samples, days) => samples.length / days,
  describeCount: count => counted(count, 'deployment'),
  calculate: (samples, days) => ({
    calculation: `${counted(samples.length, 'deployment')} / ${numberText(
      days,
    )} days = ${numberText(samples.length / days)} per day`,
    numerator: { label: 'deployments', value: samples.length },
    denominator: { label: 'days', value: days },
  }),
  band: (_value, slice, year) =>
    slice.window.days < 7
      ? undefined
      : doraBand('deployment-frequency', rhythmOf(slice), year),
};
