import type { ReactElement } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Rollout } from '../model/rollouts';
import { trackOf, type StepState, type TrackItem } from '../model/rolloutTrack';
import { gitopsTranslationRef } from '../translation';
import styles from './RolloutTrack.module.css';

const line = {
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 2,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const;

const open = <circle cx="10" cy="10" r="7" {...line} />;

/** Each state has a shape of its own, so that the track is read without colours. */
const SHAPES: Record<StepState, ReactElement> = {
  done: (
    <>
      <circle cx="10" cy="10" r="8" fill="currentColor" />
      <path
        d="M6.3 10.4 8.9 13l4.9-5.6"
        {...line}
        stroke="var(--bui-bg-neutral-1)"
      />
    </>
  ),
  current: (
    <>
      {open}
      <circle cx="10" cy="10" r="3.5" fill="currentColor" />
    </>
  ),
  paused: (
    <>
      {open}
      <path d="M8 7v6M12 7v6" {...line} />
    </>
  ),
  failed: <path d="M10 2 18.5 17.5h-17z" fill="currentColor" />,
  ahead: open,
  unreached: <circle cx="10" cy="10" r="7" {...line} strokeDasharray="2 3.5" />,
  unknown: <circle cx="10" cy="10" r="7" {...line} strokeDasharray="2 3.5" />,
};

/** Words that stand under a step; the others are told to screen readers alone. */
const SPOKEN: StepState[] = ['current', 'paused', 'failed'];

function Step(props: { item: Exclude<TrackItem, { omitted: number }> }) {
  const { step, state } = props.item;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const isSpoken = SPOKEN.includes(state);
  return (
    <li
      className={`${styles.step} ${styles[state]}`}
      aria-current={isSpoken ? 'step' : undefined}
    >
      <span className={styles.marker}>
        <svg viewBox="0 0 20 20" width={18} height={18} aria-hidden="true">
          {SHAPES[state]}
        </svg>
      </span>
      <span className={styles.text}>
        <span className={step.kind === 'weight' ? styles.weight : styles.label}>
          {step.label || t('rollout.step')}
        </span>
        <span className={isSpoken ? styles.word : styles.hidden}>
          {t(`rollout.state.${state}`)}
        </span>
      </span>
    </li>
  );
}

/** The steps of a rollout from first to last: taken, being taken, to come. */
export function RolloutTrack(props: { rollout: Rollout; label: string }) {
  const { rollout, label } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <ol className={styles.track} aria-label={label}>
      {trackOf(rollout).map(item =>
        'omitted' in item ? (
          <li
            className={`${styles.step} ${styles[item.state]}`}
            key={item.index}
          >
            <span className={styles.marker}>
              <span className={styles.gap} aria-hidden="true">
                …
              </span>
            </span>
            <span className={styles.text}>
              {t('rollout.omitted', { count: item.omitted })}
              <span className={styles.hidden}>
                {t(`rollout.state.${item.state}`)}
              </span>
            </span>
          </li>
        ) : (
          <Step key={item.index} item={item} />
        ),
      )}
    </ol>
  );
}
