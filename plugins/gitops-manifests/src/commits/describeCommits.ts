import type { DeploymentCommit } from '@fairway/plugin-gitops-common';
import { codeSpan } from '../difference/safeMarkdown';

/** More than these nobody reads. */
const MOST_COMMITS = 50;

/**
 * A list of commits for people, in Markdown. What a commit says of itself cannot be more than text.
 *
 * @param commits - newest first
 * @param total - how many there are, when these are only some
 * @public
 */
export function describeCommits(
  commits: ReadonlyArray<DeploymentCommit>,
  total: number = commits.length,
): string {
  if (commits.length === 0) {
    return total > 0
      ? `${total} commits, which are not known here`
      : 'None that is known';
  }
  const lines = commits
    .slice(0, MOST_COMMITS)
    .map(
      ({ sha, subject, author, url }) =>
        `- ${linked(sha.slice(0, 7), url)} ${codeSpan(subject)} by ${codeSpan(
          author,
        )}`,
    );
  const more = Math.max(total, commits.length) - lines.length;
  return [...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}

function linked(sha: string, url: string | undefined): string {
  const text = codeSpan(sha);
  const parsed = url && URL.canParse(url) ? new URL(url) : undefined;
  return parsed && ['http:', 'https:'].includes(parsed.protocol)
    ? `[${text}](${parsed.href.replaceAll('(', '%28').replaceAll(')', '%29')})`
    : text;
}
