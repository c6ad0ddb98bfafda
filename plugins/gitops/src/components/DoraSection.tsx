import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  DoraMetric,
  DoraReport,
  DoraResult,
} from '@fairway/plugin-gitops-common';
import { formatSeconds } from '../model/format';
import { gitopsTranslationRef } from '../translation';
import { Section } from './Section';
import styles from './DoraSection.module.css';

function useResultText(): (result: DoraResult) => string {
  const { t } = useTranslationRef(gitopsTranslationRef);
  return result => {
    if (result.status === 'not-enough-data') {
      return t('dora.notEnough');
    }
    switch (result.unit) {
      case 'seconds':
        return formatSeconds(result.value);
      case 'ratio':
        return `${Math.round(result.value * 100)} %`;
      default:
        return result.value >= 1
          ? t('dora.perDay', { value: String(Number(result.value.toFixed(1))) })
          : t('dora.perWeek', {
              value: String(Number((result.value * 7).toFixed(1))),
            });
    }
  };
}

function Tile(props: { metric: DoraMetric }) {
  const { metric } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const text = useResultText();
  return (
    <li className={styles.tile}>
      <span className={styles.name}>{t(`dora.${metric.id}`)}</span>
      <span className={styles.value}>{text(metric.result)}</span>
      <span className={styles.note}>
        {metric.result.status === 'not-enough-data'
          ? metric.result.reason
          : [
              metric.band &&
                t('dora.band', {
                  level: metric.band.level,
                  year: String(metric.band.year),
                }),
              t('dora.count', { n: String(metric.result.count) }),
            ]
              .filter(Boolean)
              .join(' · ')}
      </span>
    </li>
  );
}

/** The five metrics of a report as tiles. */
export function DoraSection(props: { report: DoraReport }) {
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <Section title={t('dora.title')} note={t('dora.window')}>
      <ul className={styles.tiles}>
        {props.report.metrics.map(metric => (
          <Tile key={metric.id} metric={metric} />
        ))}
      </ul>
    </Section>
  );
}
