import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Skeleton, VisuallyHidden } from '@backstage/ui';
import { gitopsTranslationRef } from '../translation';
import styles from './Page.module.css';

/** Rows where rows will be. */
export function PageSkeleton(props: { rows?: number; height?: number }) {
  const { rows = 8, height = 40 } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <div className={styles.skeletons} role="status">
      <VisuallyHidden>{t('common.loading')}</VisuallyHidden>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} width="100%" height={height} />
      ))}
    </div>
  );
}
