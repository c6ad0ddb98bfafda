import type {
  DoraMetric,
  DoraMetricId,
  DoraPoint,
  DoraReport,
} from '@fairway/plugin-gitops-common';
import { formatNumber } from './doraText';

/** One span of a chart, in the unit of its axis. */
export interface ChartPoint {
  from: string;
  /** Absent where nothing was measured. */
  value?: number;
  count: number;
  /** Of the deployments: how many succeeded and how many failed. */
  succeeded: number;
  failed: number;
}

/** A series ready to be drawn. */
export interface ChartData {
  points: ChartPoint[];
  /** "%", "min", "h" or "d"; empty for a number of deployments. */
  unit: string;
  /** The value of the whole window in the unit of the axis. */
  whole?: number;
}

const UNITS: Array<[unit: string, seconds: number]> = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
];

/** The unit in which the largest of these durations is two or more. */
function durationUnit(values: number[]): [unit: string, seconds: number] {
  const highest = Math.max(0, ...values);
  return UNITS.find(([, size]) => highest >= 2 * size) ?? UNITS[3];
}

function isDuration(id: DoraMetricId): boolean {
  return (
    id === 'lead-time-for-changes' || id === 'failed-deployment-recovery-time'
  );
}

/** A metric's series with one unit for all of its points. */
export function chartData(metric: DoraMetric): ChartData {
  const { id, series, result } = metric;
  const draw = (scale: number) => (point: DoraPoint) => ({
    from: point.from,
    count: point.count,
    succeeded: point.count - (point.failed ?? 0),
    failed: point.failed ?? 0,
    ...(point.value !== undefined && { value: point.value * scale }),
  });
  if (id === 'deployment-frequency') {
    return { unit: '', points: series.map(draw(1)) };
  }
  const whole = result.status === 'measured' ? result.value : undefined;
  const values = series.flatMap(({ value }) => value ?? []);
  const [unit, scale] = isDuration(id)
    ? durationUnit([...values, whole ?? 0])
    : ['%', 0.01];
  return {
    unit,
    points: series.map(draw(1 / scale)),
    whole: whole === undefined ? undefined : whole / scale,
  };
}

/** Three or four round marks of an axis from zero, the last one at or above all points. */
export function axisTicks({ points, unit, whole = 0 }: ChartData): number[] {
  const highest = Math.max(
    whole,
    ...points.map(({ value, count }) => (unit ? value ?? 0 : count)),
  );
  const rough = (highest || 1) / 4;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10]
    .map(factor => factor * magnitude)
    .find(size => size >= rough && (unit !== '' || Number.isInteger(size)));
  const size = step ?? 1;
  return Array.from(
    { length: Math.max(1, Math.ceil(highest / size - 1e-9)) + 1 },
    (_, index) => index * size,
  );
}

/** A value of a chart with its unit. */
export function formatChartValue(value: number, unit: string): string {
  return unit ? `${formatNumber(value)} ${unit}` : formatNumber(value);
}

/** The spans of a report as rows, newest first, with the value of each metric that has one. */
export function seriesRows(report: DoraReport): Array<{
  from: string;
  deployments: number;
  failed: number;
  values: Array<{ id: DoraMetricId; text?: string }>;
}> {
  const [frequency, ...others] = report.metrics;
  const charts = others.map(metric => ({
    id: metric.id,
    data: chartData(metric),
  }));
  return frequency.series
    .map((point, index) => ({
      from: point.from,
      deployments: point.count,
      failed: point.failed ?? 0,
      values: charts.map(({ id, data }) => {
        const value = data.points[index]?.value;
        return {
          id,
          text:
            value === undefined
              ? undefined
              : formatChartValue(value, data.unit),
        };
      }),
    }))
    .reverse();
}
