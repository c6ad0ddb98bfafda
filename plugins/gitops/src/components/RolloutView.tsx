import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useNow } from '../hooks/useNow';
import { formatAge, formatClock, formatExact } from '../model/format';
import {
  pauseDuration,
  pauseReason,
  readableWord,
  type Rollout,
} from '../model/rollouts';
import { positionOf } from '../model/rolloutTrack';
import { gitopsTranslationRef } from '../translation';
import { RolloutAnalyses } from './RolloutAnalyses';
import { RolloutTrack } from './RolloutTrack';
import { HealthMark } from './StateMark';
import styles from './RolloutView.module.css';

/** Why it stands where it stands, in words. */
function Reason(props: { rollout: Rollout }) {
  const { rollout } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = useNow();
  const { paused, message, aborted } = rollout;
  const reason = pauseReason(rollout);
  const sentence = reason
    ? t(`rollout.pause.${reason}`, { duration: pauseDuration(rollout) ?? '' })
    : message ?? paused?.reason;
  if (!sentence) {
    return null;
  }
  return (
    <p
      className={`${styles.reason} ${
        rollout.health === 'degraded' ? styles.bad : ''
      }`}
    >
      {aborted && <strong>{t('rollout.aborted')}: </strong>}
      {sentence}
      {!aborted && paused?.since && (
        <span className={styles.muted} title={formatExact(paused.since)}>
          {' '}
          {t('rollout.pausedSince', {
            time: formatClock(paused.since, now),
            age: formatAge(paused.since, now),
          })}
        </span>
      )}
    </p>
  );
}

/** How much the new version has. */
function Weight(props: { rollout: Rollout }) {
  const { weight, maxWeight } = props.rollout;
  const { t } = useTranslationRef(gitopsTranslationRef);
  if (weight === undefined) {
    return null;
  }
  const share = Math.min(100, Math.max(0, weight));
  return (
    <div className={styles.weight}>
      <span>
        {t('rollout.newVersion')} <strong>{share} %</strong>
      </span>
      <span
        className={styles.bar}
        role="meter"
        aria-label={t('rollout.weight')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share}
        aria-valuetext={`${share} %`}
      >
        <span className={styles.fill} style={{ width: `${share}%` }} />
      </span>
      <span className={styles.muted}>
        {t('rollout.oldVersion')} {100 - share} %
        {maxWeight !== undefined &&
          maxWeight < 100 &&
          ` · ${t('rollout.promotedAfter', { weight: String(maxWeight) })}`}
      </span>
    </div>
  );
}

/** One rollout: where it is, why it waits, what its analyses say. */
export function RolloutView(props: {
  rollout: Rollout;
  /** Title of its environment, or its cluster. */
  place: string;
}) {
  const { rollout, place } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = useNow();
  const { steps, engine, strategy, threshold, failedChecks, staleSince } =
    rollout;
  const position = positionOf(rollout);
  return (
    <li className={styles.rollout}>
      <div className={styles.head}>
        <h3 className={styles.title}>{place}</h3>
        <span className={styles.phase}>
          <HealthMark health={rollout.health} word="none" size="large" />
          {rollout.aborted ? t('rollout.aborted') : readableWord(rollout.phase)}
        </span>
        {position !== undefined && steps.length > 0 && (
          <span>
            {t('rollout.stepOf', {
              step: String(position + 1),
              steps: String(steps.length),
            })}
          </span>
        )}
        <span className={styles.kind}>
          {[
            rollout.name,
            strategy && t(`rollout.strategy.${strategy}`),
            engine && t(`rollout.engine.${engine}`),
            staleSince &&
              t('common.stale', { time: formatClock(staleSince, now) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </div>
      <Reason rollout={rollout} />
      <Weight rollout={rollout} />
      {steps.length > 0 && (
        <RolloutTrack rollout={rollout} label={t('rollout.steps', { place })} />
      )}
      {rollout.aborted && position === undefined && steps.length > 0 && (
        <p className={styles.message}>{t('rollout.notTold')}</p>
      )}
      {threshold !== undefined && failedChecks !== undefined && (
        <p className={styles.message}>
          {t('rollout.checks', {
            failed: String(failedChecks),
            threshold: String(threshold),
          })}
        </p>
      )}
      {rollout.analyses.length > 0 && (
        <RolloutAnalyses analyses={rollout.analyses} />
      )}
    </li>
  );
}
