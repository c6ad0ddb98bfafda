import { useId, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiArrowRightSLine } from '@remixicon/react';
import type { Deployment, Failure } from '@fairway/plugin-gitops-common';
import { formatSeconds } from '../model/format';
import { gitopsTranslationRef } from '../translation';
import { CommitList } from './CommitList';
import { DeploymentOutcome } from './DeploymentOutcome';
import { RelativeTime } from './RelativeTime';
import { Version } from './Version';
import styles from './Timeline.module.css';

function seconds(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

function FailureLine(props: { failure: Failure }) {
  const { failure } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <div className={styles.failure}>
      <strong>{t(`timeline.failure.${failure.signal}`)}</strong>
      {': '}
      {failure.reason}{' '}
      <span className={styles.muted}>
        (
        {failure.endedAt
          ? t('timeline.failureLasted', {
              time: formatSeconds(seconds(failure.startedAt, failure.endedAt)),
            })
          : t('timeline.failureLasts')}
        )
      </span>
    </div>
  );
}

function Details(props: { deployment: Deployment; id: string }) {
  const { deployment, id } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const { commits, notCountedReason, previousVersion } = deployment;
  return (
    <div className={styles.details} id={id}>
      <div className={styles.facts}>
        <span>{t(`timeline.kind.${deployment.kind}`)}</span>
        {deployment.rework && <span>{t('timeline.rework')}</span>}
        {previousVersion && (
          <span>{t('timeline.from', { version: previousVersion })}</span>
        )}
        <span>{deployment.cluster}</span>
        {deployment.source === 'git' && <span>{t('timeline.backfilled')}</span>}
        {!deployment.counted && notCountedReason && (
          <span>
            {t('timeline.notCounted', {
              reason: t(`timeline.reason.${notCountedReason}`),
            })}
          </span>
        )}
      </div>
      {deployment.failures.map(failure => (
        <FailureLine key={failure.id} failure={failure} />
      ))}
      {deployment.message && deployment.outcome === 'failed' && (
        <pre className={styles.message} aria-label={t('timeline.message')}>
          {deployment.message}
        </pre>
      )}
      {commits.length > 0 ? (
        <>
          <CommitList commits={commits} />
          <span className={styles.muted}>
            {t(`timeline.attribution.${deployment.attribution}`)}
          </span>
        </>
      ) : (
        <span className={styles.muted}>{t('timeline.noCommits')}</span>
      )}
    </div>
  );
}

/** One deployment in one line; opened, its commits, failures and why it counts or not. */
export function TimelineItem(props: {
  deployment: Deployment;
  environmentTitle: string;
}) {
  const { deployment, environmentTitle } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const [open, setOpen] = useState(false);
  const id = useId();
  const { startedAt, finishedAt, commits } = deployment;
  const who = deployment.author ?? commits[0]?.author;
  const what = [
    commits.length > 0 && t('timeline.commits', { count: commits.length }),
    deployment.subject ?? commits[0]?.subject,
  ].filter(Boolean);
  return (
    <li className={styles.item}>
      <button
        type="button"
        className={styles.line}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <RiArrowRightSLine
          className={styles.chevron}
          size={16}
          aria-hidden="true"
        />
        <DeploymentOutcome deployment={deployment} />
        <span className={styles.environment}>{environmentTitle}</span>
        <Version value={deployment.version ?? deployment.revision} />
        <span className={`${styles.subject} ${styles.muted}`}>
          {[who, ...what].filter(Boolean).join(' · ')}
        </span>
        <span className={`${styles.muted} ${styles.right} ${styles.took}`}>
          {startedAt &&
            t('timeline.took', {
              time: formatSeconds(seconds(startedAt, finishedAt)),
            })}
        </span>
        <span className={`${styles.muted} ${styles.right} ${styles.age}`}>
          <RelativeTime value={finishedAt} />
        </span>
      </button>
      {open && <Details deployment={deployment} id={id} />}
    </li>
  );
}
