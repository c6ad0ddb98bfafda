import type {
  Deployment,
  DeploymentCommit,
} from '@fairway/plugin-gitops-common';

/** Commits that came with an image; those of the configuration belong to one environment. */
const OF_IMAGES: ReadonlyArray<Deployment['attribution']> = [
  'image-revision',
  'image-tag',
  'git-tag',
];

function contentOf(deployment: Deployment): string {
  return deployment.version ?? deployment.images.join(' ');
}

/**
 * What runs, as the deployments that led to it, oldest first: a deployment that brings back an
 * earlier version takes with it what came in between.
 */
function running(deployments: readonly Deployment[]): Deployment[] {
  const stack: Deployment[] = [];
  const oldestFirst = deployments
    .filter(({ outcome }) => outcome === 'succeeded')
    .sort((a, b) => a.finishedAt.localeCompare(b.finishedAt));
  for (const deployment of oldestFirst) {
    const content = contentOf(deployment);
    const earlier = content
      ? stack.findIndex(other => contentOf(other) === content)
      : -1;
    if (earlier >= 0 && stack.at(-1) !== stack[earlier]) {
      stack.splice(earlier + 1);
    } else {
      stack.push(deployment);
    }
  }
  return stack;
}

/**
 * Commits that run in one environment and not yet in the next, newest first.
 *
 * @param before - deployments of the environment before, in any order
 * @param here - deployments of the environment itself
 */
export function waitingCommits(
  before: readonly Deployment[],
  here: readonly Deployment[],
): DeploymentCommit[] {
  const runsBefore = running(before);
  const runsHere = running(here);
  const current = runsHere.at(-1);
  const content = current && contentOf(current);
  const reached = content ? runsBefore.map(contentOf).lastIndexOf(content) : -1;
  const arrived = new Set(
    runsHere.flatMap(({ commits }) => commits.map(({ sha }) => sha)),
  );
  const waiting = new Map(
    runsBefore
      .slice(reached + 1)
      .filter(({ attribution }) => OF_IMAGES.includes(attribution))
      .flatMap(({ commits }) => commits)
      .filter(({ sha }) => !arrived.has(sha))
      .map(commit => [commit.sha, commit]),
  );
  return [...waiting.values()].sort((a, b) =>
    b.committedAt.localeCompare(a.committedAt),
  );
}
