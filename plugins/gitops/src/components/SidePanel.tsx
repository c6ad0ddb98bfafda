import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { BgProvider, ButtonIcon } from '@backstage/ui';
import { RiCloseLine } from '@remixicon/react';
import { gitopsTranslationRef } from '../translation';
import styles from './SidePanel.module.css';

/**
 * A panel beside the page, which stays usable: Escape closes it, and the focus goes back
 * to where it came from.
 */
export function SidePanel(props: {
  title: string;
  subtitle?: string;
  label: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const { title, subtitle, label, onClose, children } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) {
        before.focus();
      }
    };
  }, []);
  // Not React's event, which would also bring the keys of dialogs opened from the panel.
  useEffect(() => {
    const element = panel.current;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape') {
        onClose();
      }
    };
    element?.addEventListener('keydown', onKeyDown);
    return () => element?.removeEventListener('keydown', onKeyDown);
  }, [onClose]);
  return (
    <div
      ref={panel}
      className={styles.panel}
      role="dialog"
      aria-label={label}
      tabIndex={-1}
    >
      <div className={styles.head}>
        <h2 className={styles.title}>
          {title}
          {subtitle && <span className={styles.sub}>{subtitle}</span>}
        </h2>
        <ButtonIcon
          variant="tertiary"
          aria-label={t('common.close')}
          icon={<RiCloseLine />}
          onPress={onClose}
        />
      </div>
      <BgProvider bg="neutral-1">
        <div className={styles.body}>{children}</div>
      </BgProvider>
    </div>
  );
}
