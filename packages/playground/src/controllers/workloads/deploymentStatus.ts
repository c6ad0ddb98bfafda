import { KubernetesObject } from '../../types';
import {
  Condition,
  findCondition,
  preciseTimestamp,
  timestamp,
  withCondition,
} from '../objects/conditions';
import { rolloutLimits } from './rollingUpdate';

const DEFAULT_DEADLINE_SECONDS = 600;

interface Counts {
  replicas: number;
  updatedReplicas: number;
  readyReplicas: number;
  availableReplicas: number;
  unavailableReplicas: number;
}

interface Outcome {
  status: object;
  /** When the progress deadline is to be looked at. */
  lookAgainMs?: number;
}

/** The status of a deployment from its replica sets. */
export function deploymentStatus(options: {
  deployment: KubernetesObject;
  current: KubernetesObject;
  sets: KubernetesObject[];
  /** What 600 s of `progressDeadlineSeconds` last. */
  progressDeadlineMs: number;
}): Outcome {
  const { deployment } = options;
  const counts = countReplicas(options);
  const { condition, lookAgainMs } = progress({ ...options, counts });
  const before: Condition[] | undefined = deployment.status?.conditions;
  const conditions = withCondition(
    withCondition(before, availability(deployment, counts)),
    condition,
  ).map(item =>
    item.type === 'Available' ? withUpdateTime(item, before) : item,
  );
  return {
    status: {
      ...deployment.status,
      observedGeneration: deployment.metadata.generation,
      // Kubernetes leaves counts of zero out.
      ...Object.fromEntries(
        Object.entries(counts).map(([name, count]) => [
          name,
          count || undefined,
        ]),
      ),
      conditions,
    },
    lookAgainMs,
  };
}

function countReplicas(options: {
  deployment: KubernetesObject;
  current: KubernetesObject;
  sets: KubernetesObject[];
}): Counts {
  const sum = (field: string) =>
    options.sets.reduce((total, set) => total + (set.status?.[field] ?? 0), 0);
  const availableReplicas = sum('availableReplicas');
  const wanted = options.deployment.spec.replicas ?? 1;
  return {
    replicas: sum('replicas'),
    updatedReplicas: options.current.status?.replicas ?? 0,
    readyReplicas: sum('readyReplicas'),
    availableReplicas,
    unavailableReplicas: Math.max(
      0,
      Math.max(wanted, sum('replicas')) - availableReplicas,
    ),
  };
}

function availability(deployment: KubernetesObject, counts: Counts): Condition {
  const wanted = deployment.spec.replicas ?? 1;
  const minimum = wanted - rolloutLimits(deployment).unavailable;
  return counts.availableReplicas >= minimum
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

function withUpdateTime(
  condition: Condition,
  before: Condition[] | undefined,
): Condition {
  const previous = findCondition(before, condition.type);
  const same =
    previous?.status === condition.status &&
    previous.reason === condition.reason;
  return {
    ...condition,
    lastUpdateTime: same ? previous.lastUpdateTime : timestamp(),
  };
}

/** `Progressing`, whose `lastUpdateTime` is the time of the last step forward. */
function progress(options: {
  deployment: KubernetesObject;
  current: KubernetesObject;
  counts: Counts;
  progressDeadlineMs: number;
}): { condition: Condition; lookAgainMs?: number } {
  const { deployment, current, counts } = options;
  const { name } = current.metadata;
  const before = findCondition(deployment.status?.conditions, 'Progressing');
  const wanted = deployment.spec.replicas ?? 1;
  const complete =
    counts.updatedReplicas === wanted &&
    counts.replicas === wanted &&
    counts.availableReplicas === wanted;
  const make = (
    status: 'True' | 'False',
    reason: string,
    message: string,
  ): Condition => ({
    type: 'Progressing',
    status,
    reason,
    message,
    // A standing outcome keeps its time, so that nothing is written while nothing happens.
    lastUpdateTime:
      before?.reason === reason &&
      before.message === message &&
      reason !== 'ReplicaSetUpdated'
        ? before.lastUpdateTime
        : preciseTimestamp(),
  });
  if (complete) {
    return {
      condition: make(
        'True',
        'NewReplicaSetAvailable',
        `ReplicaSet "${name}" has successfully progressed.`,
      ),
    };
  }
  const sameSet = before?.message?.includes(`"${name}"`) ?? false;
  const stuck = sameSet && before?.reason === 'ProgressDeadlineExceeded';
  const moved = !sameSet || hasMoved(deployment, counts);
  if (stuck && !moved) {
    return { condition: before! };
  }
  const startedOver =
    moved || !before || before.reason === 'NewReplicaSetAvailable';
  const since = startedOver ? Date.now() : Date.parse(before.lastUpdateTime!);
  const seconds =
    deployment.spec.progressDeadlineSeconds ?? DEFAULT_DEADLINE_SECONDS;
  const deadlineMs =
    (options.progressDeadlineMs * seconds) / DEFAULT_DEADLINE_SECONDS;
  const left = since + deadlineMs - Date.now();
  if (left <= 0) {
    return {
      condition: make(
        'False',
        'ProgressDeadlineExceeded',
        `ReplicaSet "${name}" has timed out progressing.`,
      ),
    };
  }
  const condition = make(
    'True',
    'ReplicaSetUpdated',
    `ReplicaSet "${name}" is progressing.`,
  );
  return {
    condition: startedOver
      ? condition
      : { ...condition, lastUpdateTime: before.lastUpdateTime },
    lookAgainMs: left,
  };
}

function hasMoved(deployment: KubernetesObject, counts: Counts): boolean {
  const before = deployment.status ?? {};
  return (
    counts.updatedReplicas > (before.updatedReplicas ?? 0) ||
    counts.readyReplicas > (before.readyReplicas ?? 0) ||
    counts.availableReplicas > (before.availableReplicas ?? 0) ||
    counts.replicas - counts.updatedReplicas <
      (before.replicas ?? 0) - (before.updatedReplicas ?? 0)
  );
}
