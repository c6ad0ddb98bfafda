import { useMemo } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useClusters } from '../hooks/useClusters';
import { listClusters } from '../model/clusterList';
import { gitopsTranslationRef } from '../translation';
import { ClusterCard } from './ClusterCard';
import { PageSkeleton } from './PageSkeleton';
import { EmptyPanel, ErrorPanel, OutdatedNotice } from './QueryState';
import { Section } from './Section';
import cardStyles from './ClusterCard.module.css';
import styles from './Page.module.css';

/** What Fairway watches, and what of it cannot be seen. */
export function ClustersPage() {
  const { t } = useTranslationRef(gitopsTranslationRef);
  const clusters = useClusters();
  const entries = useMemo(
    () => clusters.value && listClusters(clusters.value),
    [clusters.value],
  );
  if (!entries) {
    return (
      <div className={styles.page}>
        {clusters.error ? (
          <ErrorPanel error={clusters.error} retry={clusters.retry} />
        ) : (
          <PageSkeleton rows={4} height={72} />
        )}
      </div>
    );
  }
  const troubled = entries.filter(
    ({ cluster, troubles }) =>
      troubles.length > 0 || cluster.clockSkewSeconds !== undefined,
  ).length;
  return (
    <div className={styles.page}>
      <OutdatedNotice error={clusters.error} updatedAt={clusters.updatedAt} />
      {entries.length === 0 ? (
        <EmptyPanel
          title={t('clusters.empty')}
          text={t('clusters.emptyHelp')}
        />
      ) : (
        <Section
          title={t('fleet.clusters', { count: entries.length })}
          note={
            troubled > 0
              ? t('clusters.troubled', { count: troubled })
              : t('clusters.allWell')
          }
        >
          <ul className={cardStyles.list}>
            {entries.map(entry => (
              <ClusterCard key={entry.cluster.name} entry={entry} />
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}
