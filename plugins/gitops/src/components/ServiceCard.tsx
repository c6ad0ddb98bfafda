import { stringifyEntityRef } from '@backstage/catalog-model';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { EntityInfoCard, useEntity } from '@backstage/plugin-catalog-react';
import { Link } from '@backstage/ui';
import type {
  ServiceEnvironment,
  ServiceResponse,
} from '@fairway/plugin-gitops-common';
import { useService } from '../hooks/useService';
import { useServiceLink } from '../hooks/useServiceLink';
import { foldCells } from '../model/fleetMatrix';
import { gitopsTranslationRef } from '../translation';
import { PageSkeleton } from './PageSkeleton';
import { ErrorPanel, OutdatedNotice } from './QueryState';
import { RelativeTime } from './RelativeTime';
import { HealthMark, SyncMark } from './StateMark';
import { Version } from './Version';
import styles from './ServiceCard.module.css';

function Stage(props: { stage: ServiceEnvironment }) {
  const { environment, applications } = props.stage;
  const { t } = useTranslationRef(gitopsTranslationRef);
  if (applications.length === 0) {
    return (
      <li className={styles.line}>
        <span className={styles.name}>{environment.title}</span>
        <span className={styles.none}>{t('service.notDeployed')}</span>
      </li>
    );
  }
  const cell = foldCells(environment.name, applications);
  return (
    <li className={styles.line}>
      <span className={styles.name}>{environment.title}</span>
      {cell.versions > 1 ? (
        t('common.versions', { count: cell.versions })
      ) : (
        <Version value={cell.version} />
      )}
      <span className={styles.marks}>
        <HealthMark health={cell.health} />
        {cell.sync !== 'synced' && <SyncMark sync={cell.sync} />}
      </span>
      <span className={styles.age}>
        {cell.deployedAt && <RelativeTime value={cell.deployedAt} />}
      </span>
    </li>
  );
}

function CardBody(props: { service: ServiceResponse; name: string }) {
  const { service, name } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const stages = service.environments.filter(
    ({ environment }) => environment.tier !== 'preview',
  );
  if (stages.every(({ applications }) => applications.length === 0)) {
    return <span>{t('fleet.registerHelp', { name })}</span>;
  }
  return (
    <ul className={styles.list}>
      {stages.map(stage => (
        <Stage key={stage.environment.name} stage={stage} />
      ))}
    </ul>
  );
}

/** A summary of the deployments of a component for its overview. */
export function ServiceCard() {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  const { t } = useTranslationRef(gitopsTranslationRef);
  const service = useService(entityRef);
  const serviceLink = useServiceLink();
  return (
    <EntityInfoCard
      title={t('service.cardTitle')}
      headerActions={
        <Link href={serviceLink(entityRef)}>{t('service.cardLink')}</Link>
      }
    >
      <OutdatedNotice error={service.error} updatedAt={service.updatedAt} />
      {service.value && (
        <CardBody service={service.value} name={entity.metadata.name} />
      )}
      {!service.value && service.error && (
        <ErrorPanel error={service.error} retry={service.retry} />
      )}
      {service.loading && <PageSkeleton rows={3} />}
    </EntityInfoCard>
  );
}
