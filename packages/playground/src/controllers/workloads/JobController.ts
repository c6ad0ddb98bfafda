import { Controller, KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import {
  preciseTimestamp,
  timestamp,
  withCondition,
} from '../objects/conditions';
import { JOB } from '../objects/kinds';
import { writeStatus } from '../objects/writeStatus';
import { Reconciler } from '../Reconciler';
import { Container, fateOf } from './containers';

/**
 * Stands in for the job controller and its pods at once: a job runs as long as a pod needs
 * to be ready, then completes, or fails when its image is broken. It makes no pods.
 */
export function createJobController(context: ControllerContext): Controller {
  return new Reconciler({
    ...context,
    name: 'job-controller',
    kind: JOB,
    reconcile: job => reconcile(context, job),
  });
}

function reconcile(
  { cluster, timing }: ControllerContext,
  job: KubernetesObject,
): number | undefined {
  const { startTime, conditions } = job.status ?? {};
  if (
    job.metadata.deletionTimestamp ||
    job.spec.suspend ||
    conditions?.length
  ) {
    return undefined;
  }
  if (!startTime) {
    const status = { active: 1, ready: 1, startTime: preciseTimestamp() };
    writeStatus(cluster, job, status);
    return timing.podReadyMs[1];
  }
  const left = Date.parse(startTime) + timing.podReadyMs[1] - Date.now();
  if (left > 0) {
    return left;
  }
  const containers: Container[] = job.spec.template?.spec?.containers ?? [];
  const works = containers.every(({ image }) => fateOf(image) === 'runs');
  writeStatus(cluster, job, {
    startTime,
    ...(works ? { succeeded: 1, completionTime: timestamp() } : { failed: 1 }),
    conditions: withCondition(
      [],
      works
        ? { type: 'Complete', status: 'True', reason: 'CompletionsReached' }
        : {
            type: 'Failed',
            status: 'True',
            reason: 'BackoffLimitExceeded',
            message: 'Job has reached the specified backoff limit',
          },
    ),
  });
  return undefined;
}
