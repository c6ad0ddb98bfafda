import { KubernetesObject } from '../types';
import { Condition, findCondition } from './objects/conditions';

/** Health as Argo CD names it. */
export type HealthStatus =
  | 'Healthy'
  | 'Suspended'
  | 'Progressing'
  | 'Missing'
  | 'Degraded'
  | 'Unknown';

export interface Health {
  status: HealthStatus;
  message?: string;
}

/** Argo CD's order: an application is as healthy as the last of these among its resources. */
const WORST_LAST: HealthStatus[] = [
  'Healthy',
  'Suspended',
  'Progressing',
  'Missing',
  'Degraded',
  'Unknown',
];

export function worstHealth(statuses: HealthStatus[]): HealthStatus {
  return statuses.reduce<HealthStatus>(
    (worst, status) =>
      WORST_LAST.indexOf(status) > WORST_LAST.indexOf(worst) ? status : worst,
    'Healthy',
  );
}

type Assessment = (object: KubernetesObject) => Health;

const healthy = (message?: string): Health => ({ status: 'Healthy', message });
const progressing = (message: string): Health => ({
  status: 'Progressing',
  message,
});
const degraded = (message?: string): Health => ({
  status: 'Degraded',
  message,
});

function isObserved({ metadata, status }: KubernetesObject): boolean {
  return (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
}

function isTrue(object: KubernetesObject, type: string): Condition | undefined {
  const condition = findCondition(object.status?.conditions, type);
  return condition?.status === 'True' ? condition : undefined;
}

function deploymentHealth(object: KubernetesObject): Health {
  const { spec, status = {} } = object;
  if (spec.paused) {
    return { status: 'Suspended', message: 'Deployment is paused' };
  }
  if (!isObserved(object)) {
    return progressing(
      'Waiting for rollout to finish: observed deployment generation less than desired generation',
    );
  }
  const reason = findCondition(status.conditions, 'Progressing')?.reason;
  if (reason === 'ProgressDeadlineExceeded') {
    return degraded(
      `Deployment "${object.metadata.name}" exceeded its progress deadline`,
    );
  }
  const wanted = spec.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  if (updatedReplicas < wanted) {
    return progressing(
      `Waiting for rollout to finish: ${updatedReplicas} out of ${wanted} new replicas have been updated...`,
    );
  }
  if (replicas > updatedReplicas) {
    return progressing(
      `Waiting for rollout to finish: ${
        replicas - updatedReplicas
      } old replicas are pending termination...`,
    );
  }
  if (availableReplicas < updatedReplicas) {
    return progressing(
      `Waiting for rollout to finish: ${availableReplicas} of ${updatedReplicas} updated replicas are available...`,
    );
  }
  return healthy();
}

function replicaSetHealth(object: KubernetesObject): Health {
  if (!isObserved(object)) {
    return progressing(
      'Waiting for rollout to finish: observed replica set generation less than desired generation',
    );
  }
  const failure = isTrue(object, 'ReplicaFailure');
  if (failure) {
    return degraded(failure.message);
  }
  const wanted = object.spec.replicas ?? 1;
  const available = object.status?.availableReplicas ?? 0;
  return available < wanted
    ? progressing(
        `Waiting for rollout to finish: ${available} out of ${wanted} new replicas are available...`,
      )
    : healthy();
}

function statefulSetHealth(object: KubernetesObject): Health {
  if (!isObserved(object)) {
    return progressing('Waiting for statefulset spec update to be observed...');
  }
  const wanted = object.spec.replicas ?? 1;
  const { readyReplicas = 0, updatedReplicas = 0 } = object.status ?? {};
  if (readyReplicas < wanted) {
    return progressing(
      `Waiting for ${wanted - readyReplicas} pods to be ready...`,
    );
  }
  return updatedReplicas < wanted
    ? progressing(
        `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${object.status?.updateRevision}...`,
      )
    : healthy();
}

interface ContainerStatus {
  name: string;
  ready: boolean;
  state?: { waiting?: { reason?: string; message?: string } };
}

function podHealth(object: KubernetesObject): Health {
  const { phase, containerStatuses = [], message } = object.status ?? {};
  const stuck = (containerStatuses as ContainerStatus[])
    .map(container => container.state?.waiting)
    .find(
      waiting =>
        waiting?.reason?.startsWith('Err') ||
        waiting?.reason?.endsWith('Error') ||
        waiting?.reason?.endsWith('BackOff'),
    );
  if (stuck && object.spec.restartPolicy !== 'Never') {
    return degraded(stuck.message);
  }
  switch (phase) {
    case 'Succeeded':
      return healthy(message);
    case 'Failed':
      return degraded(message);
    case 'Running':
      return isTrue(object, 'Ready')
        ? healthy(message)
        : { status: 'Progressing', message };
    case undefined:
    case 'Pending':
      return { status: 'Progressing', message };
    default:
      return { status: 'Unknown', message };
  }
}

function serviceHealth(object: KubernetesObject): Health {
  const waits =
    object.spec?.type === 'LoadBalancer' &&
    !object.status?.loadBalancer?.ingress?.length;
  return waits ? { status: 'Progressing' } : healthy();
}

function ingressHealth(object: KubernetesObject): Health {
  return object.status?.loadBalancer?.ingress?.length
    ? healthy()
    : { status: 'Progressing' };
}

function jobHealth(object: KubernetesObject): Health {
  const failed = isTrue(object, 'Failed');
  if (failed) {
    return degraded(failed.message);
  }
  const complete = isTrue(object, 'Complete');
  return complete ? healthy(complete.message) : { status: 'Progressing' };
}

function claimHealth(object: KubernetesObject): Health {
  switch (object.status?.phase) {
    case 'Bound':
      return healthy();
    case 'Lost':
      return degraded();
    default:
      return { status: 'Progressing' };
  }
}

function rolloutHealth({ status = {} }: KubernetesObject): Health {
  const { phase, message } = status;
  switch (phase) {
    case 'Healthy':
      return healthy(message);
    case 'Paused':
      return { status: 'Suspended', message };
    case 'Degraded':
      return degraded(message);
    default:
      return progressing(message ?? 'Waiting for rollout to finish');
  }
}

function externalSecretHealth(object: KubernetesObject): Health {
  const ready = findCondition(object.status?.conditions, 'Ready');
  if (!ready) {
    return progressing('Waiting for ExternalSecret');
  }
  return ready.status === 'True'
    ? healthy(ready.message)
    : degraded(ready.message);
}

/** By the phase of Flagger. */
function canaryHealth({ status }: KubernetesObject): Health {
  const [promoted] = status?.conditions ?? [];
  const message = promoted?.message;
  switch (status?.phase) {
    case 'Failed':
      return degraded(message);
    case 'Initialized':
    case 'Succeeded':
      return healthy(message);
    default:
      return progressing(message ?? 'Waiting for the first look');
  }
}

/** Kinds with a health of their own; everything else has none, as in Argo CD. */
const ASSESSMENTS: Record<string, Assessment> = {
  Deployment: deploymentHealth,
  ReplicaSet: replicaSetHealth,
  StatefulSet: statefulSetHealth,
  Pod: podHealth,
  Service: serviceHealth,
  Ingress: ingressHealth,
  Job: jobHealth,
  PersistentVolumeClaim: claimHealth,
  ExternalSecret: externalSecretHealth,
  Rollout: rolloutHealth,
  Canary: canaryHealth,
};

/**
 * The health of an object by its kind, with the wording of Argo CD; undefined for kinds that
 * have no health (a ConfigMap exists or it does not).
 */
export function assessHealth(object: KubernetesObject): Health | undefined {
  if (object.metadata.deletionTimestamp) {
    return progressing('Pending deletion');
  }
  const health = ASSESSMENTS[object.kind]?.(object);
  return health && health.message === undefined
    ? { status: health.status }
    : health;
}

/** How Flux sees an object: the words of kstatus. */
export type ReadinessStatus = 'Current' | 'InProgress' | 'Failed' | 'NotFound';

/** Readiness for Flux's health checks, from the same assessment and from `Ready`. */
export function assessReadiness(
  object: KubernetesObject | undefined,
): ReadinessStatus {
  if (!object) {
    return 'NotFound';
  }
  if (['Rollout', 'Canary'].includes(object.kind)) {
    // Nothing that kstatus knows: it is there, and that is all.
    return 'Current';
  }
  const health = assessHealth(object);
  // What is tried again and again may still come up; only a given-up rollout is a failure.
  if (health?.status === 'Degraded') {
    return ['Pod', 'ExternalSecret'].includes(object.kind)
      ? 'InProgress'
      : 'Failed';
  }
  if (health) {
    return health.status === 'Healthy' ? 'Current' : 'InProgress';
  }
  const ready = findCondition(object.status?.conditions, 'Ready');
  if (ready || object.status?.observedGeneration !== undefined) {
    return ready?.status === 'True' && isObserved(object)
      ? 'Current'
      : 'InProgress';
  }
  return 'Current';
}
