import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { BackupsState, BackupState } from '../model/backupStates';
import { readableWord } from '../model/rollouts';
import type { PlaceOf } from '../model/places';
import { gitopsTranslationRef } from '../translation';
import { CappedList } from './CappedList';
import { FactList } from './FactList';
import { RelativeTime } from './RelativeTime';
import { HealthMark } from './StateMark';
import styles from './FactRows.module.css';

function Backup(props: { backup: BackupState; placeOf: PlaceOf }) {
  const { backup, placeOf } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const { namespaces, lastAt, phase, schedule, health } = backup;
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
      <span className={styles.place}>{placeOf(backup)}</span>
      {backup.messages.map(message => (
        <p className={styles.message} key={message}>
          {message}
        </p>
      ))}
    </li>
  );
}

/** The last backups with how they ended and when the next is due. */
export function BackupList(props: { backups: BackupsState; placeOf: PlaceOf }) {
  const { backups, placeOf } = props;
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
    </div>
  );
}
