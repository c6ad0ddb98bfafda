import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/ui';
import { RiArrowLeftLine } from '@remixicon/react';
import type {
  Deployment,
  DoraMetric,
  Failure,
} from '@fairway/plugin-gitops-common';
import { useDeployment } from '../hooks/useDeployment';
import { useServiceLink } from '../hooks/useServiceLink';
import { refName } from '../model/doraText';
import { formatExact, formatSeconds } from '../model/format';
import { gitopsTranslationRef } from '../translation';
import { CommitList } from './CommitList';
import { DeploymentOutcome } from './DeploymentOutcome';
import { PageSkeleton } from './PageSkeleton';
import { ErrorPanel } from './QueryState';
import { RelativeTime } from './RelativeTime';
import { Version } from './Version';
import styles from './DoraDeployment.module.css';

function seconds(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

function Fact(props: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

/** What a deployment adds to a metric, or why it does not. */
function Contribution(props: { id: string; metric: DoraMetric }) {
  const { id, metric } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const own = ({ deploymentId }: { deploymentId: string }) =>
    deploymentId === id;
  const { members, excluded } = metric.explanation;
  const texts = [
    ...members.filter(own).map(({ contribution }) => contribution),
    ...excluded
      .filter(own)
      .map(({ reason }) => t('dora.notInMetric', { reason })),
  ];
  return texts.length === 0 ? null : (
    <Fact
      name={t('dora.inMetric', { metric: t(`dora.fullName.${metric.id}`) })}
    >
      {texts.map((text, index) => (
        <div key={index}>{text}</div>
      ))}
    </Fact>
  );
}

function Facts(props: { deployment: Deployment; metric?: DoraMetric }) {
  const { deployment, metric } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const { startedAt, finishedAt, notCountedReason, revision } = deployment;
  const engine = t(`engine.${deployment.engine}`);
  return (
    <dl className={styles.facts}>
      <Fact name={t('dora.fact.outcome')}>
        <DeploymentOutcome deployment={deployment} />
      </Fact>
      <Fact name={t('dora.fact.when')}>
        {formatExact(finishedAt)} (<RelativeTime value={finishedAt} ago />)
        {startedAt &&
          `, ${t('timeline.took', {
            time: formatSeconds(seconds(startedAt, finishedAt)),
          })}`}
      </Fact>
      <Fact name={t('dora.fact.version')}>
        {deployment.previousVersion && (
          <>
            <Version value={deployment.previousVersion} />
            {' → '}
          </>
        )}
        <Version value={deployment.version} copyable />
      </Fact>
      <Fact name={t('dora.fact.environment')}>
        {deployment.environment ?? t('fleet.otherEnvironment')}
      </Fact>
      <Fact name={t('dora.fact.kind')}>
        {t(`timeline.kind.${deployment.kind}`)}
        {deployment.rework && `, ${t('timeline.rework')}`}
      </Fact>
      <Fact name={t('dora.fact.author')}>
        {deployment.author ?? deployment.commits[0]?.author ?? '–'}
      </Fact>
      <Fact name={t('dora.fact.revision')}>
        <Version value={revision} copyable />
      </Fact>
      <Fact name={t('dora.fact.application')}>
        {deployment.applicationName}, {deployment.cluster}
      </Fact>
      <Fact name={t('dora.fact.source')}>
        {deployment.source === 'git'
          ? t('dora.fromGitHelp')
          : t('dora.observed', { engine })}
      </Fact>
      <Fact name={t('dora.fact.counts')}>
        {deployment.counted || !notCountedReason
          ? t('dora.countsYes')
          : t('dora.countsNot', {
              reason: t(`timeline.reason.${notCountedReason}`),
            })}
      </Fact>
      {metric && <Contribution id={deployment.id} metric={metric} />}
    </dl>
  );
}

function FailureItem(props: { failure: Failure }) {
  const { signal, reason, startedAt, endedAt } = props.failure;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <li className={styles.failure}>
      <strong>{t(`timeline.failure.${signal}`)}</strong>: {reason}
      <span className={styles.muted}>
        {formatExact(startedAt)},{' '}
        {endedAt
          ? t('timeline.failureLasted', {
              time: formatSeconds(seconds(startedAt, endedAt)),
            })
          : t('timeline.failureLasts')}
      </span>
    </li>
  );
}

function Body(props: { deployment: Deployment; metric?: DoraMetric }) {
  const { deployment, metric } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const serviceLink = useServiceLink();
  const { commits, failures, entityRef, subject, message } = deployment;
  return (
    <>
      {subject && <p className={styles.subject}>{subject}</p>}
      <Facts deployment={deployment} metric={metric} />
      {failures.length > 0 && (
        <div className={styles.part}>
          <h3 className={styles.title}>{t('dora.failures')}</h3>
          <ul className={styles.failures}>
            {failures.map(failure => (
              <FailureItem key={failure.id} failure={failure} />
            ))}
          </ul>
        </div>
      )}
      {message && deployment.outcome === 'failed' && (
        <pre className={styles.message}>{message}</pre>
      )}
      <div className={styles.part}>
        <h3 className={styles.title}>
          {t('dora.commits', { count: commits.length })}
        </h3>
        {commits.length > 0 && <CommitList commits={commits} />}
        <p className={styles.muted}>
          {commits.length > 0
            ? t(`timeline.attribution.${deployment.attribution}`)
            : t('timeline.noCommits')}
        </p>
      </div>
      {entityRef && (
        <p className={styles.links}>
          <Link href={serviceLink(entityRef)}>
            {t('dora.openService', { name: refName(entityRef) })}
          </Link>
        </p>
      )}
    </>
  );
}

/** One deployment in full: what changed, how it went, which commits it carried, whether it counts. */
export function DoraDeployment(props: {
  id: string;
  /** The metric whose explanation led here, and the way back to it. */
  metric?: DoraMetric;
  back?: { href: string; label: string };
}) {
  const { id, metric, back } = props;
  const deployment = useDeployment(id);
  const backLink = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    backLink.current?.focus();
  }, []);
  return (
    <div className={styles.deployment}>
      {back && (
        <Link ref={backLink} href={back.href} className={styles.back}>
          <RiArrowLeftLine size={14} aria-hidden="true" /> {back.label}
        </Link>
      )}
      {deployment.value && (
        <Body deployment={deployment.value} metric={metric} />
      )}
      {!deployment.value && deployment.error && (
        <ErrorPanel error={deployment.error} retry={deployment.retry} />
      )}
      {deployment.loading && <PageSkeleton rows={6} height={28} />}
    </div>
  );
}
