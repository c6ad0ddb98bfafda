import { KubernetesObject } from '../../types';

/** The phases of Flagger that are stood in for. */
export type CanaryPhase =
  | 'Initializing'
  | 'Initialized'
  | 'Progressing'
  | 'Promoting'
  | 'Finalising'
  | 'Succeeded'
  | 'Failed';

/** What a Canary says of itself. */
export interface CanaryStatus {
  phase?: CanaryPhase;
  canaryWeight?: number;
  failedChecks?: number;
  iterations?: number;
  lastAppliedSpec?: string;
  lastPromotedSpec?: string;
  lastTransitionTime?: string;
  conditions?: object[];
  trackedConfigs?: object;
}

/** Whether it is promoted, by the phase, and how Flagger says it. */
const PROMOTED: Record<CanaryPhase, [string, string]> = {
  Initializing: [
    'Unknown',
    'New Deployment detected, starting initialization.',
  ],
  Initialized: ['True', 'Deployment initialization completed.'],
  Progressing: [
    'Unknown',
    'New revision detected, progressing canary analysis.',
  ],
  Promoting: [
    'Unknown',
    'Canary analysis completed, starting primary rolling update.',
  ],
  Finalising: [
    'Unknown',
    'Canary analysis completed, routing all traffic to primary.',
  ],
  Succeeded: [
    'True',
    'Canary analysis completed successfully, promotion finished.',
  ],
  Failed: ['False', 'Canary analysis failed, Deployment scaled to zero.'],
};

/** The status after something happened, with the time at which it did. */
export function canaryStatus(
  canary: KubernetesObject,
  change: CanaryStatus & { phase: CanaryPhase },
): CanaryStatus {
  const before: CanaryStatus = canary.status ?? {};
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  const [status, message] = PROMOTED[change.phase];
  return {
    ...{ canaryWeight: 0, failedChecks: 0, iterations: 0, trackedConfigs: {} },
    ...before,
    ...change,
    lastTransitionTime: now,
    conditions:
      before.phase === change.phase
        ? before.conditions
        : [
            {
              type: 'Promoted',
              ...{ status, message, reason: change.phase },
              ...{ lastTransitionTime: now, lastUpdateTime: now },
            },
          ],
  };
}
