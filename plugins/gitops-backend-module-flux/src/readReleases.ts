import type {
  ObjectFields,
  ObservedDeployment,
} from '@fairway/plugin-gitops-node';
import { condition } from './readConditions';

/** The releases that Helm made of a `HelmRelease`. */
export interface HelmReleases {
  /** Of the release that runs; see {@link releaseRevision}. */
  revision?: string;
  chartName?: string;
  chartVersion?: string;
  deployments: ObservedDeployment[];
}

/** Flux keeps five unless none of them ran. */
const MAX_HISTORY = 20;

/** Helm's states of a release that ran; `failed` ones are deployments that failed. */
const RAN = ['deployed', 'superseded'];

/**
 * The version of the chart and of its values, `6.5.0+0f1e2d3c4b5a`: most releases change the
 * values only. Charts of OCI repositories have build metadata already.
 */
function releaseRevision(
  chartVersion: string | undefined,
  configDigest: string | undefined,
): string | undefined {
  if (!chartVersion) {
    return undefined;
  }
  const digest = configDigest?.split(':').at(-1)?.slice(0, 12);
  if (!digest) {
    return chartVersion;
  }
  return `${chartVersion}${chartVersion.includes('+') ? '.' : '+'}${digest}`;
}

/** What Flux tried to install last. */
export function attemptedRevision(status: ObjectFields): string | undefined {
  return releaseRevision(
    status.string('lastAttemptedRevision'),
    status.string('lastAttemptedConfigDigest'),
  );
}

function entryRevision(entry: ObjectFields): string | undefined {
  return releaseRevision(
    entry.string('chartVersion'),
    entry.string('configDigest'),
  );
}

/**
 * The version that its author gave the chart: behind a `+` stands what Flux appends to it, the
 * start of the digest of an OCI artifact or of a commit.
 */
function chartVersionOf(entry: ObjectFields): string | undefined {
  return entry.string('chartVersion')?.split('+')[0];
}

/** Reads `status.history`, which is newest first. */
export function readReleases(status: ObjectFields): HelmReleases {
  const history = status.list('history').slice(0, MAX_HISTORY);
  const running = history.find(entry => entry.string('status') === 'deployed');
  const deployments = [...history].reverse().flatMap(entry => {
    const state = entry.string('status') ?? '';
    const revision = entryRevision(entry);
    const finishedAt = entry.time('lastDeployed');
    if (!revision || !finishedAt || ![...RAN, 'failed'].includes(state)) {
      return [];
    }
    const failed = state === 'failed';
    const deployment: ObservedDeployment = {
      key: `${failed ? 'failed' : 'release'}/${
        entry.number('version') ?? 0
      }/${finishedAt}`,
      revision,
      finishedAt,
      outcome: failed ? 'failed' : 'succeeded',
      version: chartVersionOf(entry),
      message: failed ? failureMessage(status, revision) : undefined,
    };
    return [deployment];
  });
  const unrecorded = readUnrecordedFailure(status, running);
  const all = unrecorded ? [...deployments, unrecorded] : deployments;
  return {
    revision: running && entryRevision(running),
    chartName: (running ?? history[0])?.string('chartName'),
    chartVersion: running && chartVersionOf(running),
    deployments: [
      ...new Map(all.map(deployment => [deployment.key, deployment])).values(),
    ],
  };
}

/** The words of the condition, when they are about that attempt. */
function failureMessage(
  status: ObjectFields,
  revision: string,
): string | undefined {
  const released = [condition(status, 'Released'), condition(status, 'Ready')];
  const failed = released.find(item => item.string('status') === 'False');
  return failed && attemptedRevision(status) === revision
    ? failed.message('message')
    : undefined;
}

/** An install or upgrade that failed before Helm stored a release: it has no entry. */
function readUnrecordedFailure(
  status: ObjectFields,
  running: ObjectFields | undefined,
): ObservedDeployment | undefined {
  const ready = condition(status, 'Ready');
  const revision = attemptedRevision(status);
  const finishedAt = ready.time('lastTransitionTime');
  const recorded = status
    .list('history')
    .some(
      entry =>
        entryRevision(entry) === revision &&
        entry.string('status') !== 'superseded',
    );
  if (
    !revision ||
    !finishedAt ||
    recorded ||
    ready.string('status') !== 'False' ||
    !['InstallFailed', 'UpgradeFailed'].includes(ready.string('reason') ?? '')
  ) {
    return undefined;
  }
  return {
    key: `failed/${revision}/after/${running?.number('version') ?? 0}`,
    revision,
    finishedAt,
    outcome: 'failed',
    version: status.string('lastAttemptedRevision')?.split('+')[0],
    message: ready.message('message'),
  };
}
