import type { DeploymentCommit } from '@fairway/plugin-gitops-common';
import { ExternalLink } from './ExternalLink';
import { RelativeTime } from './RelativeTime';
import { Version } from './Version';
import styles from './CommitList.module.css';

/** Commits, newest first, with authors and links to the forge. */
export function CommitList(props: { commits: DeploymentCommit[] }) {
  return (
    <ol className={styles.commits}>
      {props.commits.map(commit => (
        <li className={styles.commit} key={`${commit.repoUrl} ${commit.sha}`}>
          <Version value={commit.sha} />
          <span className={styles.subject}>
            {commit.url ? (
              <ExternalLink href={commit.url}>{commit.subject}</ExternalLink>
            ) : (
              commit.subject
            )}
          </span>
          <span className={styles.who}>
            {commit.author}, <RelativeTime value={commit.authoredAt} ago />
          </span>
        </li>
      ))}
    </ol>
  );
}
