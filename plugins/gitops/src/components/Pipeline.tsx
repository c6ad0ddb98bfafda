import { Fragment } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Box } from '@backstage/ui';
import {
  worstHealth,
  type Application,
  type ServiceEnvironment,
  type ServiceResponse,
} from '@fairway/plugin-gitops-common';
import { useNow } from '../hooks/useNow';
import { formatClock } from '../model/format';
import { hasOrigin } from '../model/applicationOrigin';
import { gitopsTranslationRef } from '../translation';
import { OriginLine } from './ApplicationOrigin';
import { CommandButtons } from './CommandButtons';
import { ExternalLink } from './ExternalLink';
import { PolicyText } from './PolicyText';
import { RelativeTime } from './RelativeTime';
import { HealthMark, SyncMark } from './StateMark';
import { Version } from './Version';
import { WaitingCommits } from './WaitingCommits';
import styles from './Pipeline.module.css';

/** One application of the service: its state, what runs, and what can be done. */
export function ApplicationView(props: {
  application: Application;
  service: ServiceResponse;
  name: string;
  onDone: () => void;
}) {
  const { application, service, name, onDone } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = useNow();
  const drifted = application.resources.filter(
    ({ sync }) => sync === 'out-of-sync',
  ).length;
  const { lastDeployment } = application;
  return (
    <div className={styles.application}>
      <div className={styles.marks}>
        <HealthMark health={application.health} size="large" />
        <SyncMark sync={application.sync} size="large" />
        {drifted > 0 && (
          <span className={styles.line}>
            {t('service.drift', { count: drifted })}
          </span>
        )}
      </div>
      <span className={styles.version}>
        <Version value={application.version ?? application.revision} copyable />
      </span>
      <span className={styles.line}>
        {lastDeployment ? (
          <>
            {t('service.deployed')}{' '}
            <RelativeTime value={lastDeployment.finishedAt} ago />{' '}
            {lastDeployment.author &&
              t('common.by', { author: lastDeployment.author })}
          </>
        ) : (
          t('common.never')
        )}
      </span>
      <span className={styles.line}>
        <PolicyText application={application} />
      </span>
      <span className={styles.line}>
        {application.engineUrl ? (
          <ExternalLink href={application.engineUrl}>
            {t(`engine.${application.engine}`)}
          </ExternalLink>
        ) : (
          t(`engine.${application.engine}`)
        )}
        {' · '}
        {application.ref.cluster}
        {application.destination.namespace &&
          ` · ${application.destination.namespace}`}
        {application.staleSince &&
          ` · ${t('common.stale', {
            time: formatClock(application.staleSince, now),
          })}`}
      </span>
      {hasOrigin(application) && (
        <span className={styles.line}>
          <OriginLine application={application} />
        </span>
      )}
      <div className={styles.commands}>
        <CommandButtons
          application={application}
          permission={service.permissions.operate}
          name={name}
          runs={service.commandRuns}
          onDone={onDone}
        />
      </div>
    </div>
  );
}

function Stage(props: {
  stage: ServiceEnvironment;
  service: ServiceResponse;
  serviceName: string;
  onDone: () => void;
}) {
  const { stage, service, serviceName, onDone } = props;
  const { environment, applications } = stage;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const degraded =
    applications.length > 0 &&
    worstHealth(applications.map(({ health }) => health)) === 'degraded';
  return (
    <Box
      bg="neutral"
      className={`${styles.card} ${degraded ? styles.degraded : ''}`}
    >
      <h3 className={styles.name}>{environment.title}</h3>
      {applications.length === 0 && (
        <span className={styles.empty}>
          {t('service.notDeployed')}.{' '}
          {t('service.notDeployedHelp', { environment: environment.name })}
        </span>
      )}
      {applications.map(application => (
        <ApplicationView
          key={application.id}
          application={application}
          service={service}
          name={t('panel.label', {
            service: serviceName,
            environment: environment.title,
          })}
          onDone={onDone}
        />
      ))}
    </Box>
  );
}

/** The environments of a service from first to last, with what waits between them. */
export function Pipeline(props: {
  service: ServiceResponse;
  serviceName: string;
  onDone: () => void;
}) {
  const { service } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const stages = service.environments.filter(
    ({ environment, applications }) =>
      environment.tier !== 'preview' || applications.length > 0,
  );
  return (
    <ol className={styles.pipeline} aria-label={t('service.pipeline')}>
      {stages.map((stage, index) => (
        <Fragment key={stage.environment.name}>
          {index > 0 && (
            <li className={styles.arrowStage}>
              <WaitingCommits to={stage} />
            </li>
          )}
          <li className={styles.stage}>
            <Stage {...props} stage={stage} />
          </li>
        </Fragment>
      ))}
    </ol>
  );
}
