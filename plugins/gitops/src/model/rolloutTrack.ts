import type { RolloutStep } from '@fairway/plugin-gitops-common';
import type { Rollout } from './rollouts';

/**
 * Where a step stands: `unreached` when the rollout ended before it, `unknown` when the engine
 * does not say how far it came.
 */
export type StepState =
  | 'done'
  | 'current'
  | 'paused'
  | 'failed'
  | 'ahead'
  | 'unreached'
  | 'unknown';

/** A step of the track, or a number of steps in the same state that are left out of it. */
export type TrackItem =
  | { step: RolloutStep; index: number; state: StepState }
  | { omitted: number; index: number; state: StepState };

/** More steps than that are not read one by one. */
const MAX_ITEMS = 12;
const AROUND = 2;

/** Index of the step at which an aborted rollout failed, when one of its analyses says so. */
function failedStep(rollout: Rollout): number | undefined {
  return rollout.analyses.find(
    ({ health, step }) => health === 'degraded' && step !== undefined,
  )?.step;
}

function stateOf(rollout: Rollout, index: number): StepState {
  // An engine that aborts begins anew with the first step, so its index says nothing then.
  const at = rollout.aborted ? failedStep(rollout) : rollout.currentStep;
  if (at === undefined) {
    return 'unknown';
  }
  if (index < at) {
    return 'done';
  }
  if (rollout.aborted) {
    return index === at ? 'failed' : 'unreached';
  }
  if (index > at) {
    return 'ahead';
  }
  return rollout.paused ? 'paused' : 'current';
}

/** The step that people look at: the one that is taken, or at which it failed. */
export function positionOf(rollout: Rollout): number | undefined {
  const at = rollout.aborted ? failedStep(rollout) : rollout.currentStep;
  return at === undefined ? undefined : Math.min(at, rollout.steps.length - 1);
}

/** The steps of a rollout, those far from the present one folded when they are many. */
export function trackOf(rollout: Rollout): TrackItem[] {
  const { steps } = rollout;
  const position = positionOf(rollout) ?? 0;
  const isShown = (index: number) =>
    steps.length <= MAX_ITEMS ||
    index === 0 ||
    index === steps.length - 1 ||
    Math.abs(index - position) <= AROUND;
  return steps.reduce<TrackItem[]>((items, step, index) => {
    const last = items.at(-1);
    const state = stateOf(rollout, index);
    if (isShown(index)) {
      return [...items, { step, index, state }];
    }
    return last && 'omitted' in last
      ? [...items.slice(0, -1), { ...last, omitted: last.omitted + 1 }]
      : [...items, { omitted: 1, index, state }];
  }, []);
}
