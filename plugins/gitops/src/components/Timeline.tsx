import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, Select } from '@backstage/ui';
import type { ServiceResponse } from '@fairway/plugin-gitops-common';
import { useTimeline } from '../hooks/useTimeline';
import { gitopsTranslationRef } from '../translation';
import { EmptyPanel, ErrorPanel } from './QueryState';
import { Section } from './Section';
import { TimelineItem } from './TimelineItem';
import styles from './Timeline.module.css';

const ALL = 'all';

/** Every deployment of a service, newest first, one line each. */
export function Timeline(props: { service: ServiceResponse }) {
  const { service } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const [environment, setEnvironment] = useState<string>();
  const { value, hasMore, loading, error, retry } = useTimeline({
    entityRef: service.entityRef,
    environment,
    first: service.deployments,
    firstCursor: service.nextDeploymentsCursor,
  });
  const environments = service.environments.map(stage => stage.environment);
  const titleOf = (name?: string) =>
    environments.find(one => one.name === name)?.title ??
    name ??
    t('fleet.otherEnvironment');
  return (
    <Section
      title={t('timeline.title')}
      actions={
        <Select
          className={styles.select}
          size="small"
          aria-label={t('timeline.environment')}
          options={[
            { value: ALL, label: t('timeline.allEnvironments') },
            ...environments.map(({ name, title }) => ({
              value: name,
              label: title,
            })),
          ]}
          value={environment ?? ALL}
          onChange={chosen =>
            setEnvironment(chosen === ALL ? undefined : String(chosen))
          }
        />
      }
    >
      {value.length === 0 && !hasMore ? (
        <EmptyPanel
          title={t('timeline.empty')}
          text={t('timeline.emptyHelp')}
        />
      ) : (
        <ol className={styles.list} aria-label={t('timeline.title')}>
          {value.map(deployment => (
            <TimelineItem
              key={deployment.id}
              deployment={deployment}
              environmentTitle={titleOf(deployment.environment)}
            />
          ))}
        </ol>
      )}
      {error && <ErrorPanel error={error} retry={retry} />}
      {hasMore && !error && (
        <div>
          <Button variant="secondary" isPending={loading} onPress={retry}>
            {t('timeline.loadMore')}
          </Button>
        </div>
      )}
    </Section>
  );
}
