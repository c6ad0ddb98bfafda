import { timestamp } from '../objects/conditions';

const MOST_HISTORY = 5;

/** One entry of `status.history`: a release as Helm stored it, newest first. */
export interface Snapshot {
  name: string;
  namespace: string;
  version: number;
  status: 'deployed' | 'superseded' | 'failed' | 'uninstalled';
  action: 'install' | 'upgrade' | 'uninstall-remediation';
  chartName: string;
  chartVersion: string;
  appVersion?: string;
  configDigest: string;
  digest: string;
  firstDeployed: string;
  lastDeployed: string;
  deleted?: string;
}

/**
 * The history with one release more; a deployed one supersedes the one before. What was taken away
 * is forgotten, and versions begin anew.
 */
export function withRelease(
  before: Snapshot[],
  release: Omit<Snapshot, 'version' | 'firstDeployed' | 'lastDeployed'>,
): Snapshot[] {
  const now = timestamp();
  const history = before[0]?.status === 'uninstalled' ? [] : before;
  const snapshot: Snapshot = {
    ...release,
    version: (history[0]?.version ?? 0) + 1,
    firstDeployed: history.at(-1)?.firstDeployed ?? now,
    lastDeployed: now,
  };
  const others = history.map(other =>
    release.status === 'deployed' && other.status === 'deployed'
      ? { ...other, status: 'superseded' as const }
      : other,
  );
  return [snapshot, ...others].slice(0, MOST_HISTORY);
}

/** As Flux names a release in messages: `release shop/web.v3 with chart web@1.2.3`. */
export function describeRelease(snapshot: Snapshot): string {
  const { name, namespace, version, chartName, chartVersion } = snapshot;
  return `release ${namespace}/${name}.v${version} with chart ${chartName}@${chartVersion}`;
}
