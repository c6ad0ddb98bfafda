import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  HealthStatus,
  NameCheckResponse,
} from '@fairway/plugin-gitops-common';
import { describeError } from '../model/describeError';
import type { LiveQuery } from '../hooks/useLiveQuery';
import { gitopsTranslationRef } from '../translation';
import { HealthMark } from './StateMark';
import styles from './ServiceNameField.module.css';

type Check = NameCheckResponse['checks'][number];

const MARKS: Record<Check['state'], HealthStatus> = {
  free: 'healthy',
  taken: 'degraded',
  invalid: 'degraded',
  unknown: 'unknown',
};

/** Where a name is free and where not, place by place in words. */
export function NameChecks(props: { check: LiveQuery<NameCheckResponse> }) {
  const { value, error, loading } = props.check;
  const { t } = useTranslationRef(gitopsTranslationRef);
  if (loading) {
    return (
      <p className={`${styles.checks} ${styles.quiet}`}>
        {t('nameField.checking')}
      </p>
    );
  }
  if (error) {
    return (
      <p className={styles.message}>
        {t('nameField.cannotCheck', { message: describeError(error).message })}
      </p>
    );
  }
  const checks = value?.checks ?? [];
  return (
    <>
      <ul className={styles.checks} aria-label={t('nameField.checksLabel')}>
        {checks.map(({ where, state }) => (
          <li className={styles.check} key={where}>
            <HealthMark health={MARKS[state]} word="none" />
            <span className={styles.where}>
              {t(`nameField.where.${where}`)}
            </span>
            <span>
              {where === 'format' && state === 'free'
                ? t('nameField.state.valid')
                : t(`nameField.state.${state}`)}
            </span>
          </li>
        ))}
      </ul>
      {checks
        .filter(({ message }) => message)
        .map(({ where, state, message }) => (
          <p
            key={where}
            className={`${styles.message} ${
              state === 'unknown' ? styles.quiet : ''
            }`}
          >
            {message}
          </p>
        ))}
    </>
  );
}
