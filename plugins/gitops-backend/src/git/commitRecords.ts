import type { DeploymentCommit } from '@fairway/plugin-gitops-common';
import type { GitCommit } from './parseLog';
import type { GitRepository } from './GitRepository';
import type { RepositoryAccess } from './RepositoryAccess';

/** Commits in the form in which deployments keep them. */
export function commitRecords(
  commits: readonly GitCommit[],
  from: {
    repository: GitRepository;
    repoUrl: string;
    access: RepositoryAccess;
  },
): DeploymentCommit[] {
  return commits.map(commit => ({
    sha: commit.sha,
    repoUrl: from.repoUrl,
    subject: commit.subject,
    author: commit.author,
    authorEmail: commit.authorEmail,
    authoredAt: commit.authoredAt,
    committedAt: commit.committedAt,
    url: from.access.commitUrl(from.repository.allowed, commit.sha),
  }));
}
