import { Cluster, ObjectKey } from '../../types';
import { assessReadiness, ReadinessStatus } from '../health';
import { formatDuration } from './fluxObjects';

/** Where a health check stands. */
export interface HealthCheck {
  phase: 'passed' | 'waiting' | 'failed';
  /** For failed: Flux's text. */
  message?: string;
}

/**
 * Waits for objects as Flux does: all current is a pass, none left that could still become
 * so is an early failure, and a timeout names those that were not ready.
 */
export function checkHealth(options: {
  cluster: Cluster;
  keys: ObjectKey[];
  startedAt: number;
  timeoutMs: number;
}): HealthCheck {
  const { cluster, keys, startedAt, timeoutMs } = options;
  const pending: Array<{ key: ObjectKey; status: ReadinessStatus }> = keys
    .map(key => ({ key, status: assessReadiness(cluster.get(key)) }))
    .filter(({ status }) => status !== 'Current');
  if (pending.length === 0) {
    return { phase: 'passed' };
  }
  const elapsedMs = Date.now() - startedAt;
  const describe = (items: typeof pending) =>
    items
      .map(
        ({ key, status }) =>
          `${key.kind}/${key.namespace ? `${key.namespace}/` : ''}${
            key.name
          } status: '${status}'`,
      )
      .join(', ');
  const stalled = pending.filter(({ status }) => status === 'Failed');
  if (stalled.length === pending.length) {
    return {
      phase: 'failed',
      message: `health check failed after ${formatDuration(
        elapsedMs,
      )}: failed early due to stalled resources: [${describe(stalled)}]`,
    };
  }
  return elapsedMs < timeoutMs
    ? { phase: 'waiting' }
    : {
        phase: 'failed',
        message: `health check failed after ${formatDuration(
          elapsedMs,
        )}: timeout waiting for: [${describe(pending)}]`,
      };
}
