import { Cluster, KubernetesObject } from '../../types';
import { ANALYSIS_RUN, ANALYSIS_TEMPLATE, keyOf } from '../objects/kinds';
import { ownedBy } from '../workloads/owners';
import { CanaryStep } from './canarySteps';

/** Where the analysis of a step is. */
export interface StepAnalysis {
  name: string;
  phase: string;
  message?: string;
}

/** The analysis of the step where a rollout is: found, or begun. */
export function ensureAnalysisRun(
  cluster: Cluster,
  options: {
    rollout: KubernetesObject;
    hash: string;
    steps: readonly CanaryStep[];
    revision: number;
  },
): StepAnalysis | undefined {
  const { rollout, hash, steps, revision } = options;
  const { currentPodHash, currentStepIndex = 0, abort } = rollout.status ?? {};
  const step = steps[currentStepIndex]?.analysis;
  if (!step || currentPodHash !== hash || abort) {
    return undefined;
  }
  const { namespace, name } = rollout.metadata;
  const key = {
    ...ANALYSIS_RUN,
    namespace,
    name: `${name}-${hash}-${revision}-${currentStepIndex}`,
  };
  const run =
    cluster.get(key) ??
    cluster.create({
      ...ANALYSIS_RUN,
      metadata: {
        ...{ namespace, name: key.name },
        labels: {
          'rollout-type': 'Step',
          'rollouts-pod-template-hash': hash,
          'step-index': String(currentStepIndex),
        },
        ownerReferences: ownedBy(rollout),
      },
      spec: {
        args: step.args ?? [],
        metrics: (step.templates ?? []).flatMap(({ templateName }) =>
          metricsOf(cluster, namespace, templateName),
        ),
      },
    });
  const { phase = 'Pending', message } = run.status ?? {};
  return { name: key.name, phase, message };
}

/** A retry begins its analyses anew. */
export function removeAnalysisRuns(
  cluster: Cluster,
  rollout: KubernetesObject,
  hash: string,
): void {
  const { namespace } = rollout.metadata;
  const labels = { 'rollouts-pod-template-hash': hash };
  for (const run of cluster.list(ANALYSIS_RUN, { namespace, labels })) {
    cluster.delete(keyOf(run));
  }
}

function metricsOf(
  cluster: Cluster,
  namespace: string | undefined,
  name: string,
): object[] {
  const template = cluster.get({ ...ANALYSIS_TEMPLATE, namespace, name });
  // A metric without a provider is what the analysis fails with.
  return template?.spec.metrics ?? [{ name }];
}
