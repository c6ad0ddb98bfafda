import type { Deployment, FailureSignal } from '@fairway/plugin-gitops-common';
import { imageChange } from './images';
import type { GitCommit } from './parseLog';
import { isHotfix, revertedCommits, sameCommit } from './repair';

/** A deployment of the same application before the one that is judged. */
export interface PastDeployment {
  id: string;
  revision: string;
  images: readonly string[];
  succeeded: boolean;
  /** False when it changed nothing: the same revision again, or one that did not touch the application. */
  changed: boolean;
  /** Ids of the commits that it carried. */
  commits: readonly string[];
}

/** What a change is judged by. */
export interface ChangeFacts {
  images: readonly string[];
  /** Newest first, whatever their outcome. */
  earlier: readonly PastDeployment[];
  /** Commits of the configuration since the deployment before, newest first. */
  configuration: readonly GitCommit[];
  /** Commits of the code in the images, when they are known. */
  code: readonly GitCommit[];
  /** The revision lies before the one that was deployed last. */
  wentBack: boolean;
}

/** A deployment that this one takes back. */
export interface Undone {
  deployment: PastDeployment;
  signal: Extract<FailureSignal, 'rollback' | 'revert'>;
  reason: string;
}

/** What kind of change it is, and what it takes back. */
export interface ChangeKind extends Pick<Deployment, 'kind' | 'rework'> {
  undone: Undone[];
}

/** The first deployment that carried a commit; later ones carry it as well. */
function carrierOf(
  sha: string,
  earlier: readonly PastDeployment[],
): PastDeployment | undefined {
  return earlier.findLast(
    one =>
      one.changed &&
      (sameCommit(one.revision, sha) ||
        one.commits.some(carried => sameCommit(carried, sha))),
  );
}

function revertsAmong(
  commits: readonly GitCommit[],
  earlier: readonly PastDeployment[],
): Map<GitCommit, Undone[]> {
  const found = new Map<GitCommit, Undone[]>();
  for (const commit of commits) {
    const undone = revertedCommits(commit).flatMap(sha => {
      const deployment = carrierOf(sha, earlier);
      return deployment
        ? [{ deployment, signal: 'revert' as const, reason: commit.subject }]
        : [];
    });
    if (undone.length > 0) {
      found.set(commit, undone);
    }
  }
  return found;
}

/** Each deployment once, as the first that said so. */
function distinct(undone: readonly Undone[]): Undone[] {
  const byId = new Map<string, Undone>();
  for (const one of undone) {
    if (!byId.has(one.deployment.id)) {
      byId.set(one.deployment.id, one);
    }
  }
  return [...byId.values()];
}

/**
 * Tells releases, changes of configuration and rollbacks apart.
 *
 * @remarks
 * - A rollback: all images that changed were deployed before; or the revision lies before the last
 *   one; or every commit that it brings reverts something that was deployed.
 * - A release: an image changed otherwise. When some of its commits are such reverts it is rework.
 * - Else a change of configuration.
 *
 * A rollback takes back the last deployment that changed something; a revert, the deployment that
 * carried the commit first. A hotfix is rework and takes nothing back.
 */
export function classifyChange(facts: ChangeFacts): ChangeKind {
  const { images, earlier } = facts;
  const [last] = earlier;
  const change = imageChange(
    images,
    last?.images ?? [],
    earlier.slice(1).map(one => one.images),
  );
  const brought = facts.code.length > 0 ? facts.code : facts.configuration;
  const reverts = revertsAmong(
    [...facts.configuration, ...facts.code],
    earlier,
  );
  const allReverts =
    reverts.size > 0 && brought.every(commit => reverts.has(commit));
  const undone = [...reverts.values()].flat();
  if (last && (change === 'back' || facts.wentBack || allReverts)) {
    const target = earlier.find(one => one.changed);
    if (undone.length === 0 && target) {
      undone.push({
        deployment: target,
        signal: 'rollback',
        reason: facts.configuration[0]?.subject ?? 'Rolled back',
      });
    }
    return { kind: 'rollback', rework: true, undone: distinct(undone) };
  }
  const hotfix = [...facts.configuration, ...facts.code].some(isHotfix);
  return {
    kind: change === 'none' ? 'configuration' : 'release',
    rework: hotfix || reverts.size > 0,
    undone: distinct(undone),
  };
}
