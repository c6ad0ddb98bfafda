import { Cluster, Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { canonicalJson, safeHash } from '../objects/digest';
import {
  ANALYSIS_RUN,
  DEPLOYMENT,
  keyOf,
  REPLICA_SET,
  ROLLOUT,
} from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { queueKey, Reconciler } from '../Reconciler';
import { isOwnedBy, ownedBy, ownerKeys } from '../workloads/owners';
import { ensureAnalysisRun, removeAnalysisRuns } from './analysisRuns';
import { advance, CanaryProgress, CanaryStep, podsOf } from './canarySteps';
import { lastProgressAt, rolloutStatus } from './rolloutStatus';

const HASH_LABEL = 'rollouts-pod-template-hash';
const REVISION = 'rollout.argoproj.io/revision';

/**
 * Stands in for Argo Rollouts: canaries with weights, pauses and analysis, aborted when the
 * analysis fails or the pods do not come up. Blue-green is rolled over at once.
 */
export function createRolloutController(
  context: ControllerContext,
): Controller {
  const { cluster } = context;
  return new Reconciler({
    ...context,
    name: 'rollouts',
    kind: ROLLOUT,
    watches: [
      { kind: REPLICA_SET, keys: ownerKeys('Rollout') },
      { kind: ANALYSIS_RUN, keys: ownerKeys('Rollout') },
      {
        kind: DEPLOYMENT,
        keys: ({ object: { metadata } }) =>
          cluster
            .list(ROLLOUT, { namespace: metadata.namespace })
            .filter(({ spec }) => spec.workloadRef?.name === metadata.name)
            .map(rollout => queueKey(rollout.metadata)),
      },
    ],
    reconcile: rollout => reconcile(context, rollout),
  });
}

/** The pods' template: its own, or that of the Deployment that it refers to. */
function workloadOf(
  cluster: Cluster,
  { spec, metadata }: KubernetesObject,
): { template: KubernetesObject['spec']; selector?: object } | undefined {
  const { workloadRef } = spec;
  if (!workloadRef) {
    return (
      spec.template && { template: spec.template, selector: spec.selector }
    );
  }
  const workload = cluster.get({
    ...DEPLOYMENT,
    namespace: metadata.namespace,
    name: workloadRef.name,
  });
  return (
    workload && {
      template: workload.spec.template,
      selector: workload.spec.selector,
    }
  );
}

function reconcile(
  context: ControllerContext,
  rollout: KubernetesObject,
): number | undefined {
  const { cluster, timing } = context;
  if (rollout.metadata.deletionTimestamp) {
    return undefined;
  }
  const workload = workloadOf(cluster, rollout);
  if (!workload) {
    writeStatus(cluster, rollout, {
      ...rollout.status,
      phase: 'Degraded',
      message: `InvalidSpec: The Rollout "${
        rollout.metadata.name
      }" is invalid: spec.workloadRef.name: Invalid value: "${
        rollout.spec.workloadRef?.name ?? ''
      }": the workload is not there`,
    });
    return timing.retryMs;
  }
  // Another hash than that of a Deployment of the same name and template.
  const hash = safeHash(`rollout ${canonicalJson(workload.template)}`, 10);
  const current = ensureSet(cluster, { rollout, hash, ...workload });
  const steps: CanaryStep[] = rollout.spec.strategy?.canary?.steps ?? [];
  if (rollout.status?.abortedAt && !rollout.status.abort) {
    removeAnalysisRuns(cluster, rollout, hash);
  }
  const analysis = ensureAnalysisRun(cluster, {
    ...{ rollout, hash, steps, revision: revisionOf(current) },
  });
  const replicas = rollout.spec.replicas ?? 1;
  const overdueAt =
    lastProgressAt(rollout, Date.now()) + timing.progressDeadlineMs;
  const progress = advance(rollout.status ?? {}, {
    ...{ steps, hash, replicas, analysis, now: Date.now() },
    available: current.status?.availableReplicas ?? 0,
    isOverdue:
      rollout.status?.currentPodHash === hash && Date.now() >= overdueAt,
    abortsOverdue: rollout.spec.progressDeadlineAbort === true,
    minuteMs: timing.rolloutMinuteMs,
  });
  scale(context, { rollout, current, progress });
  const sets = setsOf(cluster, rollout);
  const status = rolloutStatus({
    ...{ rollout, progress, sets, hash, analysis },
    revision: revisionOf(current),
  });
  writeStatus(cluster, rollout, status);
  const { phase, lookAgainMs } = progress;
  return phase === 'Progressing'
    ? Math.max(overdueAt - Date.now(), timing.debounceMs)
    : lookAgainMs;
}

function setsOf(
  cluster: Cluster,
  rollout: KubernetesObject,
): KubernetesObject[] {
  return cluster
    .list(REPLICA_SET, { namespace: rollout.metadata.namespace })
    .filter(set => isOwnedBy(set, rollout));
}

function revisionOf(set: KubernetesObject): number {
  return Number(set.metadata.annotations?.[REVISION] ?? 0);
}

/** The replica set of the template: found, or made without pods. */
function ensureSet(
  cluster: Cluster,
  options: {
    rollout: KubernetesObject;
    hash: string;
    template: KubernetesObject['spec'];
    selector?: { matchLabels?: object };
  },
): KubernetesObject {
  const { rollout, hash, template, selector } = options;
  const { name, namespace } = rollout.metadata;
  const sets = setsOf(cluster, rollout);
  const found = sets.find(set => set.metadata.labels?.[HASH_LABEL] === hash);
  if (found) {
    return found;
  }
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  return cluster.create({
    ...REPLICA_SET,
    metadata: {
      ...{ namespace, name: `${name}-${hash}`, labels },
      annotations: {
        [REVISION]: String(Math.max(0, ...sets.map(revisionOf)) + 1),
      },
      ownerReferences: ownedBy(rollout),
    },
    spec: {
      replicas: 0,
      selector: {
        matchLabels: { ...selector?.matchLabels, [HASH_LABEL]: hash },
      },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
}

/** With a router for the traffic the stable pods stay until the end; else the pods are shared. */
function scale(
  { cluster }: ControllerContext,
  options: {
    rollout: KubernetesObject;
    current: KubernetesObject;
    progress: CanaryProgress;
  },
): void {
  const { rollout, current, progress } = options;
  const { stableRS, currentPodHash } = progress.state;
  const replicas = rollout.spec.replicas ?? 1;
  const canary = podsOf(progress.weight, replicas);
  const isDone = stableRS === currentPodHash;
  const isRouted = Boolean(rollout.spec.strategy?.canary?.trafficRouting);
  for (const set of setsOf(cluster, rollout)) {
    const hash = set.metadata.labels?.[HASH_LABEL];
    const stable = isRouted ? replicas : replicas - canary;
    let wanted = 0;
    if (set.metadata.uid === current.metadata.uid) {
      wanted = canary;
    } else if (hash === stableRS && !isDone) {
      wanted = stable;
    }
    if ((set.spec.replicas ?? 0) !== wanted) {
      cluster.patch(keyOf(set), { spec: { replicas: wanted } });
    }
  }
  removeOld(cluster, rollout, [stableRS, currentPodHash]);
}

function removeOld(
  cluster: Cluster,
  rollout: KubernetesObject,
  inUse: ReadonlyArray<string | undefined>,
): void {
  const idle = setsOf(cluster, rollout)
    .filter(({ metadata }) => !inUse.includes(metadata.labels?.[HASH_LABEL]))
    .filter(({ spec, status }) => !spec.replicas && !status?.replicas)
    .sort((left, right) => revisionOf(right) - revisionOf(left));
  for (const set of idle.slice(rollout.spec.revisionHistoryLimit ?? 10)) {
    cluster.delete(keyOf(set));
  }
}
