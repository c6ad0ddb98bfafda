import type { Application, Deployment } from '@fairway/plugin-gitops-common';
import type { FactFailure } from '../store';
import { bringsImages } from './bringsImages';

/** Clocks of clusters that are further apart are told of. */
const CLOCKS_DIFFER_MILLIS = 30_000;

/** What is known of the application in which something failed. */
export interface FailedIn {
  application: Pick<Application, 'operation'>;
  /** Newest first. */
  deployments: readonly Deployment[];
}

function beganAt({ startedAt, finishedAt }: Deployment): string {
  return startedAt ?? finishedAt;
}

function isSoonEnough(time: string | undefined, failure: FactFailure): boolean {
  return (
    time === undefined ||
    Date.parse(time) <= Date.parse(failure.startedAt) + CLOCKS_DIFFER_MILLIS
  );
}

/**
 * The deployment that a failure is one of; undefined while that cannot be told. Pure.
 *
 * @remarks
 * A rollout may be aborted long before its deployment is recorded: while the engine waits for it
 * to become healthy, or while the cluster of the application cannot be seen. The deployment before
 * it is not to blame. So nothing is told while the engine is at it, nor while the only deployments
 * known brought another version of the images.
 */
export function failedDeployment(
  failure: FactFailure,
  { application, deployments }: FailedIn,
): Deployment | undefined {
  const own = deployments.filter(
    ({ notCountedReason }) => notCountedReason !== 'same-revision',
  );
  if (isAtIt(failure, application)) {
    const { revision } = application.operation!;
    return own[0]?.revision === revision ? own[0] : undefined;
  }
  const applied = own.find(
    (deployment, index) =>
      deployment.revision === failure.revision &&
      (index === 0 || deployment.finishedAt >= failure.startedAt),
  );
  if (applied) {
    return applied;
  }
  const begun = own.filter(one => isSoonEnough(beganAt(one), failure));
  const latest = begun[0] ?? own.at(-1);
  const { images = [] } = failure;
  if (!latest || bringsImages(latest.images, images) !== false) {
    return latest;
  }
  // Of an application whose images are set beside Git, the revision stays.
  const again = deployments.filter(one => isSoonEnough(beganAt(one), failure));
  return [...begun, ...again].find(
    one => bringsImages(one.images, images) === true,
  );
}

/** True while the engine applies what may be what failed. */
export function isAtIt(
  failure: FactFailure,
  { operation }: FailedIn['application'],
): boolean {
  return (
    (operation?.phase === 'running' || operation?.phase === 'terminating') &&
    isSoonEnough(operation.startedAt, failure)
  );
}

/** When the failure began; a deployment cannot have failed before it began itself. */
export function failedAt(failure: FactFailure, deployment: Deployment): string {
  const earliest =
    deployment.startedAt ??
    (failure.revision ? failure.startedAt : deployment.finishedAt);
  return earliest > failure.startedAt ? earliest : failure.startedAt;
}
