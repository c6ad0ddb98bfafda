import type { Deployment, NotCountedReason } from '../model';
import { DeploymentLog, type LogSlice } from './DeploymentLog';
import { changeFailRate } from './metrics/changeFailRate';
import { deploymentFrequency } from './metrics/deploymentFrequency';
import { failedDeploymentRecoveryTime } from './metrics/failedDeploymentRecoveryTime';
import { leadTimeForChanges } from './metrics/leadTimeForChanges';
import type { MetricDefinition, Sample } from './metrics/MetricDefinition';
import { reworkRate } from './metrics/reworkRate';
import {
  defaultInterval,
  intervalSpans,
  parseWindow,
  previousWindow,
  spanIndex,
  type IntervalSpan,
  type ParsedWindow,
} from './parseWindow';
import type {
  DoraBand,
  DoraMetric,
  DoraPoint,
  DoraReport,
  DoraResult,
  DoraWindow,
} from './types';

/** In the order of {@link DORA_METRICS}. */
const DEFINITIONS: MetricDefinition[] = [
  deploymentFrequency,
  leadTimeForChanges,
  changeFailRate,
  failedDeploymentRecoveryTime,
  reworkRate,
];

const REASONS: Record<NotCountedReason, string> = {
  adoption: 'First sight of the application: nothing was deployed',
  'same-revision': 'The same revision again: what runs did not change',
  'not-touched': 'The revision did not touch this application',
  preview: 'A preview of a pull request',
  'not-production': 'Not an environment of the production tier',
};

/** What {@link computeDoraReport} is computed from. @public */
export interface DoraReportOptions {
  /**
   * Deployments with their commits and failures, in any order; the same id twice counts once. For
   * the comparison they reach back to the start of the window before.
   */
  deployments: readonly Deployment[];
  window: DoraWindow;
  /** Default: {@link defaultInterval}. */
  interval?: DoraReport['interval'];
  /** Year of the table of levels, default 2023. */
  bands?: DoraBand['year'];
  /** How many members and how many exclusions an explanation lists, the newest; default all. */
  listed?: number;
}

function resultOf(
  definition: MetricDefinition,
  samples: readonly Sample[],
  window: ParsedWindow,
): DoraResult {
  const count = samples.length;
  if (count >= definition.minimum) {
    const value = definition.aggregate(samples, window.days);
    return { status: 'measured', value, unit: definition.unit, count };
  }
  const found = count === 0 ? 'No' : String(count);
  const noun = definition.describeCount(count).replace(/^\d+ /, '');
  return {
    status: 'not-enough-data',
    count,
    reason: `${found} ${noun} from ${window.start.toISODate()} to ${window.end.toISODate()} (${
      window.start.zoneName
    }); at least ${definition.minimum} needed`,
  };
}

function seriesOf(
  definition: MetricDefinition,
  samples: readonly Sample[],
  context: { slice: LogSlice; spans: readonly IntervalSpan[] },
): DoraPoint[] {
  const { slice, spans } = context;
  const groups = spans.map(() => [] as Sample[]);
  for (const sample of samples) {
    groups[spanIndex(spans, sample.at)].push(sample);
  }
  const failed = new Array<number>(spans.length).fill(0);
  for (const one of slice.counted) {
    if (one.failed) {
      failed[spanIndex(spans, one.at)]++;
    }
  }
  return spans.map((span, index) => {
    const group = groups[index];
    return {
      from: new Date(span.from).toISOString(),
      to: new Date(span.to).toISOString(),
      count: group.length,
      ...(group.length > 0 && {
        value: definition.aggregate(group, span.days),
      }),
      ...(definition.id === 'deployment-frequency' && {
        failed: failed[index],
      }),
    };
  });
}

/** The last ones of an ascending list, newest first. */
function newest<T>(list: readonly T[], count: number): T[] {
  return list.slice(Math.max(0, list.length - count)).reverse();
}

function metricOf(
  definition: MetricDefinition,
  context: {
    slice: LogSlice;
    before: LogSlice;
    spans: readonly IntervalSpan[];
    bands: DoraBand['year'];
    listed: number;
  },
): DoraMetric {
  const { slice, before, listed } = context;
  const { samples, excluded } = definition.measure(slice);
  const result = resultOf(definition, samples, slice.window);
  const band =
    result.status === 'measured'
      ? definition.band?.(result.value, slice, context.bands)
      : undefined;
  return {
    id: definition.id,
    result,
    ...(band && { band }),
    previous: resultOf(
      definition,
      definition.measure(before).samples,
      before.window,
    ),
    series: seriesOf(definition, samples, context),
    explanation: {
      formula: definition.formula,
      ...(result.status === 'measured'
        ? definition.calculate(samples, slice.window.days)
        : { calculation: result.reason }),
      members: newest(samples, listed).map(sample => ({
        deploymentId: sample.deploymentId,
        contribution: sample.contribution(),
      })),
      excluded: [
        ...newest(excluded, listed),
        ...newest(slice.uncounted, listed).map(deployment => ({
          deploymentId: deployment.id,
          reason: REASONS[deployment.notCountedReason ?? 'not-production'],
        })),
      ].slice(0, listed),
    },
  };
}

/**
 * The five metrics of DORA over a window, each with its explanation.
 *
 * @remarks
 * Pure, and independent of the order of the deployments. A deployment belongs to the window that
 * its `finishedAt` is in; a failure belongs to the window of its deployment, whenever it ended.
 * Definitions, with a worked example: `docs/dora.md`.
 *
 * @throws InputError for a window that cannot be read, see {@link DoraWindow}.
 * @public
 */
export function computeDoraReport(options: DoraReportOptions): DoraReport {
  const { deployments, window, bands = 2023, listed = Infinity } = options;
  const parsed = parseWindow(window);
  const interval = options.interval ?? defaultInterval(window);
  const log = new DeploymentLog(deployments);
  const context = {
    slice: log.slice(parsed),
    before: log.slice(parseWindow(previousWindow(window))),
    spans: intervalSpans(parsed, interval),
    bands,
    listed,
  };
  return {
    window,
    interval,
    metrics: DEFINITIONS.map(definition => metricOf(definition, context)),
  };
}

/**
 * The five results alone, in the order of {@link DORA_METRICS}: much cheaper than a report where
 * many services are compared.
 *
 * @throws InputError for a window that cannot be read.
 * @public
 */
export function computeDoraResults(
  options: Pick<DoraReportOptions, 'deployments' | 'window'>,
): DoraResult[] {
  const slice = new DeploymentLog(options.deployments).slice(
    parseWindow(options.window),
  );
  return DEFINITIONS.map(definition =>
    resultOf(definition, definition.measure(slice).samples, slice.window),
  );
}
