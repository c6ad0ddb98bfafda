import { useEffect, useRef, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, Link } from '@backstage/ui';
import type { DoraMember } from '../model/doraMembers';
import { refName } from '../model/doraText';
import { gitopsTranslationRef } from '../translation';
import { DeploymentOutcome } from './DeploymentOutcome';
import { RelativeTime } from './RelativeTime';
import { Version } from './Version';
import styles from './DoraMembers.module.css';

const FIRST = 20;
const MAX_CONTRIBUTIONS = 3;

function Contributions(props: { texts: string[] }) {
  const { texts } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const rest = texts.slice(MAX_CONTRIBUTIONS);
  return (
    <span className={styles.contribution}>
      {texts.slice(0, MAX_CONTRIBUTIONS).map((text, index) => (
        <span key={index}>{text}</span>
      ))}
      {rest.length > 0 && (
        <span title={rest.join('\n')}>
          {t('dora.contributions', { n: String(rest.length) })}
        </span>
      )}
    </span>
  );
}

function Row(props: { member: DoraMember; href: string; focused: boolean }) {
  const { member, href, focused } = props;
  const { deployment } = member;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (focused) {
      link.current?.focus();
    }
  }, [focused]);
  if (!deployment) {
    return (
      <li className={styles.row}>
        <Link ref={link} href={href} className={styles.link}>
          {t('dora.unknownDeployment', { id: member.id })}
        </Link>
        <Contributions texts={member.contributions} />
      </li>
    );
  }
  const { entityRef, applicationName, environment, cluster } = deployment;
  return (
    <li className={styles.row}>
      <DeploymentOutcome deployment={deployment} word="hidden" />
      <Link ref={link} href={href} className={styles.link}>
        {entityRef ? refName(entityRef) : applicationName}{' '}
        <Version value={deployment.version ?? deployment.revision} />
      </Link>
      <span className={styles.where} title={cluster}>
        {environment}
        {deployment.source === 'git' && (
          <span className={styles.source} title={t('dora.fromGitHelp')}>
            {t('dora.fromGit')}
          </span>
        )}
      </span>
      <Contributions texts={member.contributions} />
      <span className={styles.when}>
        <RelativeTime value={deployment.finishedAt} ago />
      </span>
    </li>
  );
}

/** Deployments behind a metric, newest first; the first of many until all are wanted. */
export function DoraMembers(props: {
  members: DoraMember[];
  linkTo: (deploymentId: string) => string;
  /** Id of the deployment whose link gets the focus. */
  focused?: string;
}) {
  const { members, linkTo, focused } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const [all, setAll] = useState(
    () => members.findIndex(({ id }) => id === focused) >= FIRST,
  );
  return (
    <>
      <ol className={styles.list}>
        {(all ? members : members.slice(0, FIRST)).map((member, index) => (
          <Row
            key={`${member.id} ${index}`}
            member={member}
            href={linkTo(member.id)}
            focused={member.id === focused}
          />
        ))}
      </ol>
      {!all && members.length > FIRST && (
        <div>
          <Button variant="secondary" size="small" onPress={() => setAll(true)}>
            {t('dora.showAll', { n: String(members.length) })}
          </Button>
        </div>
      )}
    </>
  );
}
