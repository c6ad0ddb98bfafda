import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { Condition, findCondition } from '../objects/conditions';
import {
  DEPLOYMENT,
  GIT_REPOSITORY,
  keyOf,
  KUSTOMIZATION,
  STATEFUL_SET,
} from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { queueKey, Reconciler } from '../Reconciler';
import { setConditions, waiting } from './fluxConditions';
import { FINALIZER, isRequested, requestedAt, sourceKey } from './fluxObjects';
import { finalizeKustomization } from './finalizeKustomization';
import { KustomizationRun } from './KustomizationRun';
import { markSeen } from './markSeen';

const OWNER_NAME = 'kustomize.toolkit.fluxcd.io/name';
const OWNER_NAMESPACE = 'kustomize.toolkit.fluxcd.io/namespace';

/** What is remembered of the last attempt; nothing after a start, which reconciles once. */
interface Attempt {
  at: number;
  revision: string;
  generation?: number;
  request?: string;
  succeeded: boolean;
}

/** Stands in for Flux's kustomize controller. */
export function createKustomizationController(
  context: ControllerContext,
): Controller {
  const { cluster } = context;
  const runs = new Map<string, KustomizationRun>();
  const attempts = new Map<string, Attempt>();
  const owner = ({ object }: { object: KubernetesObject }) => {
    const { [OWNER_NAME]: name, [OWNER_NAMESPACE]: namespace } =
      object.metadata.labels ?? {};
    // Only those that are waited for: drift is corrected at the next interval, as in Flux.
    const key = `${namespace}/${name}`;
    return name && runs.has(key) ? [key] : [];
  };
  return new Reconciler({
    ...context,
    name: 'kustomize-controller',
    kind: KUSTOMIZATION,
    watches: [
      { kind: DEPLOYMENT, keys: owner },
      { kind: STATEFUL_SET, keys: owner },
      {
        kind: GIT_REPOSITORY,
        keys: ({ object }) =>
          cluster
            .list(KUSTOMIZATION)
            .filter(
              candidate =>
                sourceKey(candidate, candidate.spec.sourceRef) ===
                queueKey(object.metadata),
            )
            .map(({ metadata }) => queueKey(metadata)),
      },
    ],
    reconcile: kustomization =>
      reconcile(context, { kustomization, runs, attempts }),
  });
}

interface Reconciliation {
  kustomization: KubernetesObject;
  runs: Map<string, KustomizationRun>;
  attempts: Map<string, Attempt>;
}

async function reconcile(
  context: ControllerContext,
  { kustomization, runs, attempts }: Reconciliation,
): Promise<number | undefined> {
  const { cluster, timing } = context;
  const { metadata, spec } = kustomization;
  const key = queueKey(metadata);
  if (metadata.deletionTimestamp || spec.suspend) {
    runs.delete(key);
    attempts.delete(key);
    if (metadata.deletionTimestamp) {
      return finalizeKustomization(context, kustomization);
    }
    markSeen(cluster, kustomization, {
      withGeneration:
        findCondition(kustomization.status?.conditions, 'Ready')?.status ===
        'True',
    });
    return undefined;
  }
  if (!metadata.finalizers?.includes(FINALIZER)) {
    const finalizers = [...(metadata.finalizers ?? []), FINALIZER];
    cluster.patch(keyOf(kustomization), { metadata: { finalizers } });
    return 0;
  }
  const obstacle = findObstacle(context, kustomization);
  if (obstacle) {
    writeFailure(context, kustomization, obstacle);
    return timing.retryMs;
  }
  const revision = artifactRevision(context, kustomization)!;
  const run = runs.get(key);
  if (run && run.isFor(kustomization, revision)) {
    return proceed(context, { kustomization, runs, attempts }, run);
  }
  runs.delete(key);
  const waitMs = untilDue(context, kustomization, {
    revision,
    last: attempts.get(key),
  });
  if (waitMs > 0) {
    return waitMs;
  }
  const started = new KustomizationRun({ context, kustomization, revision });
  runs.set(key, started);
  started.announce();
  return proceed(context, { kustomization, runs, attempts }, started);
}

/** Takes a run as far as it goes now; it waits for health while the queue goes on. */
async function proceed(
  { cluster, timing }: ControllerContext,
  { kustomization, runs, attempts }: Reconciliation,
  run: KustomizationRun,
): Promise<number | undefined> {
  const key = queueKey(kustomization.metadata);
  const outcome = await run.advance();
  if (outcome === 'waiting') {
    return Math.max(timing.debounceMs, 200);
  }
  runs.delete(key);
  attempts.set(key, {
    at: Date.now(),
    revision: run.revision,
    generation: kustomization.metadata.generation,
    request: run.request,
    succeeded: outcome === 'succeeded',
  });
  // What changed meanwhile (a new artifact, a request) is looked at at once.
  return cluster.get(keyOf(kustomization)) ? timing.debounceMs : undefined;
}

function artifactRevision(
  { cluster }: ControllerContext,
  kustomization: KubernetesObject,
): string | undefined {
  const { sourceRef } = kustomization.spec;
  const source = cluster.get({
    ...GIT_REPOSITORY,
    namespace: sourceRef.namespace ?? kustomization.metadata.namespace,
    name: sourceRef.name,
  });
  return source?.status?.artifact?.revision;
}

/** What stands before a reconciliation: a source, its artifact, dependencies. */
function findObstacle(
  context: ControllerContext,
  kustomization: KubernetesObject,
): { reason: string; message: string } | undefined {
  const { cluster } = context;
  const { spec, metadata } = kustomization;
  const { sourceRef } = spec;
  const namespace = sourceRef.namespace ?? metadata.namespace;
  const reason = 'ArtifactFailed';
  if (namespace !== metadata.namespace) {
    // The controllers run with --no-cross-namespace-refs, as those of several teams do.
    return {
      reason: 'AccessDenied',
      message: `can't access '${sourceRef.kind}/${namespace}/${sourceRef.name}', cross-namespace references have been blocked`,
    };
  }
  if (sourceRef.kind !== GIT_REPOSITORY.kind) {
    return {
      reason,
      message: `the playground has no source of kind '${sourceRef.kind}', only GitRepository`,
    };
  }
  if (!cluster.get({ ...GIT_REPOSITORY, namespace, name: sourceRef.name })) {
    return {
      reason,
      message: `gitrepositories.source.toolkit.fluxcd.io "${sourceRef.name}" not found`,
    };
  }
  if (!artifactRevision(context, kustomization)) {
    return {
      reason,
      message: `Source artifact not found, retrying in ${
        spec.retryInterval ?? spec.interval
      }`,
    };
  }
  for (const dependency of spec.dependsOn ?? []) {
    const key = {
      ...KUSTOMIZATION,
      namespace: dependency.namespace ?? metadata.namespace,
      name: dependency.name as string,
    };
    const problem = whyNotReady(kustomization, cluster.get(key), {
      revision: artifactRevision(context, kustomization)!,
    });
    if (problem) {
      return {
        reason: 'DependencyNotReady',
        message: `dependency '${key.namespace}/${key.name}' ${problem}`,
      };
    }
  }
  return undefined;
}

/** A dependency of the same source must have applied what the source has now. */
function whyNotReady(
  kustomization: KubernetesObject,
  dependency: KubernetesObject | undefined,
  { revision }: { revision: string },
): string | undefined {
  const conditions: Condition[] | undefined = dependency?.status?.conditions;
  const isReady =
    findCondition(conditions, 'Ready')?.status === 'True' &&
    dependency?.status.observedGeneration === dependency?.metadata.generation;
  if (!dependency || !isReady) {
    return 'is not ready';
  }
  const isSameSource =
    sourceKey(dependency, dependency.spec.sourceRef) ===
    sourceKey(kustomization, kustomization.spec.sourceRef);
  return isSameSource && dependency.status.lastAppliedRevision !== revision
    ? 'revision is not up to date'
    : undefined;
}

function writeFailure(
  { cluster }: ControllerContext,
  kustomization: KubernetesObject,
  obstacle: { reason: string; message: string },
): void {
  const { generation } = kustomization.metadata;
  const before: Condition[] | undefined = kustomization.status?.conditions;
  writeStatus(cluster, kustomization, {
    ...kustomization.status,
    lastHandledReconcileAt: requestedAt(kustomization),
    conditions: setConditions(before, {
      generation,
      set: waiting(before, obstacle),
    }),
  });
}

function untilDue(
  { timing }: ControllerContext,
  kustomization: KubernetesObject,
  options: { revision: string; last?: Attempt },
): number {
  const { last, revision } = options;
  const isNew =
    !last ||
    last.revision !== revision ||
    last.generation !== kustomization.metadata.generation ||
    (isRequested(kustomization) && last.request !== requestedAt(kustomization));
  if (isNew) {
    return 0;
  }
  const pause = last.succeeded ? timing.intervalMs : timing.retryMs;
  return Math.max(0, last.at + pause - Date.now());
}
