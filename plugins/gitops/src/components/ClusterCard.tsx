import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useNow } from '../hooks/useNow';
import type { ClusterEntry, ClusterTrouble } from '../model/clusterList';
import { formatClock, formatExact, formatSeconds } from '../model/format';
import { gitopsTranslationRef } from '../translation';
import { RelativeTime } from './RelativeTime';
import { ConnectionMark } from './StateMark';
import styles from './ClusterCard.module.css';

function Trouble(props: { trouble: ClusterTrouble }) {
  const { state, resources, message, since, lastSeenAt } = props.trouble;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = useNow();
  const [first] = resources;
  return (
    <li className={styles.trouble}>
      <p className={styles.sentence}>
        <strong>
          {t(`clusters.trouble.${state}`, {
            what:
              resources.length > 1
                ? t('clusters.kinds', { count: resources.length })
                : first,
          })}
        </strong>{' '}
        <span className={styles.since} title={formatExact(since)}>
          {t('common.since', { time: formatClock(since, now) })}
        </span>
      </p>
      {message && <p className={styles.message}>{message}</p>}
      {state === 'unreachable' && lastSeenAt && (
        <p className={styles.message}>
          {t('clusters.lastTrue', { time: formatClock(lastSeenAt, now) })}
        </p>
      )}
    </li>
  );
}

/** Every kind that is watched, for who wants to know it exactly. */
function Kinds(props: { entry: ClusterEntry }) {
  const { cluster } = props.entry;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <details className={styles.details}>
      <summary>
        {t('clusters.watched', { count: cluster.resources.length })}
      </summary>
      <div className={styles.scroller}>
        <table className={styles.kinds}>
          <thead>
            <tr>
              <th scope="col">{t('clusters.kind')}</th>
              <th scope="col">{t('clusters.state')}</th>
              <th scope="col">{t('clusters.lastSeen')}</th>
            </tr>
          </thead>
          <tbody>
            {cluster.resources.map(resource => (
              <tr key={resource.resource}>
                <th scope="row" className={styles.resource}>
                  {resource.resource}
                </th>
                <td>
                  <ConnectionMark state={resource.state} />
                </td>
                <td>
                  {resource.lastSeenAt ? (
                    <RelativeTime value={resource.lastSeenAt} ago />
                  ) : (
                    t('clusters.never')
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** One connection: how it is, what cannot be seen and why, and what is watched. */
export function ClusterCard(props: { entry: ClusterEntry }) {
  const { cluster, troubles, lastSeenAt } = props.entry;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const skew = cluster.clockSkewSeconds;
  return (
    <li className={styles.card}>
      <div className={styles.head}>
        <h3 className={styles.title}>{cluster.title}</h3>
        <ConnectionMark state={cluster.state} />
        <span className={styles.facts}>
          {[
            t(`clusters.connection.${cluster.connection}`),
            t('fleet.applications', { count: cluster.applications }),
          ].join(' · ')}
        </span>
        {lastSeenAt && (
          <span className={styles.seen}>
            {t('clusters.seen')} <RelativeTime value={lastSeenAt} ago />
          </span>
        )}
      </div>
      {skew !== undefined && (
        <p className={styles.message}>
          {t(skew > 0 ? 'clusters.clockAhead' : 'clusters.clockBehind', {
            time: formatSeconds(Math.abs(skew)),
          })}
        </p>
      )}
      {cluster.state === 'not-installed' && (
        <p className={styles.message}>{t('clusters.noEngine')}</p>
      )}
      {troubles.length > 0 && (
        <ul className={styles.troubles}>
          {troubles.map(trouble => (
            <Trouble
              key={`${trouble.state} ${trouble.resources[0]} ${trouble.message}`}
              trouble={trouble}
            />
          ))}
        </ul>
      )}
      {cluster.resources.length > 0 && <Kinds entry={props.entry} />}
    </li>
  );
}
