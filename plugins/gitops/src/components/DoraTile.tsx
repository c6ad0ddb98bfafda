import { useId } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import type { DoraMetric } from '@fairway/plugin-gitops-common';
import { useDoraText } from '../hooks/useDoraText';
import { gitopsTranslationRef } from '../translation';
import { DoraBandMark } from './DoraBandMark';
import { DoraChangeMark } from './DoraChangeMark';
import { DoraSparkline } from './DoraSparkline';
import styles from './DoraTile.module.css';

function Level(props: { metric: DoraMetric }) {
  const { band, result } = props.metric;
  const { t } = useTranslationRef(gitopsTranslationRef);
  if (band) {
    return <DoraBandMark band={band} />;
  }
  return result.status === 'measured' ? (
    <span className={styles.band} title={t('dora.noBandHelp')}>
      {t('dora.noBand')}
    </span>
  ) : null;
}

function Value(props: { metric: DoraMetric; days: string }) {
  const { metric, days } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const text = useDoraText();
  if (metric.result.status === 'not-enough-data') {
    return (
      <>
        <p className={styles.tooLittle}>{t('dora.notEnough')}</p>
        <p className={styles.reason}>{metric.result.reason}</p>
      </>
    );
  }
  const { number, unit } = text(metric.result);
  return (
    <>
      <p className={styles.value}>
        {number}
        <span className={styles.unit}> {unit}</span>
      </p>
      <DoraSparkline metric={metric} />
      <Level metric={metric} />
      <DoraChangeMark metric={metric} days={days} />
    </>
  );
}

/** One metric: its value, level, change and trend, and the way to its explanation. */
export function DoraTile(props: {
  metric: DoraMetric;
  /** Length of the window in days. */
  days: string;
  onWhy: () => void;
}) {
  const { metric, days, onWhy } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const id = useId();
  const name = t(`dora.${metric.id}`);
  return (
    <section className={styles.tile} aria-labelledby={id}>
      <h3
        className={styles.name}
        id={id}
        title={t(`dora.fullName.${metric.id}`)}
      >
        {name}
      </h3>
      <Value metric={metric} days={days} />
      <div className={styles.foot}>
        <span className={styles.count}>
          {t('dora.count', { n: String(metric.result.count) })}
        </span>
        <Button
          variant="tertiary"
          size="small"
          className={styles.why}
          aria-label={t('dora.whyLabel', { metric: name })}
          aria-haspopup="dialog"
          onPress={onWhy}
        >
          {t('dora.why')}
        </Button>
      </div>
    </section>
  );
}
