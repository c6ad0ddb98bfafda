import { KubernetesObject } from '../../types';
import { timestamp } from '../objects/conditions';
import { FluxCondition } from './fluxConditions';
import { describeRelease, Snapshot } from './helmHistory';

/** What a status becomes by something that happened to a release. */
interface StatusChange {
  fields: Record<string, unknown>;
  set: FluxCondition[];
  remove?: string[];
}

/** What Flux says of a release that runs. */
export function describeSuccess(
  action: Snapshot['action'],
  snapshot: Snapshot,
): Pick<FluxCondition, 'reason' | 'message'> {
  const isInstall = action === 'install';
  return {
    reason: isInstall ? 'InstallSucceeded' : 'UpgradeSucceeded',
    message: `Helm ${
      isInstall ? 'install' : 'upgrade'
    } succeeded for ${describeRelease(snapshot)}`,
  };
}

/** What an install or an upgrade that failed leaves, and whether it is taken away then. */
export function describeFailure(options: {
  release: KubernetesObject;
  action: 'install' | 'upgrade';
  retries: number;
  /** With the release that failed in front. */
  history: Snapshot[];
  cause: string;
}): StatusChange & { isTakenAway: boolean } {
  const { release, action, retries, history, cause } = options;
  const { metadata, spec, status: before = {} } = release;
  const [failed] = history;
  const [latest]: Snapshot[] = before.history ?? [];
  const isSameAttempt =
    ['failed', 'uninstalled'].includes(latest?.status) &&
    latest.chartVersion === failed.chartVersion &&
    latest.configDigest === failed.configDigest;
  const failures = (isSameAttempt ? before.failures ?? 0 : 0) + 1;
  const isGivenUp = failures > retries;
  const reason = action === 'install' ? 'InstallFailed' : 'UpgradeFailed';
  const message = `Helm ${action} failed for release ${failed.namespace}/${failed.name} with chart ${failed.chartName}@${failed.chartVersion}: ${cause}`;
  const { remediateLastFailure } = spec.install?.remediation ?? {};
  return {
    isTakenAway:
      action === 'install' && (!isGivenUp || remediateLastFailure === true),
    fields: {
      history,
      failures,
      [`${action}Failures`]: failures,
      ...(isGivenUp && { observedGeneration: metadata.generation }),
    },
    remove: [isGivenUp ? 'Reconciling' : 'Stalled'],
    set: [
      { type: 'Ready', status: 'False', reason, message },
      { type: 'Released', status: 'False', reason, message },
      isGivenUp
        ? {
            type: 'Stalled',
            status: 'True',
            reason: 'RetriesExceeded',
            message: `Failed to ${action} after ${failures} attempt(s)`,
          }
        : {
            type: 'Reconciling',
            status: 'True',
            reason: 'ProgressingWithRetry',
            message,
          },
    ],
  };
}

/** What is left of a release that was taken away because it failed. */
export function describeUninstall([
  latest,
  ...others
]: Snapshot[]): StatusChange {
  const reason = 'UninstallSucceeded';
  const message = `Helm uninstall remediation for ${describeRelease(
    latest,
  )} succeeded`;
  return {
    fields: {
      history: [
        {
          ...latest,
          status: 'uninstalled',
          action: 'uninstall-remediation',
          deleted: timestamp(),
        },
        ...others,
      ],
    },
    set: [{ type: 'Remediated', status: 'True', reason, message }],
  };
}
