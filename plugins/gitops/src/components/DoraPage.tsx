import { useDora } from '../hooks/useDora';
import { DoraSection } from './DoraSection';
import { PageSkeleton } from './PageSkeleton';
import { ErrorPanel, OutdatedNotice } from './QueryState';
import styles from './Page.module.css';

/** The DORA metrics of everything. */
export function DoraPage() {
  const dora = useDora({ scope: { kind: 'all' } });
  return (
    <div className={styles.page}>
      <OutdatedNotice error={dora.error} updatedAt={dora.updatedAt} />
      {dora.value && <DoraSection report={dora.value.report} />}
      {!dora.value && dora.error && (
        <ErrorPanel error={dora.error} retry={dora.retry} />
      )}
      {dora.loading && <PageSkeleton rows={2} height={120} />}
    </div>
  );
}
