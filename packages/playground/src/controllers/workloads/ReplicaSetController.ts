import { randomUUID } from 'node:crypto';
import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { findCondition } from '../objects/conditions';
import { safeHash } from '../objects/digest';
import { keyOf, POD, REPLICA_SET } from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { Reconciler } from '../Reconciler';
import { isOwnedBy, ownedBy, ownerKeys } from './owners';

/** Stands in for the replica set controller: as many pods as are wanted. */
export function createReplicaSetController(
  context: ControllerContext,
): Controller {
  return new Reconciler({
    ...context,
    name: 'replicaset-controller',
    kind: REPLICA_SET,
    watches: [{ kind: POD, keys: ownerKeys('ReplicaSet') }],
    reconcile: set => reconcile(context, set),
  });
}

function isReady(pod: KubernetesObject): boolean {
  return findCondition(pod.status?.conditions, 'Ready')?.status === 'True';
}

function reconcile(
  context: ControllerContext,
  set: KubernetesObject,
): undefined {
  if (set.metadata.deletionTimestamp) {
    return;
  }
  const { cluster } = context;
  const pods = cluster
    .list(POD, { namespace: set.metadata.namespace })
    .filter(pod => isOwnedBy(pod, set) && !pod.metadata.deletionTimestamp)
    .sort(readyAndOldFirst);
  const wanted = set.spec.replicas ?? 1;
  for (const surplus of pods.splice(wanted)) {
    cluster.delete(keyOf(surplus));
    record(context, set, {
      reason: 'SuccessfulDelete',
      message: `Deleted pod: ${surplus.metadata.name}`,
    });
  }
  while (pods.length < wanted) {
    pods.push(createPod(context, set));
  }
  const ready = pods.filter(isReady).length;
  writeStatus(cluster, set, {
    ...set.status,
    replicas: pods.length,
    fullyLabeledReplicas: pods.length || undefined,
    readyReplicas: ready || undefined,
    availableReplicas: ready || undefined,
    observedGeneration: set.metadata.generation,
  });
}

function readyAndOldFirst(
  left: KubernetesObject,
  right: KubernetesObject,
): number {
  const byReady = Number(isReady(right)) - Number(isReady(left));
  const created = (pod: KubernetesObject) =>
    Date.parse(pod.metadata.creationTimestamp ?? '');
  return byReady || created(left) - created(right);
}

function createPod(
  context: ControllerContext,
  set: KubernetesObject,
): KubernetesObject {
  const { template } = set.spec;
  const { name, namespace } = set.metadata;
  const pod = context.cluster.create({
    ...POD,
    metadata: {
      name: `${name}-${safeHash(randomUUID(), 5)}`,
      namespace,
      labels: template.metadata?.labels,
      annotations: template.metadata?.annotations,
      ownerReferences: ownedBy(set),
    },
    spec: { restartPolicy: 'Always', ...template.spec },
  });
  record(context, set, {
    reason: 'SuccessfulCreate',
    message: `Created pod: ${pod.metadata.name}`,
  });
  return pod;
}

function record(
  { events }: ControllerContext,
  set: KubernetesObject,
  event: { reason: string; message: string },
): void {
  events.record(set, { ...event, component: 'replicaset-controller' });
}
