import type {
  AnalysisRunDetails,
  HealthStatus,
  RolloutMetric,
} from '@fairway/plugin-gitops-common';
import {
  isObjectName,
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { lookUp } from '../lookUp';
import { factBase, toDetails } from './factBase';

/** As Argo CD judges them. */
const HEALTH: Record<string, HealthStatus> = {
  Pending: 'progressing',
  Running: 'progressing',
  Successful: 'healthy',
  Failed: 'degraded',
  Error: 'degraded',
  Inconclusive: 'unknown',
};

/** More than anybody measures at once. */
const MAX_METRICS = 50;

const LABEL_PURPOSE = 'rollout-type';
const LABEL_STEP = 'step-index';

/**
 * What an `AnalysisRun` of Argo Rollouts measured; its details are {@link AnalysisRunDetails}.
 *
 * @remarks
 * A rollout keeps the runs of its past. They follow one another, so that only the latest one for
 * each purpose of a rollout is kept as a fact.
 */
export function observeAnalysisRun(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation {
  const fields = ObjectFields.of(object);
  const metadata = fields.object('metadata');
  const status = fields.object('status');
  const namespace = metadata.string('namespace');
  const details = readDetails(fields);
  const { rollout, purpose, phase } = details;
  const at = metadata.time('creationTimestamp') ?? details.startedAt;
  return {
    ...factBase(object, context),
    kind: 'rollout',
    title: `${purpose ? `${purpose} analysis` : 'Analysis'} ${
      object.metadata.name
    }: ${phase.toLowerCase()}`,
    health: lookUp(HEALTH, phase) ?? 'unknown',
    message: readMessage(status, details),
    details: toDetails(details),
    targetNamespace: namespace,
    ...(rollout && {
      subject: {
        group: 'argoproj.io',
        kind: 'Rollout',
        namespace,
        name: rollout,
      },
    }),
    ...(rollout &&
      at && { series: { name: `${rollout}/${purpose ?? 'analysis'}`, at } }),
  };
}

function readDetails(fields: ObjectFields): AnalysisRunDetails {
  const metadata = fields.object('metadata');
  const status = fields.object('status');
  const labels = metadata.object('labels');
  const step = labels.string(LABEL_STEP);
  const rollout = metadata
    .list('ownerReferences')
    .find(owner => owner.string('kind') === 'Rollout')
    ?.string('name');
  return {
    engine: 'argo-rollouts',
    rollout: rollout && isObjectName(rollout) ? rollout : undefined,
    purpose: labels.string(LABEL_PURPOSE),
    step: step && /^\d{1,6}$/.test(step) ? Number(step) : undefined,
    phase: status.string('phase') ?? 'Unknown',
    metrics: status
      .list('metricResults')
      .slice(0, MAX_METRICS)
      .flatMap(readMetric),
    startedAt: status.time('startedAt'),
    finishedAt: status.time('completedAt'),
  };
}

function readMetric(result: ObjectFields): RolloutMetric[] {
  const name = result.string('name');
  if (!name) {
    return [];
  }
  const measured = result
    .list('measurements')
    .flatMap(measurement => measurement.string('value') ?? []);
  return [
    {
      name,
      phase: result.string('phase') ?? 'Unknown',
      value: measured.at(-1),
      count: result.number('count'),
      failed: result.number('failed'),
    },
  ];
}

function readMessage(
  status: ObjectFields,
  { phase, metrics }: AnalysisRunDetails,
): string | undefined {
  const own = status.message('message');
  if (own || phase === 'Successful') {
    return own;
  }
  const named = metrics
    .filter(metric => metric.phase === phase)
    .map(({ name, value }) => (value ? `${name} is ${value}` : name))
    .join(', ');
  if (phase === 'Unknown') {
    return 'Argo Rollouts has not worked on it yet; if that lasts, look whether its controller runs';
  }
  return named ? `${phase}: ${named}` : undefined;
}
