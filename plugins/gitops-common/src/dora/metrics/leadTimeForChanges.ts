import { doraBand } from '../doraBand';
import { durationText } from '../durationText';
import type { LogSlice } from '../DeploymentLog';
import { counted, medianOf, type MetricDefinition } from './MetricDefinition';

function withoutCommits(slice: LogSlice, carriers: ReadonlySet<string>) {
  return slice.counted
    .filter(({ deployment }) => !carriers.has(deployment.id))
    .map(({ deployment }) => {
      let reason =
        'Its commits are not known: neither its images nor its revision lead to a repository that Fairway can read';
      if (deployment.outcome === 'failed') {
        reason = 'It failed to reconcile: its commits did not run';
      } else if (deployment.commits.length > 0) {
        reason = 'Its commits were deployed before';
      } else if (deployment.attribution !== 'none') {
        reason = 'It carried no new commit';
      }
      return { deploymentId: deployment.id, reason };
    });
}

/** Median over commits, from authored to first deployed. */
export const leadTimeForChanges: MetricDefinition = {
  id: 'lead-time-for-changes',
  unit: 'seconds',
  minimum: 1,
  formula: 'median of (deployed - authored) over the commits deployed first',
  measure: slice => {
    const carriers = new Set(slice.commits.map(one => one.deploymentId));
    return {
      samples: slice.commits
        .filter(commit => commit.seconds >= 0)
        .map(({ deploymentId, at, sha, seconds }) => ({
          deploymentId,
          at,
          value: seconds,
          contribution: () => `${sha.slice(0, 7)}: ${durationText(seconds)}`,
        })),
      excluded: [
        ...slice.commits
          .filter(commit => !(commit.seconds >= 0))
          .map(({ deploymentId, sha }) => ({
            deploymentId,
            reason: `${sha.slice(
              0,
              7,
            )} says that it was authored after it was deployed: a clock was wrong`,
          })),
        ...withoutCommits(slice, carriers),
      ],
    };
  },
  ...medianOf('commit'),
  describeCount: count => counted(count, 'commit'),
  band: (value, _slice, year) => doraBand('lead-time-for-changes', value, year),
};
