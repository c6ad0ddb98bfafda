import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { VisuallyHidden } from '@backstage/ui';
import type { Deployment } from '@fairway/plugin-gitops-common';
import {
  readDeploymentOutcome,
  type OutcomeFields,
} from '../model/deploymentOutcome';
import { formatSeconds } from '../model/format';
import { gitopsTranslationRef } from '../translation';
import { HealthMark } from './StateMark';
import styles from './DeploymentOutcome.module.css';

/**
 * How a deployment went, as DORA sees it and everywhere in the same words: one that needed repair
 * failed, also when it is over; then it says after how long.
 */
export function DeploymentOutcome(props: {
  deployment: Pick<Deployment, 'outcome' | 'failures'> & Partial<OutcomeFields>;
  /** `hidden`: for screen readers and as a tooltip. */
  word?: 'visible' | 'hidden';
}) {
  const { deployment, word = 'visible' } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const { state, recoveredAfter } = readDeploymentOutcome(deployment);
  const text = t(`timeline.${state}`);
  const note =
    recoveredAfter === undefined
      ? ''
      : `, ${t('timeline.recovered', { time: formatSeconds(recoveredAfter) })}`;
  return (
    <span
      className={styles.outcome}
      title={word === 'hidden' ? text + note : undefined}
    >
      <HealthMark
        health={state === 'failed' ? 'degraded' : 'healthy'}
        word="none"
      />
      {word === 'hidden' ? (
        <VisuallyHidden>{text + note}</VisuallyHidden>
      ) : (
        <span>
          {text}
          {note && <span className={styles.note}>{note}</span>}
        </span>
      )}
    </span>
  );
}
