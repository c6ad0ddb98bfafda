import { KubernetesObject } from '../../types';
import { Condition, findCondition, withCondition } from '../objects/conditions';
import { CanaryProgress } from './canarySteps';

/** When a rollout moved last (Unix time in ms); `now` when it never did. */
export function lastProgressAt(
  { status }: KubernetesObject,
  now: number,
): number {
  const condition = findCondition(status?.conditions, 'Progressing');
  const time = Date.parse(condition?.lastUpdateTime ?? '');
  return Number.isFinite(time) ? time : now;
}

/** The whole status of a Rollout, as Argo Rollouts writes it. */
export function rolloutStatus(options: {
  rollout: KubernetesObject;
  progress: CanaryProgress;
  sets: KubernetesObject[];
  hash: string;
  revision: number;
  analysis?: { name: string; phase: string; message?: string };
}): KubernetesObject['status'] {
  const { rollout, progress, sets, hash, revision, analysis } = options;
  const { state, phase, weight } = progress;
  const before = rollout.status ?? {};
  const current = sets.find(set => set.metadata.name.endsWith(`-${hash}`));
  const sum = (field: string) =>
    sets.reduce((total, { status }) => total + (status?.[field] ?? 0), 0);
  const counts = {
    replicas: sum('replicas'),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: sum('readyReplicas'),
    availableReplicas: sum('availableReplicas'),
  };
  const message = state.abort
    ? abortMessage(before, revision, progress.message)
    : progress.message;
  const stepAnalysis = analysis && {
    currentStepAnalysisRunStatus: {
      name: analysis.name,
      status: analysis.phase,
      message: analysis.message,
    },
  };
  const isRouted = Boolean(rollout.spec.strategy?.canary?.trafficRouting);
  return {
    ...state,
    ...counts,
    phase,
    message,
    HPAReplicas: counts.replicas,
    selector: `rollouts-pod-template-hash=${hash}`,
    // A text: the API says so.
    observedGeneration: String(rollout.metadata.generation ?? 1),
    canary: {
      ...(isRouted && {
        weights: {
          canary: { weight, podTemplateHash: hash },
          stable: { weight: 100 - weight, podTemplateHash: state.stableRS },
        },
      }),
      ...stepAnalysis,
    },
    conditions: conditionsOf(rollout, { ...progress, message }, counts),
  };
}

function abortMessage(
  before: { abort?: boolean; abortedAt?: string; message?: string },
  revision: number,
  cause: string | undefined,
): string {
  if (before.abortedAt && before.message?.startsWith('RolloutAborted')) {
    return before.message;
  }
  return `RolloutAborted: Rollout aborted update to revision ${revision}${
    cause ? `: ${cause}` : ''
  }`;
}

function conditionsOf(
  { status, spec }: KubernetesObject,
  { phase, message, state }: CanaryProgress,
  counts: Record<string, number>,
): Condition[] {
  const before = status ?? {};
  const hasMoved =
    before.currentPodHash !== state.currentPodHash ||
    before.currentStepIndex !== state.currentStepIndex ||
    before.phase === 'Paused' ||
    Object.entries(counts).some(([name, count]) => before[name] !== count);
  const progressing = findCondition(before.conditions, 'Progressing');
  const isDone = phase === 'Healthy';
  const reasons = {
    Healthy: 'NewReplicaSetAvailable',
    Progressing: 'ReplicaSetUpdated',
    Paused: 'RolloutPaused',
    Degraded: state.abort ? 'RolloutAborted' : 'ProgressDeadlineExceeded',
  };
  const truth = (value: boolean) => (value ? 'True' : 'False');
  const conditions: Condition[] = [
    {
      type: 'Available',
      status: truth(counts.availableReplicas >= (spec.replicas ?? 1)),
      reason: 'AvailableReason',
    },
    {
      type: 'Progressing',
      status: truth(phase !== 'Degraded'),
      reason: reasons[phase],
      message,
      lastUpdateTime:
        hasMoved || !progressing?.lastUpdateTime
          ? new Date().toISOString()
          : progressing.lastUpdateTime,
    },
    {
      type: 'Paused',
      status: truth(phase === 'Paused'),
      reason: 'RolloutPaused',
    },
    { type: 'Completed', status: truth(isDone), reason: 'RolloutCompleted' },
    { type: 'Healthy', status: truth(isDone), reason: 'RolloutHealthy' },
  ];
  return conditions.reduce<Condition[]>(
    (all, condition) => withCondition(all, condition),
    before.conditions ?? [],
  );
}
