import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  formatChartValue,
  type ChartData,
  type ChartPoint,
} from '../model/doraSeries';
import { gitopsTranslationRef } from '../translation';
import styles from './DoraTrends.module.css';

/** Colours of the series; each outcome also has its own fill. */
export const SERIES = 'var(--bui-accent-bg)';
export const FAILED = 'var(--bui-negative-fg-subdued)';

/** What a chart draws, and how its days are written. */
export interface ChartProps {
  data: ChartData;
  day: (iso: string) => string;
}

/** The point under the pointer. */
export function ChartTooltip(
  props: ChartProps & {
    active?: boolean;
    payload?: ReadonlyArray<{ payload: ChartPoint }>;
  },
) {
  const { active, payload, data, day } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const point = payload?.[0]?.payload;
  if (!active || !point) {
    return null;
  }
  return (
    <div className={styles.tooltip}>
      <strong>{day(point.from)}</strong>
      {data.unit ? (
        <span>
          {point.value === undefined
            ? t('dora.summary.none')
            : formatChartValue(point.value, data.unit)}
        </span>
      ) : (
        <>
          <span>
            {t('dora.succeeded')}: {point.succeeded}
          </span>
          <span>
            {t('dora.failed')}: {point.failed}
          </span>
        </>
      )}
      {data.unit && <span>{t('dora.count', { n: String(point.count) })}</span>}
    </div>
  );
}

/** Which fill is which outcome. */
export function OutcomeLegend() {
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <ul className={styles.legend}>
      <li>
        <svg viewBox="0 0 10 10" aria-hidden="true">
          <rect width="10" height="10" fill={SERIES} />
        </svg>
        {t('dora.succeeded')}
      </li>
      <li>
        <svg viewBox="0 0 10 10" aria-hidden="true">
          <rect width="10" height="10" fill={FAILED} opacity="0.35" />
          <path d="M0 5 5 0M0 10 10 0M5 10 10 5" stroke={FAILED} />
        </svg>
        {t('dora.failed')}
      </li>
    </ul>
  );
}

/** What the dashed line is. */
export function WholeLegend(props: { data: ChartData }) {
  const { whole, unit } = props.data;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return whole === undefined ? null : (
    <ul className={styles.legend}>
      <li>
        <svg viewBox="0 0 20 10" className={styles.dash} aria-hidden="true">
          <path
            d="M0 5h20"
            stroke="var(--bui-fg-secondary)"
            strokeDasharray="4 4"
          />
        </svg>
        {t('dora.wholeWindow')} {formatChartValue(whole, unit)}
      </li>
    </ul>
  );
}
