import { isDeepStrictEqual } from 'node:util';
import { KubernetesObject } from '../../types';
import { groupOf } from '../objects/kinds';
import { Timing } from '../timing';
import { syncStatus } from './applicationStatus';
import { Comparison, Operation, OperationState } from './types';

const LONGEST_SELF_HEAL_MS = 30_000;

/** What automated sync makes of a comparison. */
export interface AutoSyncDecision {
  /** The operation to start, if any. */
  operation?: Operation;
  /** Text of a `SyncError` condition. */
  error?: string;
  /** When to decide again. */
  waitMs?: number;
}

/**
 * Automated sync by Argo CD's rules: only what is OutOfSync, only once per revision and
 * source unless self-heal is on, and never when the last attempt at the revision failed.
 */
export function decideAutoSync(options: {
  application: KubernetesObject;
  comparison: Comparison;
  timing: Timing;
}): AutoSyncDecision {
  const { application, comparison } = options;
  const { automated, retry, syncOptions } = application.spec.syncPolicy ?? {};
  const isAutomated = automated && automated.enabled !== false;
  if (!isAutomated || syncStatus(comparison) !== 'OutOfSync') {
    return {};
  }
  const outOfSync = comparison.resources.filter(
    ({ status }) => status === 'OutOfSync',
  );
  const prune = automated.prune === true;
  if (!prune && outOfSync.every(resource => resource.requiresPruning)) {
    return {};
  }
  const wipesOut =
    prune && comparison.resources.every(resource => resource.requiresPruning);
  if (wipesOut && !automated.allowEmpty) {
    return {
      error: `Skipping sync attempt to ${comparison.revision}: auto-sync will wipe out all resources`,
    };
  }
  const operation: Operation = {
    sync: {
      revision: comparison.revision,
      ...(prune && { prune }),
      ...(syncOptions && { syncOptions }),
    },
    initiatedBy: { automated: true },
    ...(retry && { retry }),
  };
  const last: OperationState | undefined = application.status?.operationState;
  if (!last || !attempted(last, comparison)) {
    return { operation };
  }
  if (last.phase !== 'Succeeded') {
    return {
      error: `Failed last sync attempt to ${comparison.revision}: ${last.message}`,
    };
  }
  return automated.selfHeal ? selfHeal({ ...options, operation, last }) : {};
}

function attempted(last: OperationState, comparison: Comparison): boolean {
  const { operation, syncResult } = last;
  return (
    !operation.sync?.dryRun &&
    (syncResult?.revision ?? operation.sync?.revision) ===
      comparison.revision &&
    (!syncResult || isDeepStrictEqual(syncResult.source, comparison.source))
  );
}

/** Puts back only what departs, with growing pauses while it keeps departing. */
function selfHeal(options: {
  comparison: Comparison;
  timing: Timing;
  operation: Operation;
  last: OperationState;
}): AutoSyncDecision {
  const { comparison, timing, operation, last } = options;
  const attempts = last.operation.sync?.autoHealAttemptsCount ?? 0;
  const pause = Math.min(
    timing.selfHealMs * 3 ** attempts,
    LONGEST_SELF_HEAL_MS,
  );
  const left = Date.parse(last.finishedAt!) + pause - Date.now();
  if (left > 0) {
    return { waitMs: left };
  }
  // A drift long after the last one is a new one, not another failed attempt.
  const isRepeated = -left < LONGEST_SELF_HEAL_MS;
  const resources = comparison.resources
    .filter(({ status }) => status === 'OutOfSync')
    .map(({ key }) => ({
      group: groupOf(key),
      kind: key.kind,
      name: key.name,
      namespace: key.namespace,
    }));
  return {
    operation: {
      ...operation,
      sync: {
        ...operation.sync,
        resources,
        autoHealAttemptsCount: isRepeated ? attempts + 1 : 1,
      },
    },
  };
}
