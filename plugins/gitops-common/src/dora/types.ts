/** The five metrics of DORA's guide. @public */
export const DORA_METRICS = [
  'deployment-frequency',
  'lead-time-for-changes',
  'change-fail-rate',
  'failed-deployment-recovery-time',
  'rework-rate',
] as const;

/** One of {@link DORA_METRICS}. @public */
export type DoraMetricId = (typeof DORA_METRICS)[number];

/** A performance level, best first; there is none for the rework rate. @public */
export type DoraLevel = 'elite' | 'high' | 'medium' | 'low';

/** A level with the year of the table it was read from. @public */
export interface DoraBand {
  level: DoraLevel;
  year: 2021 | 2023;
}

/** A span of time, half open: `from` belongs to it, `to` does not. @public */
export interface DoraWindow {
  /** ISO times. */
  from: string;
  to: string;
  /** IANA zone in which days, weeks and months are counted. */
  timeZone: string;
}

/**
 * The value of a metric, or why there is none. Units: `per-day`, `seconds`, `ratio` (0 to 1).
 *
 * @public
 */
export type DoraResult =
  | {
      status: 'measured';
      value: number;
      unit: 'per-day' | 'seconds' | 'ratio';
      /** How many members the value stands on (deployments, commits or failures). */
      count: number;
    }
  | { status: 'not-enough-data'; count: number; reason: string };

/** One point of a series: a day, week or month of the window. @public */
export interface DoraPoint {
  /** ISO times. */
  from: string;
  to: string;
  /** Absent when the span has no members. */
  value?: number;
  count: number;
  /** For the frequency: how many of them failed. */
  failed?: number;
}

/** Why a metric is what it is. @public */
export interface DoraExplanation {
  /** For example "deployments / days". */
  formula: string;
  /** The formula with the numbers put in, for example "41 deployments / 30 days = 1.4 per day". */
  calculation: string;
  numerator?: { label: string; value: number };
  denominator?: { label: string; value: number };
  /** What was counted; ids of deployments, newest first, each with its contribution. */
  members: Array<{ deploymentId: string; contribution: string }>;
  /** What was left out, with the reason in words. */
  excluded: Array<{ deploymentId: string; reason: string }>;
}

/** One metric over one window. @public */
export interface DoraMetric {
  id: DoraMetricId;
  result: DoraResult;
  band?: DoraBand;
  /** The same metric over the window of equal length before. */
  previous: DoraResult;
  series: DoraPoint[];
  explanation: DoraExplanation;
}

/** The five metrics of a scope over a window. @public */
export interface DoraReport {
  window: DoraWindow;
  /** Length of a point of the series. */
  interval: 'day' | 'week' | 'month';
  metrics: DoraMetric[];
}
