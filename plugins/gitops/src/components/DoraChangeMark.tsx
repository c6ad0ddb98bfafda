import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { DoraMetric } from '@fairway/plugin-gitops-common';
import { useDoraText } from '../hooks/useDoraText';
import { doraChange } from '../model/doraText';
import { gitopsTranslationRef } from '../translation';
import styles from './DoraTile.module.css';

const ARROWS = { up: '▲', down: '▼', same: '=' };

/** How a metric moved against the window before: an arrow, how much, and whether that is good. */
export function DoraChangeMark(props: { metric: DoraMetric; days: string }) {
  const { metric, days } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const text = useDoraText();
  const change = doraChange(metric);
  if (!change || metric.previous.status !== 'measured') {
    return (
      <span
        className={styles.change}
        title={t('dora.change.noneBefore', { days })}
      >
        {t('dora.change.none')}
      </span>
    );
  }
  const before = text(metric.previous);
  const amount = change.points
    ? t('dora.change.points', { n: change.amount })
    : change.amount;
  return (
    <span
      className={styles.change}
      title={t('dora.change.before', {
        value: `${before.number} ${before.unit}`,
        days,
      })}
    >
      <span className={styles[change.verdict]} aria-hidden="true">
        {ARROWS[change.direction]}
      </span>{' '}
      {change.verdict === 'same'
        ? t('dora.change.same')
        : t(`dora.change.${change.verdict}`, { amount })}
    </span>
  );
}
