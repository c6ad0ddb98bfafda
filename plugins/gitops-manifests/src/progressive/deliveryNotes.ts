import type { DeliveryTarget } from './findTarget';
import type { ProgressiveModel } from './ProgressiveModel';

/** What a person should know before merging, in sentences. */
export function deliveryNotes(
  model: ProgressiveModel,
  targets: DeliveryTarget[],
): string[] {
  const [{ deployment }] = targets;
  return model.controller === 'argo-rollouts'
    ? [...rolloutPhase(model, deployment), ...rolloutTraffic(model, targets)]
    : [...flaggerPhase(model, deployment), ...flaggerPods(model, targets)];
}

function rolloutPhase(model: ProgressiveModel, deployment: string): string[] {
  return model.phase === 'prepare'
    ? [
        `The Rollout "${deployment}-rollout" runs beside the Deployment "${deployment}", which serves on: for a while there are twice as many pods. Once it is healthy, run the phase "switch"; until then a new version is not held back by the Deployment's own pods.`,
      ]
    : [
        `The Deployment "${deployment}" steps down to no pods, and stays as the place of the pod template. Merge it only while the Rollout is healthy. From now on a new image goes through the steps; to go back, revert this change.`,
      ];
}

function rolloutTraffic(
  model: ProgressiveModel,
  targets: DeliveryTarget[],
): string[] {
  const notes: string[] = [];
  const isCanary = model.strategy === 'canary';
  if (isCanary && model.routing === 'none') {
    const fewest = Math.min(...targets.map(target => target.replicas));
    const [{ weight }] = model.steps;
    notes.push(
      `Without traffic routing a share is a share of pods: of ${fewest}, ${weight} per cent are at least one.`,
    );
  }
  if (isCanary && ['istio', 'gateway-api'].includes(model.routing)) {
    notes.push(
      'Argo Rollouts changes the weights of the route in the cluster. A sync in the middle of a rollout sets them back for a moment; with Argo CD, ignore them in the Application (ignoreDifferences with jqPathExpressions, and the sync option RespectIgnoreDifferences=true).',
    );
  }
  if (model.engine === 'flux' && (!isCanary || model.routing !== 'none')) {
    notes.push(
      'Argo Rollouts adds a label to the selectors of the Services. Flux takes it away when it applies, and Argo Rollouts sets it again at once; to keep Flux from it, ignore the selector in the Kustomization.',
    );
  }
  if (!model.analysis) {
    notes.push(
      'Nothing is measured: a bad version goes on unless somebody aborts it.',
    );
  }
  return notes;
}

function flaggerPhase(model: ProgressiveModel, deployment: string): string[] {
  return model.phase === 'prepare'
    ? [
        'Nothing changes yet in what runs: the engine is told to leave the Service (and the route) in the cluster when Git no longer names it. Once this is synced, run the phase "switch".',
      ]
    : [
        `Flagger copies "${deployment}" to "${deployment}-primary", waits until that is ready, and only then sends traffic to it. The Service and the route are Flagger's from then on.`,
      ];
}

function flaggerPods(
  model: ProgressiveModel,
  targets: DeliveryTarget[],
): string[] {
  return [
    ...(model.phase === 'switch' && targets.some(target => !target.autoscaler)
      ? [
          'Between releases Flagger runs no pods of the Deployment itself. Git says how many there are to be, so that a sync starts them again, idle: an autoscaler in place of "replicas" avoids that, or ignoreDifferences on /spec/replicas with Argo CD.',
        ]
      : []),
    ...(model.routing === 'gateway-api'
      ? [
          'Flagger measures http_request_duration_seconds of the pods themselves: the service must have it.',
        ]
      : []),
  ];
}
