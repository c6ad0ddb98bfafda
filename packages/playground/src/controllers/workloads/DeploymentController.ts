import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { canonicalJson, safeHash } from '../objects/digest';
import { DEPLOYMENT, keyOf, REPLICA_SET } from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { Reconciler } from '../Reconciler';
import { deploymentStatus } from './deploymentStatus';
import { isOwnedBy, ownedBy, ownerKeys } from './owners';
import { nextScaling, Replicas, rolloutLimits } from './rollingUpdate';

const REVISION = 'deployment.kubernetes.io/revision';
const TEMPLATE_HASH = 'pod-template-hash';

/** Stands in for the deployment controller: replica sets per template, rolled over in steps. */
export function createDeploymentController(
  context: ControllerContext,
): Controller {
  return new Reconciler({
    ...context,
    name: 'deployment-controller',
    kind: DEPLOYMENT,
    watches: [{ kind: REPLICA_SET, keys: ownerKeys('Deployment') }],
    reconcile: deployment => reconcile(context, deployment),
  });
}

function reconcile(
  context: ControllerContext,
  deployment: KubernetesObject,
): number | undefined {
  if (deployment.metadata.deletionTimestamp) {
    return undefined;
  }
  const { cluster } = context;
  const owned = () =>
    cluster
      .list(REPLICA_SET, { namespace: deployment.metadata.namespace })
      .filter(set => isOwnedBy(set, deployment));
  const current = ensureCurrent(context, deployment, owned());
  if (!deployment.spec.paused) {
    scale(context, { deployment, current, sets: owned() });
  }
  const sets = owned();
  removeOld(context, { deployment, current, sets });
  const { status, lookAgainMs } = deploymentStatus({
    deployment,
    current: sets.find(set => set.metadata.uid === current.metadata.uid)!,
    sets,
    progressDeadlineMs: context.timing.progressDeadlineMs,
  });
  writeStatus(cluster, deployment, status);
  return lookAgainMs;
}

function revisionOf(object: KubernetesObject): number {
  return Number(object.metadata.annotations?.[REVISION] ?? 0);
}

/** The replica set of the present template: found, or made with no replicas. */
function ensureCurrent(
  { cluster }: ControllerContext,
  deployment: KubernetesObject,
  sets: KubernetesObject[],
): KubernetesObject {
  const { name, namespace, annotations = {} } = deployment.metadata;
  const { template, selector } = deployment.spec;
  const hash = safeHash(canonicalJson(template), 10);
  const found = sets.find(set => set.metadata.labels?.[TEMPLATE_HASH] === hash);
  const latest = Math.max(0, ...sets.map(revisionOf));
  const revision = found && revisionOf(found) === latest ? latest : latest + 1;
  if (annotations[REVISION] !== String(revision)) {
    cluster.patch(keyOf(deployment), {
      metadata: { annotations: { [REVISION]: String(revision) } },
    });
  }
  const revisionAnnotation = { [REVISION]: String(revision) };
  if (found) {
    // A template that comes back takes over its old set, under a new revision.
    return revisionOf(found) === revision
      ? found
      : cluster.patch(keyOf(found), {
          metadata: { annotations: revisionAnnotation },
        });
  }
  const labels = { ...template.metadata?.labels, [TEMPLATE_HASH]: hash };
  return cluster.create({
    ...REPLICA_SET,
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: { ...annotations, ...revisionAnnotation },
      ownerReferences: ownedBy(deployment),
    },
    spec: {
      replicas: 0,
      selector: {
        matchLabels: { ...selector?.matchLabels, [TEMPLATE_HASH]: hash },
      },
      template: {
        ...template,
        metadata: { ...template.metadata, labels },
      },
    },
  });
}

function replicasOf(set: KubernetesObject): Replicas {
  return {
    name: set.metadata.name,
    wanted: set.spec.replicas ?? 0,
    existing: set.status?.replicas ?? 0,
    available: set.status?.availableReplicas ?? 0,
  };
}

function scale(
  { cluster, events }: ControllerContext,
  options: {
    deployment: KubernetesObject;
    current: KubernetesObject;
    sets: KubernetesObject[];
  },
): void {
  const { deployment, current, sets } = options;
  const wanted = deployment.spec.replicas ?? 1;
  const old = sets
    .filter(set => set.metadata.uid !== current.metadata.uid)
    .sort((left, right) => revisionOf(left) - revisionOf(right))
    .map(replicasOf);
  const recreate = deployment.spec.strategy?.type === 'Recreate';
  const scaling = recreate
    ? recreateScaling(wanted, replicasOf(current), old)
    : nextScaling({
        wanted,
        ...rolloutLimits(deployment),
        current: replicasOf(current),
        old,
      });
  for (const [name, replicas] of scaling) {
    const set = sets.find(candidate => candidate.metadata.name === name)!;
    const before = set.spec.replicas ?? 0;
    cluster.patch(keyOf(set), { spec: { replicas } });
    events.record(deployment, {
      reason: 'ScalingReplicaSet',
      message: `Scaled ${
        replicas > before ? 'up' : 'down'
      } replica set ${name} from ${before} to ${replicas}`,
      component: 'deployment-controller',
    });
  }
}

/** `strategy: Recreate`: nothing new before everything old is gone. */
function recreateScaling(
  wanted: number,
  current: Replicas,
  old: Replicas[],
): Map<string, number> {
  const running = old.filter(set => set.wanted > 0);
  if (running.length > 0) {
    return new Map(running.map(set => [set.name, 0]));
  }
  const gone = old.every(set => set.existing === 0);
  return new Map(
    gone && current.wanted !== wanted ? [[current.name, wanted]] : [],
  );
}

function removeOld(
  { cluster }: ControllerContext,
  options: {
    deployment: KubernetesObject;
    current: KubernetesObject;
    sets: KubernetesObject[];
  },
): void {
  const limit = options.deployment.spec.revisionHistoryLimit ?? 10;
  const idle = options.sets
    .filter(set => set.metadata.uid !== options.current.metadata.uid)
    .filter(set => !set.spec.replicas && !set.status?.replicas)
    .sort((left, right) => revisionOf(right) - revisionOf(left));
  for (const set of idle.slice(limit)) {
    cluster.delete(keyOf(set));
  }
}
