import type { LogSlice } from '../DeploymentLog';
import { durationText } from '../durationText';
import { median } from '../median';
import type {
  DoraBand,
  DoraExplanation,
  DoraMetricId,
  DoraResult,
} from '../types';

/** What one deployment, commit or failure adds to a metric. */
export interface Sample {
  deploymentId: string;
  /** Milliseconds since the epoch; the moment the deployment was over. */
  at: number;
  value: number;
  /** What people read beside the deployment; asked for those that are shown. */
  contribution(): string;
}

/** The samples of a metric in a window, and what was left out beside uncounted deployments. */
export interface Measurement {
  samples: Sample[];
  excluded: DoraExplanation['excluded'];
}

/** How one of the five metrics is computed. */
export interface MetricDefinition {
  id: DoraMetricId;
  unit: Extract<DoraResult, { status: 'measured' }>['unit'];
  /** Fewer samples than this are not enough data. */
  minimum: number;
  formula: string;
  measure(slice: LogSlice): Measurement;
  /** The value of samples over a number of days; never called without samples. */
  aggregate(samples: readonly Sample[], days: number): number;
  /** What there is too little of, for example "1 deployment". */
  describeCount(count: number): string;
  /** The formula with the numbers put in, numerator and denominator. */
  calculate(
    samples: readonly Sample[],
    days: number,
  ): Pick<DoraExplanation, 'calculation' | 'numerator' | 'denominator'>;
  band?(
    value: number,
    slice: LogSlice,
    year: DoraBand['year'],
  ): DoraBand | undefined;
}

/** "1 deployment", "2 deployments". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A number with at most two digits that matter behind the point. */
export function numberText(value: number): string {
  return String(Number(value.toFixed(value < 1 ? 3 : 2)));
}

/** `aggregate` and `calculate` of a metric that is a share of deployments: samples are 0 or 1. */
export function share(noun: string) {
  const hits = (samples: readonly Sample[]) =>
    samples.reduce((sum, sample) => sum + sample.value, 0);
  return {
    aggregate: (samples: readonly Sample[]) => hits(samples) / samples.length,
    calculate: (samples: readonly Sample[]) => {
      const numerator = hits(samples);
      const percent = samples.length && (100 * numerator) / samples.length;
      return {
        calculation: `${numerator} ${noun} / ${counted(
          samples.length,
          'deployment',
        )} = ${numberText(percent)} %`,
        numerator: { label: noun, value: numerator },
        denominator: { label: 'deployments', value: samples.length },
      };
    },
  };
}

/** `aggregate` and `calculate` of a metric that is a median of durations: samples are seconds. */
export function medianOf(noun: string) {
  const middle = (samples: readonly Sample[]) =>
    median(samples.map(sample => sample.value)) ?? 0;
  return {
    aggregate: middle,
    calculate: (samples: readonly Sample[]) => ({
      calculation: `median of ${counted(samples.length, noun)} = ${durationText(
        middle(samples),
      )}${
        samples.length > 0 && samples.length % 2 === 0
          ? ' (mean of the two middle ones)'
          : ''
      }`,
    }),
  };
}
