import { Cluster, ObjectKey } from '../../types';
import { assessReadiness, ReadinessStatus } from '../health';

/** Where a health check stands. */
export interface HealthCheck {
  phase: 'passed' | 'waiting' | 'failed';
  /** For failed: what was not ready, in Flux's words. */
  cause?: string;
  elapsedMs: number;
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
  const elapsedMs = Date.now() - startedAt;
  if (pending.length === 0) {
    return { phase: 'passed', elapsedMs };
  }
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
    const cause = `failed early due to stalled resources: [${describe(
      stalled,
    )}]`;
    return { phase: 'failed', cause, elapsedMs };
  }
  if (elapsedMs < timeoutMs) {
    return { phase: 'waiting', elapsedMs };
  }
  const cause = `timeout waiting for: [${describe(pending)}]`;
  return { phase: 'failed', cause, elapsedMs };
}
