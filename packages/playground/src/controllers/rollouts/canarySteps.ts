/** A step of a canary; only one field is set. Steps of other kinds are passed over. */
export interface CanaryStep {
  setWeight?: number;
  pause?: { duration?: string | number };
  analysis?: { templates?: Array<{ templateName: string }>; args?: object[] };
}

/** `status.pauseConditions` of a Rollout. */
export interface PauseCondition {
  reason: 'CanaryPauseStep' | 'InconclusiveAnalysisRun';
  startTime: string;
}

/** The fields of a Rollout's status that say where it is. */
export interface CanaryState {
  currentPodHash?: string;
  stableRS?: string;
  currentStepIndex?: number;
  pauseConditions?: PauseCondition[];
  controllerPause?: boolean;
  abort?: boolean;
  abortedAt?: string;
  promoteFull?: boolean;
}

/** What the controller sees when it looks. */
export interface CanaryView {
  steps: readonly CanaryStep[];
  /** Hash of the template that should run. */
  hash: string;
  replicas: number;
  /** Pods of that template that are available. */
  available: number;
  /** The analysis of the present step, once it was begun. */
  analysis?: { phase: string; message?: string };
  /** Nothing moved for longer than allowed. */
  isOverdue: boolean;
  /** An overdue rollout is aborted. */
  abortsOverdue: boolean;
  now: number;
  /** What a minute of the steps lasts. */
  minuteMs: number;
}

/** Where a rollout is now. */
export interface CanaryProgress {
  state: CanaryState;
  /** Share of the traffic that the new template gets, in percent. */
  weight: number;
  phase: 'Healthy' | 'Progressing' | 'Paused' | 'Degraded';
  message?: string;
  lookAgainMs?: number;
}

const MORE_REPLICAS = 'more replicas need to be updated';

/** Milliseconds of a pause: a number of seconds, or a text like `5m`. */
export function pauseMs(duration: string | number, minuteMs: number): number {
  const [, count = '0', unit = 's'] =
    /^(\d+(?:\.\d+)?)([smh])?$/.exec(String(duration)) ?? [];
  const minutes = { s: 1 / 60, m: 1, h: 60 }[unit]!;
  return Number(count) * minutes * minuteMs;
}

/** Pods that a weight needs: a share above zero is one pod at least. */
export function podsOf(weight: number, replicas: number): number {
  return Math.ceil((replicas * weight) / 100);
}

function weightBefore(steps: readonly CanaryStep[], index: number): number {
  return (
    steps
      .slice(0, index)
      .map(step => step.setWeight)
      .filter(weight => weight !== undefined)
      .at(-1) ?? 0
  );
}

/**
 * Takes a rollout as far as it can go now: by what its status says, what runs, and nothing else.
 */
export function advance(before: CanaryState, view: CanaryView): CanaryProgress {
  const { hash, steps } = view;
  const isNew = before.currentPodHash !== hash;
  const state: CanaryState = isNew
    ? { stableRS: before.stableRS, currentPodHash: hash, currentStepIndex: 0 }
    : { ...before };
  if (!state.stableRS || state.stableRS === hash) {
    return runAlone({ ...state, abort: undefined, abortedAt: undefined }, view);
  }
  if (state.abort) {
    return aborted(state, view);
  }
  state.abortedAt = undefined;
  if (state.promoteFull) {
    state.currentStepIndex = steps.length;
  }
  return walk(state, view);
}

/** There is nothing to compare with: the template runs alone, or comes to. */
function runAlone(state: CanaryState, view: CanaryView): CanaryProgress {
  const { hash, steps, replicas, available } = view;
  const isDone = available >= replicas;
  const waiting: Pick<CanaryProgress, 'phase' | 'message'> = view.isOverdue
    ? { phase: 'Degraded', message: overdue(hash) }
    : { phase: 'Progressing', message: MORE_REPLICAS };
  return {
    state: {
      currentPodHash: hash,
      stableRS: isDone ? hash : state.stableRS,
      currentStepIndex: steps.length,
    },
    weight: 100,
    ...(isDone ? { phase: 'Healthy' } : waiting),
  };
}

function overdue(hash: string): string {
  return `ProgressDeadlineExceeded: ReplicaSet "${hash}" has timed out progressing.`;
}

function aborted(
  state: CanaryState,
  view: CanaryView,
  cause?: string,
): CanaryProgress {
  return {
    state: {
      ...state,
      abort: true,
      abortedAt: state.abortedAt ?? new Date(view.now).toISOString(),
      currentStepIndex: 0,
      pauseConditions: undefined,
      controllerPause: undefined,
    },
    weight: 0,
    phase: 'Degraded',
    message: cause,
  };
}

/** From step to step, until one has to be waited for. */
function walk(start: CanaryState, view: CanaryView): CanaryProgress {
  let state = start;
  for (;;) {
    const index = state.currentStepIndex ?? 0;
    const step = view.steps[index];
    if (!step) {
      return finish(state, view);
    }
    const weight = step.setWeight ?? weightBefore(view.steps, index);
    const waits = waitFor(step, state, { ...view, weight });
    if (waits) {
      return waits;
    }
    state = {
      ...state,
      currentStepIndex: index + 1,
      pauseConditions: undefined,
      controllerPause: undefined,
    };
  }
}

function finish(state: CanaryState, view: CanaryView): CanaryProgress {
  const { available, replicas, hash } = view;
  if (available >= replicas) {
    return {
      state: {
        currentPodHash: hash,
        stableRS: hash,
        currentStepIndex: view.steps.length,
      },
      weight: 100,
      phase: 'Healthy',
    };
  }
  return waitForPods(state, { ...view, weight: 100 });
}

/** Undefined when the step is done. */
function waitFor(
  step: CanaryStep,
  state: CanaryState,
  view: CanaryView & { weight: number },
): CanaryProgress | undefined {
  if (step.setWeight !== undefined) {
    const wanted = podsOf(step.setWeight, view.replicas);
    return view.available >= wanted ? undefined : waitForPods(state, view);
  }
  if (step.pause) {
    return waitForPause(step.pause, state, view);
  }
  return step.analysis ? waitForAnalysis(state, view) : undefined;
}

function waitForPods(
  state: CanaryState,
  view: CanaryView & { weight: number },
): CanaryProgress {
  const { weight, isOverdue, abortsOverdue, hash } = view;
  if (isOverdue && abortsOverdue) {
    return aborted(state, view, overdue(hash));
  }
  return isOverdue
    ? { state, weight, phase: 'Degraded', message: overdue(hash) }
    : { state, weight, phase: 'Progressing', message: MORE_REPLICAS };
}

function waitForPause(
  pause: { duration?: string | number },
  state: CanaryState,
  view: CanaryView & { weight: number },
): CanaryProgress | undefined {
  const { weight, now, minuteMs } = view;
  const condition = state.pauseConditions?.find(
    ({ reason }) => reason === 'CanaryPauseStep',
  );
  if (!condition && state.controllerPause) {
    // Somebody took the condition away: that is how a paused rollout is promoted.
    return undefined;
  }
  const startTime = condition?.startTime ?? new Date(now).toISOString();
  const left =
    pause.duration === undefined
      ? undefined
      : Date.parse(startTime) + pauseMs(pause.duration, minuteMs) - now;
  if (left !== undefined && left <= 0) {
    return undefined;
  }
  return {
    state: {
      ...state,
      controllerPause: true,
      pauseConditions: [{ reason: 'CanaryPauseStep', startTime }],
    },
    weight,
    phase: 'Paused',
    message: 'CanaryPauseStep',
    lookAgainMs: left,
  };
}

function waitForAnalysis(
  state: CanaryState,
  view: CanaryView & { weight: number },
): CanaryProgress | undefined {
  const { analysis, weight } = view;
  switch (analysis?.phase) {
    case 'Successful':
      return undefined;
    case 'Failed':
    case 'Error':
      return aborted(
        state,
        view,
        `Step-based analysis phase error/failed: ${analysis.message ?? ''}`,
      );
    default:
      return { state, weight, phase: 'Progressing', message: MORE_REPLICAS };
  }
}
