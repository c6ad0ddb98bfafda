import type {
  RolloutAnalysis,
  RolloutDetails,
} from '@fairway/plugin-gitops-common';
import {
  isObjectName,
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { condition } from './readConditions';
import { readSteps, readStrategy } from './readCanarySteps';
import { readRef } from './readRefs';

const MAX_METRICS = 50;

/** Phases in which the new version is tried; `failedChecks` counts in these alone. */
const UNDER_WAY = [
  'Waiting',
  'Progressing',
  'WaitingPromotion',
  'Promoting',
  'Finalising',
];

/** Phases in which `canaryWeight` says what is routed; Flagger sets it to 0 in all others. */
const WEIGHTED = ['Waiting', 'Progressing', 'Promoting', 'Failed'];

/** What a phase says of the analysis, in the words of Argo Rollouts. */
const JUDGEMENTS = new Map([
  ['Progressing', 'Running'],
  ['Promoting', 'Successful'],
  ['Finalising', 'Successful'],
  ['Succeeded', 'Successful'],
  ['Failed', 'Failed'],
]);

/** Flagger's `Canary`: how far the new version is, and whether it was given up. */
export function observeCanary(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation {
  const fields = ObjectFields.of(object);
  const target = fields.object('spec').object('targetRef');
  const ref = readRef(object, context);
  const details = readDetails(fields);
  const promoted = condition(fields.object('status'), 'Promoted');
  const failure = readFailure(fields, details);
  return {
    type: 'fact',
    kind: 'rollout',
    ref,
    labels: fields.object('metadata').record('labels'),
    targetNamespace: ref.namespace,
    ...(details.workload && {
      subject: {
        group: groupOf(target.string('apiVersion')),
        ...details.workload,
        namespace: ref.namespace,
      },
    }),
    title: titleOf(details, ref.name),
    ...readHealth(fields, { details, failure }),
    details: { ...details },
    ...(failure && {
      failure: {
        signal: 'rollout-aborted',
        reason: failure,
        startedAt: promoted.time('lastTransitionTime'),
      },
    }),
  };
}

function groupOf(apiVersion: string | undefined): string | undefined {
  return apiVersion?.includes('/')
    ? apiVersion.split('/')[0]
    : apiVersion && '';
}

function readDetails(fields: ObjectFields): RolloutDetails {
  const spec = fields.object('spec');
  const status = fields.object('status');
  // The second is its name before Flagger 1.0.
  const analysis = spec.has('analysis')
    ? spec.object('analysis')
    : spec.object('canaryAnalysis');
  const phase = status.string('phase') ?? 'Unknown';
  const kind = spec.object('targetRef').string('kind');
  const name = spec.object('targetRef').string('name');
  const isAnalysed =
    analysis.keys().length > 0 && spec.boolean('skipAnalysis') !== true;
  return {
    engine: 'flagger',
    strategy: readStrategy(spec, analysis),
    phase,
    ...(isAnalysed && readSteps(spec, analysis, status)),
    weight: WEIGHTED.includes(phase)
      ? status.number('canaryWeight')
      : undefined,
    paused: readPause(fields),
    analysis: isAnalysed ? readAnalysis(analysis, status) : undefined,
    failedChecks: UNDER_WAY.includes(phase)
      ? status.number('failedChecks')
      : undefined,
    threshold: isAnalysed ? analysis.number('threshold') || 1 : undefined,
    workload:
      name && isObjectName(name)
        ? { kind: kind ?? 'Deployment', name }
        : undefined,
    // A promotion that fails leaves the traffic with the new version.
    aborted:
      phase === 'Failed'
        ? (status.number('canaryWeight') ?? 0) === 0
        : undefined,
  };
}

function readPause(fields: ObjectFields): RolloutDetails['paused'] {
  const status = fields.object('status');
  const since = condition(status, 'Promoted').time('lastTransitionTime');
  if (fields.object('spec').boolean('suspend') === true) {
    return {
      reason: 'Flagger leaves it alone; set spec.suspend to false in Git',
    };
  }
  switch (status.string('phase')) {
    case 'Waiting':
      return { reason: 'The rollout waits for approval', since };
    case 'WaitingPromotion':
      return { reason: 'The promotion waits for approval', since };
    default:
      return undefined;
  }
}

/** Flagger tells no single measurement; what it judges by, and its judgement, are known. */
function readAnalysis(
  analysis: ObjectFields,
  status: ObjectFields,
): RolloutAnalysis[] | undefined {
  const judgement = JUDGEMENTS.get(status.string('phase') ?? '');
  const names = analysis
    .list('metrics')
    .slice(0, MAX_METRICS)
    .flatMap(metric => metric.string('name') ?? []);
  if (!judgement || names.length === 0) {
    return undefined;
  }
  return [
    {
      name: 'Canary analysis',
      phase: judgement,
      message: condition(status, 'Promoted').message('message'),
      metrics: names.map(name => ({
        name,
        // Any one of them may be what it failed for.
        phase: judgement === 'Failed' ? 'Unknown' : judgement,
      })),
    },
  ];
}

function titleOf(details: RolloutDetails, name: string): string {
  const { workload, weight, phase } = details;
  const of = workload?.name ?? name;
  return weight && phase === 'Progressing'
    ? `Canary of ${of} at ${weight} %`
    : `Canary of ${of}: ${phase}`;
}

function readFailure(
  fields: ObjectFields,
  details: RolloutDetails,
): string | undefined {
  if (details.phase !== 'Failed') {
    return undefined;
  }
  const said = condition(fields.object('status'), 'Promoted').message(
    'message',
  );
  return details.aborted
    ? said ?? 'Flagger gave the new version up'
    : 'The promotion failed because the primary was not ready; all traffic goes to the new version';
}

function readHealth(
  fields: ObjectFields,
  { details, failure }: { details: RolloutDetails; failure?: string },
): Pick<FactObservation, 'health' | 'message'> {
  const said = condition(fields.object('status'), 'Promoted').message(
    'message',
  );
  if (failure) {
    return {
      health: 'degraded',
      message: `${failure.replace(
        /\.$/,
        '',
      )}. Look at the events of the canary, and change the new version in Git`,
    };
  }
  if (details.paused) {
    return { health: 'suspended', message: details.paused.reason };
  }
  switch (details.phase) {
    case 'Initialized':
    case 'Succeeded':
      return { health: 'healthy' };
    case 'Initializing':
    case 'Progressing':
    case 'Promoting':
    case 'Finalising':
    case 'Terminating':
      return { health: 'progressing', message: said };
    case 'Terminated':
      return { health: 'missing', message: said };
    default:
      return {
        health: 'unknown',
        message:
          'Flagger says nothing of the canary; look whether it runs, and whether the canary names a workload that exists',
      };
  }
}
