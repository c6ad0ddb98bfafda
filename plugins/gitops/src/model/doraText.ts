import type { DoraMetric, DoraResult } from '@fairway/plugin-gitops-common';
import { formatSeconds } from './format';

type Measured = Extract<DoraResult, { status: 'measured' }>;

/** A value as people read it: the number, and the unit beside it. */
export interface DoraAmount {
  number: string;
  /** `perDay` to `perMonth` are words that the page translates; the rest stands as it is. */
  unit: string;
}

const PER: Array<[unit: 'perDay' | 'perWeek' | 'perMonth', days: number]> = [
  ['perDay', 1],
  ['perWeek', 7],
  ['perMonth', 30],
];

/** At most three digits that matter: "0.8", "7.3", "12.5", "140". */
export function formatNumber(value: number): string {
  return String(Number(value.toPrecision(value < 10 ? 2 : 3)));
}

/**
 * A measured value in the unit that shows it best: a frequency per day, week or month,
 * whichever is the first that makes it one or more.
 */
export function doraAmount(measured: Pick<Measured, 'unit' | 'value'>) {
  const { unit, value } = measured;
  if (unit === 'ratio') {
    return { number: formatNumber(value * 100), unit: '%' };
  }
  if (unit === 'seconds') {
    const [number, suffix] = formatSeconds(value).split(' ');
    return { number, unit: suffix };
  }
  const [name, days] = PER.find(([, size]) => value * size >= 1) ?? PER[2];
  return { number: formatNumber(value * days), unit: name };
}

/** How a metric moved against the window before. */
export interface DoraChange {
  direction: 'up' | 'down' | 'same';
  verdict: 'better' | 'worse' | 'same';
  /** "17 %" of what it was; for a share "2.4 points". Empty when nothing moved. */
  amount: string;
  /** True when the amount is in percentage points. */
  points: boolean;
}

/** Compares a metric with the window before; undefined where one of both has too little data. */
export function doraChange(metric: DoraMetric): DoraChange | undefined {
  const { id, result, previous } = metric;
  if (result.status !== 'measured' || previous.status !== 'measured') {
    return undefined;
  }
  const points = result.unit === 'ratio';
  const difference = result.value - previous.value;
  const size = points
    ? Math.abs(difference) * 100
    : (Math.abs(difference) / (previous.value || 1)) * 100;
  if (size < (points ? 0.05 : 0.5)) {
    return { direction: 'same', verdict: 'same', amount: '', points };
  }
  const up = difference > 0;
  const good = up === (id === 'deployment-frequency');
  return {
    direction: up ? 'up' : 'down',
    verdict: good ? 'better' : 'worse',
    amount: points ? formatNumber(size) : `${Math.round(size)} %`,
    points,
  };
}

/** A day of a window as people of this browser write it, in the zone of the window. */
export function formatDay(iso: string, timeZone: string, year = false): string {
  return new Date(iso).toLocaleDateString(undefined, {
    day: 'numeric',
    month: 'short',
    ...(year && { year: 'numeric' }),
    timeZone,
  });
}

/** The name of an entity ref, with its namespace unless that is the default one. */
export function refName(ref: string): string {
  const [, namespace, name] =
    /^(?:[^:/]+:)?(?:([^/]+)\/)?(.+)$/.exec(ref) ?? [];
  return namespace && namespace !== 'default' ? `${namespace}/${name}` : name;
}
