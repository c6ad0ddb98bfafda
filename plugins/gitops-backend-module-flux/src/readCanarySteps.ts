import type {
  RolloutDetails,
  RolloutStep,
} from '@fairway/plugin-gitops-common';
import type { ObjectFields } from '@fairway/plugin-gitops-node';

/** More than anybody configures; a weight of 1 % a step has 100. */
const MAX_STEPS = 100;
const TOTAL_WEIGHT = 100;

type Strategy = RolloutDetails['strategy'];

/** Checks of a canary by Kubernetes alone, which cannot divide the traffic. */
const KUBERNETES_ITERATIONS = 10;

/** How often the new version is checked before it gets the traffic; 0 for a canary. */
function readIterations(spec: ObjectFields, analysis: ObjectFields): number {
  const iterations = Math.max(
    0,
    Math.floor(analysis.number('iterations') ?? 0),
  );
  return iterations === 0 && spec.string('provider') === 'kubernetes'
    ? KUBERNETES_ITERATIONS
    : iterations;
}

/** How Flagger decides it: by what the analysis of a `Canary` has. */
export function readStrategy(
  spec: ObjectFields,
  analysis: ObjectFields,
): Strategy {
  if (readIterations(spec, analysis) === 0) {
    return 'canary';
  }
  const isRouted =
    analysis.list('match').length > 0 &&
    spec.string('provider') !== 'kubernetes';
  return isRouted ? 'ab' : 'blue-green';
}

/** The weights that the new version gets one after the other, the last one being the maximum. */
function readWeights(analysis: ObjectFields): number[] {
  const weights = analysis.numbers('stepWeights');
  if (weights.length > 0) {
    return weights
      .slice(0, MAX_STEPS)
      .map(weight => Math.min(weight, TOTAL_WEIGHT));
  }
  const step = analysis.number('stepWeight') ?? 0;
  const max = Math.min(
    analysis.number('maxWeight') || TOTAL_WEIGHT,
    TOTAL_WEIGHT,
  );
  const count = step >= 1 ? Math.ceil(max / step) : 0;
  return Array.from({ length: Math.min(count, MAX_STEPS) }, (_, index) =>
    Math.min((index + 1) * step, TOTAL_WEIGHT),
  );
}

/** What a `Canary` goes through, and where it is. */
export function readSteps(
  spec: ObjectFields,
  analysis: ObjectFields,
  status: ObjectFields,
): Pick<RolloutDetails, 'steps' | 'currentStep' | 'maxWeight'> {
  const iterations = readIterations(spec, analysis);
  const weights = iterations === 0 ? readWeights(analysis) : [];
  const checks = checkSteps(iterations);
  const gates = analysis.list('webhooks').map(hook => hook.string('type'));
  const before = gates.includes('confirm-rollout')
    ? [gate('Approval of the rollout')]
    : [];
  const middle = [...weights.map(weightStep), ...checks];
  const after = gates.includes('confirm-promotion')
    ? [gate('Approval of the promotion')]
    : [];
  const steps = [
    ...before,
    ...middle,
    ...after,
    { kind: 'other' as const, label: 'Promotion' },
  ];
  return {
    steps,
    currentStep: currentStep(status, {
      start: before.length,
      middle: middle.length,
      after: after.length,
      done: doneOf(status, weights),
    }),
    ...(weights.length > 0 && { maxWeight: weights[weights.length - 1] }),
  };
}

function gate(label: string): RolloutStep {
  return { kind: 'pause', label };
}

function weightStep(weight: number): RolloutStep {
  return { kind: 'weight', weight, label: `${weight} %` };
}

function checkSteps(iterations: number): RolloutStep[] {
  const count = Math.min(iterations, MAX_STEPS);
  return Array.from({ length: count }, (_, index) => ({
    kind: 'analysis',
    label: `Check ${index + 1} of ${iterations}`,
  }));
}

/** Index of the weight or check that is being analysed. */
function doneOf(status: ObjectFields, weights: number[]): number {
  if (weights.length === 0) {
    return Math.max(0, (status.number('iterations') ?? 0) - 1);
  }
  const weight = status.number('canaryWeight') ?? 0;
  return Math.max(0, weights.filter(step => step <= weight).length - 1);
}

function currentStep(
  status: ObjectFields,
  at: { start: number; middle: number; after: number; done: number },
): number | undefined {
  const promotion = at.start + at.middle + at.after;
  switch (status.string('phase')) {
    case 'Waiting':
      return 0;
    case 'Progressing':
      return Math.min(at.start + at.done, promotion);
    case 'WaitingPromotion':
      return at.start + at.middle;
    case 'Promoting':
    case 'Finalising':
      return promotion;
    case 'Initialized':
    case 'Succeeded':
      return promotion + 1;
    default:
      return undefined;
  }
}
