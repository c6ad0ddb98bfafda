import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { RolloutMetric } from '@fairway/plugin-gitops-common';
import { analysisHealth, readableWord, type Analysis } from '../model/rollouts';
import { gitopsTranslationRef } from '../translation';
import { HealthMark } from './StateMark';
import styles from './RolloutView.module.css';

/** A shape with the engine's own word for the phase. */
function Phase(props: { phase: string }) {
  return (
    <span className={styles.phase}>
      <HealthMark health={analysisHealth(props.phase)} word="none" />
      {readableWord(props.phase)}
    </span>
  );
}

/** What the metrics of an analysis say; columns that no metric fills are left out. */
function Metrics(props: { metrics: readonly RolloutMetric[] }) {
  const { metrics } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const hasValues = metrics.some(({ value }) => value !== undefined);
  const hasCounts = metrics.some(({ count }) => count !== undefined);
  return (
    <div className={styles.scroller}>
      <table className={styles.metrics}>
        <thead>
          <tr>
            <th scope="col">{t('rollout.metric')}</th>
            <th scope="col">{t('rollout.phase')}</th>
            {hasValues && (
              <th scope="col" className={styles.number}>
                {t('rollout.value')}
              </th>
            )}
            {hasCounts && (
              <th scope="col" className={styles.number}>
                {t('rollout.failed')}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {metrics.map(({ name, phase, value, count, failed = 0 }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <Phase phase={phase} />
              </td>
              {hasValues && (
                <td className={styles.number}>
                  {value ?? t('rollout.noValue')}
                </td>
              )}
              {hasCounts && (
                <td className={styles.number}>
                  {count === undefined
                    ? t('rollout.noValue')
                    : t('rollout.failedOf', {
                        failed: String(failed),
                        n: String(count),
                      })}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The analyses that decide over a rollout, with what they measured. */
export function RolloutAnalyses(props: { analyses: readonly Analysis[] }) {
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <ul className={styles.analyses} aria-label={t('rollout.analyses')}>
      {props.analyses.map(analysis => (
        <li className={styles.analysis} key={analysis.name}>
          <div className={styles.analysisHead}>
            <Phase phase={analysis.phase} />
            <span className={styles.analysisName}>{analysis.name}</span>
            {analysis.purpose && (
              <span className={styles.muted}>
                {readableWord(analysis.purpose)}
                {analysis.step !== undefined && ` ${String(analysis.step + 1)}`}
              </span>
            )}
          </div>
          {analysis.message && (
            <p className={styles.message}>{analysis.message}</p>
          )}
          {analysis.metrics.length > 0 && (
            <Metrics metrics={analysis.metrics} />
          )}
        </li>
      ))}
    </ul>
  );
}
