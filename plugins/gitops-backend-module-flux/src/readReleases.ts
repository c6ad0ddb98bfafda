import type {
  ObjectFields,
  ObservedDeployment,
} from '@fairway/plugin-gitops-node';
import { condition, is } from './readConditions';

/** The releases that Helm made of a `HelmRelease`. */
export interface HelmReleases {
  /** Of the release that runs; see {@link releaseRevision}. */
  revision?: string;
  /** The commit that its chart was packaged from, when the version says so. */
  originRevision?: string;
  chartName?: string;
  chartVersion?: string;
  deployments: ObservedDeployment[];
}

/** What is to be read, and how. */
export interface ReleasesOptions {
  status: ObjectFields;
  /** Flux packages the chart, perhaps from Git. */
  isPackaged: boolean;
}

/** Flux keeps five unless none of them ran. */
const MAX_HISTORY = 20;
/** Enough to tell one set of values from the next, short enough to be read. */
const DIGEST_DIGITS = 7;

/** Helm's states of a release that ran. */
const RAN = ['deployed', 'superseded'];
/** Helm's states of a release that was taken away again. */
const UNINSTALLED = ['uninstalling', 'uninstalled'];

const FAILED_REASONS = ['InstallFailed', 'UpgradeFailed'];
/** Reasons of `Ready` after a failure, when Flux has done something about it. */
const REMEDIATED_REASONS = [
  'UninstallSucceeded',
  'UninstallFailed',
  'RollbackSucceeded',
  'RollbackFailed',
];

/**
 * The version of the chart, and which values it has: `6.5.0 (values 0f1e2d3)`. Most releases change
 * the values only.
 */
function releaseRevision(
  chartVersion: string | undefined,
  configDigest: string | undefined,
): string | undefined {
  const digest = configDigest?.split(':').at(-1)?.slice(0, DIGEST_DIGITS);
  return chartVersion && digest
    ? `${chartVersion} (values ${digest})`
    : chartVersion;
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
 * What Flux appends to the version of a chart that it packages with `reconcileStrategy: Revision`:
 * the start of the commit. The generation of the HelmChart may follow.
 */
const COMMIT = /\+([0-9a-f]{12})(?=\.\d+$|$)/;

function commitOf(
  version: string | undefined,
  isPackaged: boolean,
): string | undefined {
  return isPackaged ? COMMIT.exec(version ?? '')?.[1] : undefined;
}

/**
 * The version that its author gave the chart: behind a `+` stands what Flux appends to it, the
 * start of the digest of an OCI artifact or of a commit.
 */
function chartVersionOf(version: string | undefined): string | undefined {
  return version?.split('+')[0];
}

function outcomeOf(
  entry: ObjectFields,
): ObservedDeployment['outcome'] | undefined {
  const state = entry.string('status') ?? '';
  if (RAN.includes(state)) {
    return 'succeeded';
  }
  // A failed release that Flux took away keeps its entry; one that is moved elsewhere does not fail.
  const isTakenBack =
    UNINSTALLED.includes(state) && entry.string('action') !== 'uninstall';
  return state === 'failed' || isTakenBack ? 'failed' : undefined;
}

/** Reads `status.history`, which is newest first. */
export function readReleases(options: ReleasesOptions): HelmReleases {
  const { status, isPackaged } = options;
  const history = status.list('history').slice(0, MAX_HISTORY);
  const [newest] = history;
  // Helm takes a release away as a whole: what was deployed before is gone then too.
  const running = UNINSTALLED.includes(newest?.string('status') ?? '')
    ? undefined
    : history.find(entry => entry.string('status') === 'deployed');
  const deployments = history
    .flatMap(
      (entry, index) =>
        readRelease(entry, { ...options, before: history[index + 1] }) ?? [],
    )
    .reverse();
  const unrecorded = readUnrecordedFailure(options, running);
  const all = unrecorded ? [...deployments, unrecorded] : deployments;
  const version = running?.string('chartVersion');
  return {
    revision: running && entryRevision(running),
    originRevision: commitOf(version, isPackaged),
    chartName: (running ?? newest)?.string('chartName'),
    chartVersion: chartVersionOf(version),
    deployments: [
      ...new Map(all.map(deployment => [deployment.key, deployment])).values(),
    ],
  };
}

function readRelease(
  entry: ObjectFields,
  options: ReleasesOptions & { before: ObjectFields | undefined },
): ObservedDeployment | undefined {
  const { status, isPackaged, before } = options;
  const revision = entryRevision(entry);
  const finishedAt = entry.time('lastDeployed');
  const outcome = outcomeOf(entry);
  if (!revision || !finishedAt || !outcome) {
    return undefined;
  }
  const isFailed = outcome === 'failed';
  const chartVersion = entry.string('chartVersion');
  return {
    key: `${isFailed ? 'failed' : 'release'}/${
      entry.number('version') ?? 0
    }/${finishedAt}`,
    revision,
    originRevision: commitOf(chartVersion, isPackaged),
    ...(before && isOther(entry, before, isPackaged) && { changed: true }),
    finishedAt,
    outcome,
    version: chartVersionOf(chartVersion),
    message: isFailed ? failureMessage(status, revision) : undefined,
  };
}

/** Whether chart or values differ, whatever Git says of the commits between them. */
function isOther(
  entry: ObjectFields,
  before: ObjectFields,
  isPackaged: boolean,
): boolean {
  const chart = (of: ObjectFields) => {
    const version = of.string('chartVersion');
    return isPackaged ? version?.replace(COMMIT, '') : version;
  };
  return (
    chart(entry) !== chart(before) ||
    entry.string('configDigest') !== before.string('configDigest')
  );
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

/**
 * An install or upgrade that failed before Helm stored a release: it has no entry. `Released` says
 * why; `Ready` may speak of what Flux did about it.
 */
function readUnrecordedFailure(
  { status, isPackaged }: ReleasesOptions,
  running: ObjectFields | undefined,
): ObservedDeployment | undefined {
  const released = condition(status, 'Released');
  const revision = attemptedRevision(status);
  const finishedAt = released.time('lastTransitionTime');
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
    !is(status, 'Ready', 'False') ||
    ![...FAILED_REASONS, ...REMEDIATED_REASONS].includes(
      condition(status, 'Ready').string('reason') ?? '',
    ) ||
    !is(status, 'Released', 'False') ||
    !FAILED_REASONS.includes(released.string('reason') ?? '')
  ) {
    return undefined;
  }
  const chartVersion = status.string('lastAttemptedRevision');
  return {
    key: `failed/${revision}/after/${running?.number('version') ?? 0}`,
    revision,
    originRevision: commitOf(chartVersion, isPackaged),
    finishedAt,
    outcome: 'failed',
    version: chartVersionOf(chartVersion),
    message: released.message('message'),
  };
}
