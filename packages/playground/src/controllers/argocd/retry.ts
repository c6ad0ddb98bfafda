import { Timing } from '../timing';
import { OperationState } from './types';

const DEFAULT_FACTOR = 2;

interface Retry {
  /** How long the next attempt still waits; absent when it is due. */
  waitMs?: number;
  /** The state that the attempt starts from. */
  state: OperationState;
  /** What an attempt that failed becomes while attempts are left. */
  after(state: OperationState): OperationState;
}

/**
 * `retry` of an operation. While attempts are left a failure stays `Running`, its
 * `finishedAt` being the time of the failure, and is tried again after a growing pause
 * (Argo CD's 5 s are scaled to `selfHealMs`).
 */
export function retryOperation(state: OperationState, timing: Timing): Retry {
  const { limit = 0, backoff } = state.operation.retry ?? {};
  const count = state.retryCount ?? 0;
  const after = (next: OperationState): OperationState => {
    const isFailure = next.phase === 'Failed' || next.phase === 'Error';
    if (!isFailure || state.phase === 'Terminating' || count >= limit) {
      return next;
    }
    return {
      ...next,
      phase: 'Running',
      message: `${next.message}. Retrying attempt #${count + 1}.`,
      retryCount: count + 1,
    };
  };
  if (state.phase === 'Terminating' || !state.finishedAt) {
    return { state, after };
  }
  const pause =
    timing.selfHealMs * (backoff?.factor ?? DEFAULT_FACTOR) ** (count - 1);
  const left = Date.parse(state.finishedAt) + pause - Date.now();
  if (left > 0) {
    return { waitMs: left, state, after };
  }
  const { finishedAt: _, syncResult: __, ...fresh } = state;
  return { state: fresh, after };
}
