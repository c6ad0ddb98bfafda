import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useNow } from '../hooks/useNow';
import type { BackupsState, BackupState } from '../model/backupStates';
import { formatClock } from '../model/format';
import { readableWord } from '../model/rollouts';
import type { PlaceOf } from '../model/places';
import { gitopsTranslationRef } from '../translation';
import { CappedList } from './CappedList';
import { FactList } from './FactList';
import { FactPlace } from './FactPlace';
import { RelativeTime } from './RelativeTime';
import { HealthMark } from './StateMark';
import styles from './FactRows.module.css';

function Backup(props: { backup: BackupState; placeOf: PlaceOf }) {
  const { backup, placeOf } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const { namespaces, excluded, lastAt, phase, schedule, health } = backup;
  const now = useNow();
  const overdue =
    backup.overdueSince &&
    t('guardrails.overdue', { time: formatClock(backup.overdueSince, now) });
  return (
    <li className={styles.row}>
      <HealthMark health={health} />
      <span className={styles.lead}>
        <span className={styles.name}>
          {namespaces.length > 0
            ? namespaces.join(', ')
            : t('guardrails.wholeCluster')}
        </span>{' '}
        <span className={styles.detail}>
          {excluded.length > 0 &&
            `${t('guardrails.without', {
              namespaces: excluded.join(', '),
            })} · `}
          {backup.isPartial && `${t('guardrails.partial')} · `}
          {lastAt ? (
            <>
              {t('guardrails.lastBackup')} <RelativeTime value={lastAt} ago />
              {' · '}
              {phase ? readableWord(phase) : t('guardrails.outcomeUnknown')}
            </>
          ) : (
            t('guardrails.noBackupYet')
          )}
          {' · '}
          {schedule
            ? t('guardrails.schedule', { schedule })
            : t('guardrails.noSchedule')}
        </span>
      </span>
      <FactPlace place={placeOf(backup)} staleSince={backup.staleSince} />
      {[overdue, ...backup.messages].filter(Boolean).map(message => (
        <p className={styles.message} key={message}>
          {message}
        </p>
      ))}
    </li>
  );
}

/** The last backups with how they ended and when the next is due. */
export function BackupList(props: {
  backups: BackupsState;
  placeOf: PlaceOf;
  /** The service keeps data, so that it is told what backups are for. */
  keepsData: boolean;
}) {
  const { backups, placeOf, keepsData } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <div className={styles.area}>
      <h3 className={styles.title}>{t('guardrails.backups')}</h3>
      {backups.backups.length > 0 && (
        <CappedList items={backups.backups} label={t('guardrails.backups')}>
          {backup => (
            <Backup key={backup.id} backup={backup} placeOf={placeOf} />
          )}
        </CappedList>
      )}
      {backups.locations.length > 0 && (
        <FactList
          facts={backups.locations}
          label={t('guardrails.locations')}
          placeOf={({ environment, ref }) =>
            placeOf({ environment, cluster: ref.cluster })
          }
        />
      )}
      {keepsData && (
        <p className={styles.note}>{t('guardrails.gitRestores')}</p>
      )}
    </div>
  );
}
