import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useNow } from '../hooks/useNow';
import { formatClock, formatExact } from '../model/format';
import { gitopsTranslationRef } from '../translation';
import styles from './FactRows.module.css';

/** Where something is, and since when what is told of it may be out of date. */
export function FactPlace(props: { place: string; staleSince?: string }) {
  const { place, staleSince } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = useNow();
  return (
    <span className={styles.place}>
      {place}
      {staleSince && (
        <span title={formatExact(staleSince)}>
          {` · ${t('common.stale', { time: formatClock(staleSince, now) })}`}
        </span>
      )}
    </span>
  );
}
