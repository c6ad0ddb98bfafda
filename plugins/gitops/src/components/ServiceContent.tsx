import { stringifyEntityRef } from '@backstage/catalog-model';
// Of core-plugin-api, because that one works in both systems.
import { useRouteRef } from '@backstage/core-plugin-api';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { ButtonLink } from '@backstage/ui';
import type { ServiceResponse } from '@fairway/plugin-gitops-common';
import { useService } from '../hooks/useService';
import { createServiceRouteRef } from '../routes';
import { gitopsTranslationRef } from '../translation';
import { ClusterNotice } from './ClusterNotice';
import { DoraSection } from './DoraSection';
import { GuardrailsSection } from './GuardrailsSection';
import { MakersSection } from './MakersSection';
import { PageSkeleton } from './PageSkeleton';
import { ApplicationView, Pipeline } from './Pipeline';
import { EmptyPanel, ErrorPanel, OutdatedNotice } from './QueryState';
import { RolloutSection } from './RolloutSection';
import { Section } from './Section';
import { ServiceTroubles } from './ServiceTroubles';
import { Timeline } from './Timeline';
import styles from './Page.module.css';

function isDeployed(service: ServiceResponse): boolean {
  return (
    service.otherApplications.length > 0 ||
    service.environments.some(({ applications }) => applications.length > 0)
  );
}

function ServiceBody(props: {
  service: ServiceResponse;
  name: string;
  onDone: () => void;
}) {
  const { service, name, onDone } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const createLink = useRouteRef(createServiceRouteRef);
  if (!isDeployed(service) && service.deployments.length === 0) {
    return (
      <EmptyPanel
        title={t('service.empty')}
        text={t('service.emptyHelp', { name })}
        actions={
          createLink && (
            <ButtonLink variant="primary" href={createLink()}>
              {t('service.adopt')}
            </ButtonLink>
          )
        }
      />
    );
  }
  return (
    <>
      <Pipeline service={service} serviceName={name} onDone={onDone} />
      <ServiceTroubles service={service} />
      <RolloutSection service={service} />
      {service.otherApplications.length > 0 && (
        <Section title={t('service.otherApplications')}>
          {service.otherApplications.map(application => (
            <ApplicationView
              key={application.id}
              application={application}
              service={service}
              name={application.ref.name}
              onDone={onDone}
            />
          ))}
        </Section>
      )}
      <Timeline service={service} />
      <DoraSection report={service.dora} entityRef={service.entityRef} />
      <GuardrailsSection service={service} />
      <MakersSection service={service} />
    </>
  );
}

/** The deployments of a component: pipeline, what is wrong, timeline, metrics. */
export function ServiceContent() {
  const { entity } = useEntity();
  const service = useService(stringifyEntityRef(entity));
  if (!service.value) {
    return (
      <div className={`${styles.page} ${styles.embedded}`}>
        {service.error ? (
          <ErrorPanel error={service.error} retry={service.retry} />
        ) : (
          <PageSkeleton rows={4} height={120} />
        )}
      </div>
    );
  }
  return (
    <div className={`${styles.page} ${styles.embedded}`}>
      <OutdatedNotice error={service.error} updatedAt={service.updatedAt} />
      <ClusterNotice
        clusters={service.value.clusters}
        errors={service.value.errors}
        withObjects
      />
      <ServiceBody
        service={service.value}
        name={entity.metadata.title ?? entity.metadata.name}
        onDone={service.retry}
      />
    </div>
  );
}
