import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { DoraBand, DoraLevel } from '@fairway/plugin-gitops-common';
import { gitopsTranslationRef } from '../translation';
import styles from './DoraTile.module.css';

const STEPS: DoraLevel[] = ['low', 'medium', 'high', 'elite'];

/** A performance level with the year of its table: rising steps, as many filled as reached. */
export function DoraBandMark(props: { band: DoraBand }) {
  const { level, year } = props.band;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const reached = STEPS.indexOf(level);
  return (
    <span
      className={styles.band}
      title={t('dora.bandHelp', { year: String(year) })}
    >
      <svg viewBox="0 0 16 12" className={styles.steps} aria-hidden="true">
        {STEPS.map((step, index) => (
          <rect
            key={step}
            x={index * 4}
            y={9 - index * 3}
            width="3"
            height={3 + index * 3}
            rx="0.5"
            className={index <= reached ? styles.reached : styles.missed}
          />
        ))}
      </svg>
      {t('dora.band', { level: t(`dora.level.${level}`), year: String(year) })}
    </span>
  );
}
