import type { DoraBand, DoraLevel, DoraMetricId } from './types';

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** How often something was deployed, as the tables of the frequency ask for it. */
export interface DeploymentRhythm {
  /** Median of deployment days over the weeks of the window. */
  daysPerWeek: number;
  /** Median of deployment days over the 30-day spans of the window. */
  daysPerMonth: number;
  /** Median of deployment days over the half-years (182 days) of the window. */
  daysPerHalfYear: number;
}

type Limits = [elite: number, high: number, medium: number];

interface Table {
  frequency(rhythm: DeploymentRhythm): DoraLevel;
  /** Seconds; below is better. */
  leadTime: Limits;
  /** Ratio; at most is better. */
  failRate: Limits;
  /** Seconds; below is better. */
  recovery: Limits;
}

const TABLES: Record<DoraBand['year'], Table> = {
  2021: {
    frequency: ({ daysPerWeek, daysPerMonth, daysPerHalfYear }) => {
      if (daysPerWeek >= 5) return 'elite';
      if (daysPerMonth >= 1) return 'high';
      return daysPerHalfYear >= 1 ? 'medium' : 'low';
    },
    leadTime: [HOUR, 7 * DAY, 180 * DAY],
    failRate: [0.15, 0.2, 0.3],
    recovery: [HOUR, DAY, 7 * DAY],
  },
  2023: {
    frequency: ({ daysPerWeek, daysPerMonth }) => {
      if (daysPerWeek >= 5) return 'elite';
      if (daysPerWeek >= 1) return 'high';
      return daysPerMonth >= 1 ? 'medium' : 'low';
    },
    leadTime: [DAY, 7 * DAY, 30 * DAY],
    failRate: [0.05, 0.1, 0.15],
    recovery: [HOUR, DAY, 7 * DAY],
  },
};

const LEVELS: DoraLevel[] = ['elite', 'high', 'medium'];

function levelOf(
  value: number,
  limits: Limits,
  within: (value: number, limit: number) => boolean,
): DoraLevel {
  return LEVELS.find((_, index) => within(value, limits[index])) ?? 'low';
}

/**
 * The performance level of a metric's value.
 *
 * @remarks
 * The thresholds are the monotonic tables that Apache DevLake derived from DORA's reports of 2021
 * and 2023 (`grafana/dashboards/DORA*.json`). The clusters of the 2024 report are not monotonic in
 * the change fail rate (high 20 %, medium 10 %), and the report of 2025 has no levels, so neither
 * can classify a value. In the 2021 table "elite" is a lead time under one hour, in 2023 under one
 * day. DORA publishes no levels for the rework rate.
 *
 * @param value - seconds or ratio; for the deployment frequency its rhythm
 * @returns `undefined` for the rework rate
 * @public
 */
export function doraBand(
  metric: DoraMetricId,
  value: number | DeploymentRhythm,
  year: DoraBand['year'] = 2023,
): DoraBand | undefined {
  const table = TABLES[year];
  if (typeof value === 'object') {
    return metric === 'deployment-frequency'
      ? { level: table.frequency(value), year }
      : undefined;
  }
  const below = (one: number, limit: number) => one < limit;
  const atMost = (one: number, limit: number) => one <= limit;
  switch (metric) {
    case 'lead-time-for-changes':
      return { level: levelOf(value, table.leadTime, below), year };
    case 'change-fail-rate':
      return { level: levelOf(value, table.failRate, atMost), year };
    case 'failed-deployment-recovery-time':
      return { level: levelOf(value, table.recovery, below), year };
    default:
      return undefined;
  }
}
