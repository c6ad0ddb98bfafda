import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useNow } from '../hooks/useNow';
import { formatClock, formatGoDuration } from '../model/format';
import type { SecretsState, SecretState } from '../model/secretStates';
import { gitopsTranslationRef } from '../translation';
import { CappedList } from './CappedList';
import { FactPlace } from './FactPlace';
import { HealthMark } from './StateMark';
import styles from './FactRows.module.css';

/** Names of what a secret reads that are told; the rest is counted. */
const MAX_KEYS = 3;

function Secret(props: { secret: SecretState; place: string }) {
  const { secret, place } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = useNow();
  const { keys, store, overdueSince, refreshTime, refreshInterval } = secret;
  const overdue =
    overdueSince &&
    refreshTime &&
    t('guardrails.stale', {
      time: formatClock(refreshTime, now),
      interval: formatGoDuration(refreshInterval ?? '1h'),
    });
  // The controller's own words do not say more than that it failed, mostly.
  const isFailing = secret.of === 'secret' && secret.health === 'degraded';
  const advice =
    isFailing && store
      ? t(
          secret.isStoreTroubled
            ? 'guardrails.storeIsAway'
            : 'guardrails.storeRefuses',
          { store },
        )
      : undefined;
  return (
    <li className={styles.row}>
      <HealthMark
        health={
          overdueSince && secret.health === 'healthy'
            ? 'unknown'
            : secret.health
        }
      />
      <span className={styles.lead}>
        <span className={styles.name}>{secret.name}</span>{' '}
        <span className={styles.detail}>
          {[
            store && t('guardrails.fromStore', { store }),
            keys.length > 0 &&
              t('guardrails.reads', {
                keys:
                  keys.slice(0, MAX_KEYS).join(', ') +
                  (keys.length > MAX_KEYS ? ', …' : ''),
              }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <FactPlace place={place} staleSince={secret.staleSince} />
      {[secret.message, advice, overdue].filter(Boolean).map(text => (
        <p className={styles.message} key={text}>
          {text}
        </p>
      ))}
    </li>
  );
}

/** Secrets that are not kept in step, and stores that do not work; why, and never a value. */
export function SecretTroubles(props: {
  secrets: SecretsState;
  placeOf: (secret: SecretState) => string;
}) {
  const { secrets, placeOf } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <div className={styles.area}>
      <div className={styles.head}>
        <h3 className={styles.title}>{t('guardrails.secrets')}</h3>
        <span className={styles.note}>
          {t('guardrails.troubled', { count: secrets.troubled.length })}
        </span>
      </div>
      <CappedList items={secrets.troubled} label={t('guardrails.secrets')}>
        {secret => (
          <Secret key={secret.id} secret={secret} place={placeOf(secret)} />
        )}
      </CappedList>
    </div>
  );
}
