import type { Deployment } from '@fairway/plugin-gitops-common';

/** What decides how a deployment went. */
export type OutcomeFields = Pick<
  Deployment,
  'outcome' | 'failures' | 'source' | 'notCountedReason'
>;

/**
 * How a deployment went, as the change fail rate counts it: one that needed somebody to step in
 * failed, also when that is over.
 */
export function readDeploymentOutcome(
  deployment: Pick<OutcomeFields, 'outcome' | 'failures'> &
    Partial<OutcomeFields>,
): {
  state: 'succeeded' | 'failed' | 'firstSeen';
  /** Seconds from the first failing signal to the end of the last, when all are over. */
  recoveredAfter?: number;
} {
  const { outcome, failures, source, notCountedReason } = deployment;
  if (outcome === 'succeeded' && failures.length === 0) {
    const isFirst = source === 'observed' && notCountedReason === 'adoption';
    return { state: isFirst ? 'firstSeen' : 'succeeded' };
  }
  const ends = failures.map(({ endedAt }) => Date.parse(endedAt ?? ''));
  const starts = failures.map(({ startedAt }) => Date.parse(startedAt));
  const seconds = (Math.max(...ends) - Math.min(...starts)) / 1000;
  return {
    state: 'failed',
    // Not a number while one of them lasts, infinite when there is none.
    ...(Number.isFinite(seconds) && { recoveredAfter: Math.max(0, seconds) }),
  };
}
