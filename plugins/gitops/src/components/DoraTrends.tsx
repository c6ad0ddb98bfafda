import { lazy, Suspense, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, Skeleton } from '@backstage/ui';
import type { DoraReport } from '@fairway/plugin-gitops-common';
import { gitopsTranslationRef } from '../translation';
import { DoraTrendTable } from './DoraTrendTable';
import { Section } from './Section';
import styles from './DoraTrends.module.css';

// The chart library is large: it is loaded when the numbers already stand.
const DoraCharts = lazy(() =>
  import('./DoraCharts').then(m => ({ default: m.DoraCharts })),
);

/** Where the charts will be. */
export function ChartSkeletons(props: { count: number }) {
  return (
    <div className={styles.charts}>
      {Array.from({ length: props.count }, (_, index) => (
        <div className={styles.chart} key={index}>
          <Skeleton width="100%" height={233} />
        </div>
      ))}
    </div>
  );
}

/** How the metrics went over the window: charts, or the same as a table. */
export function DoraTrends(props: { report: DoraReport }) {
  const { report } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const [table, setTable] = useState(false);
  return (
    <Section
      title={t('dora.trend')}
      note={t(`dora.per.${report.interval}`)}
      actions={
        <Button
          variant="tertiary"
          size="small"
          onPress={() => setTable(!table)}
        >
          {table ? t('dora.asCharts') : t('dora.asTable')}
        </Button>
      }
    >
      {table ? (
        <DoraTrendTable report={report} />
      ) : (
        <Suspense fallback={<ChartSkeletons count={report.metrics.length} />}>
          <DoraCharts report={report} />
        </Suspense>
      )}
    </Section>
  );
}
