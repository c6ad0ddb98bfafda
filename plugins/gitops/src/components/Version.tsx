import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiCheckLine, RiFileCopyLine } from '@remixicon/react';
import { shortenRevision } from '../model/format';
import { gitopsTranslationRef } from '../translation';
import styles from './Version.module.css';

/** A version or revision: shortened in the middle, whole on hover and when copied. */
export function Version(props: { value?: string; copyable?: boolean }) {
  const { value, copyable = false } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const [copied, setCopied] = useState(false);
  if (!value) {
    return <span className={styles.version}>{t('common.noVersion')}</span>;
  }
  return (
    <span className={styles.version}>
      <span className={styles.text} title={value}>
        {shortenRevision(value)}
      </span>
      {copyable && (
        <button
          type="button"
          className={styles.copy}
          aria-label={
            copied ? t('common.copied') : t('common.copy', { version: value })
          }
          onClick={async () => {
            await navigator.clipboard.writeText(value);
            setCopied(true);
          }}
          onBlur={() => setCopied(false)}
        >
          {copied ? <RiCheckLine size={14} /> : <RiFileCopyLine size={14} />}
        </button>
      )}
    </span>
  );
}
