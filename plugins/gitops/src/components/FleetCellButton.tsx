import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useChanged } from '../hooks/useChanged';
import { useNow } from '../hooks/useNow';
import { formatAge, formatClock } from '../model/format';
import type { FoldedCell } from '../model/fleetMatrix';
import { troubleOfCell } from '../model/trouble';
import { gitopsTranslationRef } from '../translation';
import { RelativeTime } from './RelativeTime';
import { HealthMark, SyncMark } from './StateMark';
import { Version } from './Version';
import styles from './FleetCellButton.module.css';

/** What a service runs in one environment, at a glance; pressed, it opens the side panel. */
export function FleetCellButton(props: {
  service: string;
  environment: string;
  cell: FoldedCell;
  selected: boolean;
  onPress: () => void;
}) {
  const { service, environment, cell, selected, onPress } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const changed = useChanged(cell.fingerprint);
  const now = useNow();
  const version =
    cell.versions > 1
      ? t('common.versions', { count: cell.versions })
      : cell.version ?? t('common.noVersion');
  return (
    <button
      type="button"
      className={[
        styles.cell,
        cell.health === 'degraded' ? styles.degraded : '',
        cell.staleSince ? styles.stale : '',
        changed ? styles.changed : '',
      ].join(' ')}
      aria-haspopup="dialog"
      aria-expanded={selected}
      aria-label={t('fleet.cellLabel', {
        service,
        environment,
        health: t(`health.${cell.health}`),
        sync: t(`sync.${cell.sync}`),
        version,
        age: cell.deployedAt
          ? formatAge(cell.deployedAt, now)
          : t('common.never'),
      })}
      title={troubleOfCell(cell.cells[0])?.sentence}
      onClick={onPress}
    >
      <span className={styles.mark}>
        <HealthMark health={cell.health} word="none" />
      </span>
      <span className={styles.version}>
        {cell.versions > 1 ? version : <Version value={cell.version} />}
        {cell.cells.length > 1 && (
          <span className={styles.clusters}>
            {t('fleet.apps', { count: cell.cells.length })}
          </span>
        )}
      </span>
      <span className={styles.words}>
        <span className={styles.healthWord}>{t(`health.${cell.health}`)}</span>
        {cell.sync !== 'synced' && <SyncMark sync={cell.sync} />}
        {cell.staleSince && (
          <span className={styles.healthWord}>
            {t('common.stale', { time: formatClock(cell.staleSince, now) })}
          </span>
        )}
      </span>
      <span className={styles.age}>
        {cell.deployedAt && <RelativeTime value={cell.deployedAt} />}
      </span>
    </button>
  );
}
