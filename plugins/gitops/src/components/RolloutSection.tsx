import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { ServiceResponse } from '@fairway/plugin-gitops-common';
import { useNow } from '../hooks/useNow';
import { formatClock } from '../model/format';
import { placeIn } from '../model/places';
import { isComplete, listRollouts } from '../model/rollouts';
import { gitopsTranslationRef } from '../translation';
import { RolloutView } from './RolloutView';
import { Section } from './Section';
import { HealthMark } from './StateMark';
import styles from './RolloutView.module.css';

/** New versions that get their traffic step by step; one line for those that are complete. */
export function RolloutSection(props: { service: ServiceResponse }) {
  const { service } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = useNow();
  const rollouts = listRollouts(service.facts);
  if (rollouts.length === 0) {
    return null;
  }
  const placeOf = placeIn(service);
  const place = ({ environment, ref }: (typeof rollouts)[number]) =>
    placeOf({ environment, cluster: ref.cluster });
  const running = rollouts.filter(rollout => !isComplete(rollout));
  const complete = rollouts.filter(isComplete);
  const placeAndTime = (rollout: (typeof rollouts)[number]) =>
    rollout.staleSince
      ? `${place(rollout)} (${t('common.stale', {
          time: formatClock(rollout.staleSince, now),
        })})`
      : place(rollout);
  return (
    <Section title={t('rollout.title')}>
      {running.length > 0 && (
        <ul className={styles.list}>
          {running.map(rollout => (
            <RolloutView
              key={rollout.id}
              rollout={rollout}
              place={place(rollout)}
            />
          ))}
        </ul>
      )}
      {complete.length > 0 && (
        <p className={styles.complete}>
          <HealthMark
            health={
              complete.every(one => one.staleSince) ? 'unknown' : 'healthy'
            }
            word="none"
          />
          {t('rollout.complete', {
            places: [...new Set(complete.map(placeAndTime))].join(', '),
          })}
        </p>
      )}
    </Section>
  );
}
