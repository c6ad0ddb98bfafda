import type {
  HealthStatus,
  RolloutAnalysis,
  RolloutDetails,
} from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { lookUp } from '../lookUp';
import { factBase, toDetails } from './factBase';
import { readSteps } from './readSteps';

/** More than there are reasons to pause. */
const MAX_PAUSES = 10;

const HEALTH: Record<string, HealthStatus> = {
  Healthy: 'healthy',
  Progressing: 'progressing',
  Paused: 'suspended',
  Degraded: 'degraded',
};

/** Of containers of one pod. */
const MAX_IMAGES = 50;

/**
 * What a `Rollout` of Argo Rollouts says; its details are {@link RolloutDetails}.
 *
 * @remarks
 * Its phase counts only when the controller has seen the present specification, which it says in
 * `status.observedGeneration`, a string. The weight is the one that the traffic router was given,
 * else the share of the replicas that have the new version.
 */
export function observeRollout(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation {
  const fields = ObjectFields.of(object);
  const status = fields.object('status');
  const details = readDetails(fields);
  const { phase, aborted } = details;
  const message = readMessage(fields, details);
  return {
    ...factBase(object, context),
    kind: 'rollout',
    title: titleOf(object.metadata.name, details),
    health: lookUp(HEALTH, phase) ?? 'unknown',
    healthSince: phase === 'Healthy' ? healthySince(status) : undefined,
    message,
    details: toDetails(details),
    targetNamespace: fields.object('metadata').string('namespace'),
    ...(aborted && {
      failure: {
        signal: 'rollout-aborted' as const,
        reason:
          status.message('message') ??
          `The rollout of ${object.metadata.name} was aborted`,
        startedAt: status.time('abortedAt'),
        images: readImages(fields),
      },
    }),
  };
}

function healthySince(status: ObjectFields): string | undefined {
  return status
    .list('conditions')
    .find(
      condition =>
        condition.string('type') === 'Healthy' &&
        condition.string('status') === 'True',
    )
    ?.time('lastTransitionTime');
}

/** Of the version that is rolled out; with `workloadRef` another object has them. */
function readImages(fields: ObjectFields): string[] {
  const images = fields
    .object('spec')
    .object('template')
    .object('spec')
    .list('containers')
    .flatMap(container => container.string('image') ?? []);
  return [...new Set(images)].sort().slice(0, MAX_IMAGES);
}

function readDetails(fields: ObjectFields): RolloutDetails {
  const spec = fields.object('spec');
  const status = fields.object('status');
  const strategy = spec.object('strategy');
  const isBlueGreen = strategy.has('blueGreen');
  const steps = isBlueGreen ? [] : readSteps(strategy.object('canary'));
  const workload = spec.object('workloadRef');
  const kind = workload.string('kind');
  const name = workload.string('name');
  const analysis = readAnalysis(status);
  const failed = analysis.filter(one =>
    ['Failed', 'Error'].includes(one.phase),
  ).length;
  return {
    engine: 'argo-rollouts',
    strategy: isBlueGreen ? 'blue-green' : 'canary',
    phase: readPhase(fields),
    steps: steps.length > 0 ? steps : undefined,
    currentStep:
      steps.length > 0 ? status.number('currentStepIndex') : undefined,
    weight: readWeight(fields, isBlueGreen),
    paused: readPause(fields),
    analysis: analysis.length > 0 ? analysis : undefined,
    failedChecks: failed > 0 ? failed : undefined,
    workload: kind && name ? { kind, name } : undefined,
    aborted: status.boolean('abort') === true ? true : undefined,
  };
}

/** The controller's phase, unless it has not seen what is asked for now. */
function readPhase(fields: ObjectFields): string {
  const status = fields.object('status');
  const isUnpausing =
    status.boolean('controllerPause') === true &&
    status.list('pauseConditions').length === 0;
  if (!isObserved(fields) || isUnpausing) {
    return 'Progressing';
  }
  return status.string('phase') ?? 'Unknown';
}

/** A generation ahead of the object's own is a hash of old versions that looks like a number. */
function isObserved(fields: ObjectFields): boolean {
  const generation = fields.object('metadata').number('generation');
  const observed = fields.object('status').string('observedGeneration');
  return (
    generation === undefined ||
    observed === undefined ||
    !/^\d+$/.test(observed) ||
    Number(observed) >= generation
  );
}

function readWeight(
  fields: ObjectFields,
  isBlueGreen: boolean,
): number | undefined {
  const status = fields.object('status');
  const current = status.string('currentPodHash');
  if (!current) {
    return undefined;
  }
  if (isBlueGreen) {
    const active = status.object('blueGreen').string('activeSelector');
    return active ? Number(active === current) * 100 : undefined;
  }
  if (current === status.string('stableRS')) {
    return 100;
  }
  const weights = status.object('canary').object('weights');
  const routed = weights.object('canary').number('weight');
  const total = fields
    .object('spec')
    .object('strategy')
    .object('canary')
    .object('trafficRouting')
    .number('maxTrafficWeight');
  if (routed !== undefined) {
    return percent(routed, total || 100);
  }
  const replicas = status.number('replicas');
  return replicas
    ? percent(status.number('updatedReplicas') ?? 0, replicas)
    : undefined;
}

function percent(part: number, whole: number): number {
  return Math.min(100, Math.max(0, Math.round((part / whole) * 100)));
}

function readPause(fields: ObjectFields): RolloutDetails['paused'] {
  const conditions = fields
    .object('status')
    .list('pauseConditions')
    .slice(0, MAX_PAUSES);
  const reasons = conditions.flatMap(one => one.string('reason') ?? []);
  if (reasons.length > 0) {
    return {
      reason: reasons.join(', '),
      since: conditions.flatMap(one => one.time('startTime') ?? []).sort()[0],
    };
  }
  return fields.object('spec').boolean('paused') === true
    ? { reason: 'ManuallyPaused' }
    : undefined;
}

/** The analysis runs that the rollout looks at now; measurements are in facts of their own. */
function readAnalysis(status: ObjectFields): RolloutAnalysis[] {
  const canary = status.object('canary');
  const blueGreen = status.object('blueGreen');
  return [
    canary.object('currentBackgroundAnalysisRunStatus'),
    canary.object('currentStepAnalysisRunStatus'),
    blueGreen.object('prePromotionAnalysisRunStatus'),
    blueGreen.object('postPromotionAnalysisRunStatus'),
  ].flatMap(run => {
    const name = run.string('name');
    return name
      ? [
          {
            name,
            phase: run.string('status') ?? 'Unknown',
            message: run.message('message'),
          },
        ]
      : [];
  });
}

function readMessage(
  fields: ObjectFields,
  details: RolloutDetails,
): string | undefined {
  const own = fields.object('status').message('message');
  if (!isObserved(fields)) {
    return 'Argo Rollouts has not taken up the last change yet; if that lasts, look whether its controller runs';
  }
  if (details.aborted) {
    return `${
      own ?? 'It was aborted'
    }; the old version has the traffic. Revert the change in Git, or correct it and retry the rollout`;
  }
  if (details.paused) {
    return pauseMessage(details);
  }
  return details.phase === 'Unknown'
    ? own ??
        'Argo Rollouts has not worked on it yet; if that lasts, look whether its controller runs'
    : own;
}

function pauseMessage({ paused, steps, currentStep }: RolloutDetails): string {
  const { reason } = paused!;
  if (reason === 'ManuallyPaused') {
    return 'Somebody paused it in its specification; it goes on when spec.paused is taken out';
  }
  if (reason.includes('Inconclusive')) {
    return `An analysis was inconclusive (${reason}); look at its measurements, then promote or abort the rollout`;
  }
  const step =
    currentStep === undefined ? undefined : steps?.[currentStep]?.duration;
  return step
    ? `Paused for ${step}, then it goes on by itself (${reason})`
    : `It waits for somebody to promote it (${reason})`;
}

function titleOf(name: string, details: RolloutDetails): string {
  const { strategy, steps, currentStep, weight, phase, aborted } = details;
  const kind = strategy === 'canary' ? 'Canary' : 'Blue-green';
  const state = aborted ? 'aborted' : phase.toLowerCase();
  const step =
    phase !== 'Healthy' && !aborted && steps && currentStep !== undefined
      ? `, step ${Math.min(currentStep + 1, steps.length)} of ${steps.length}`
      : '';
  const share = weight === undefined ? '' : `, ${weight} %`;
  return `${kind} ${name}: ${state}${step}${share}`;
}
