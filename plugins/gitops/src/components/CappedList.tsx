import { useState, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { gitopsTranslationRef } from '../translation';
import styles from './FactRows.module.css';

/** As many as are read at a glance. */
const LIMIT = 10;

/** A list that shows its first ten, and all when asked. */
export function CappedList<T>(props: {
  items: readonly T[];
  label: string;
  children: (item: T) => ReactNode;
}) {
  const { items, label, children } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const [isOpen, setOpen] = useState(false);
  const shown = isOpen ? items : items.slice(0, LIMIT);
  return (
    <>
      <ul className={styles.list} aria-label={label}>
        {shown.map(children)}
      </ul>
      {items.length > LIMIT && (
        <div>
          <Button
            variant="secondary"
            size="small"
            onPress={() => setOpen(!isOpen)}
          >
            {isOpen
              ? t('guardrails.showWorst', { n: String(LIMIT) })
              : t('guardrails.showAll', { n: String(items.length) })}
          </Button>
        </div>
      )}
    </>
  );
}
