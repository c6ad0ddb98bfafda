import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button } from '@backstage/ui';
import { useNow } from '../hooks/useNow';
import { describeError } from '../model/describeError';
import { formatClock } from '../model/format';
import { gitopsTranslationRef } from '../translation';
import styles from './QueryState.module.css';

/** In place of content: what is so, and what to do about it. */
export function EmptyPanel(props: {
  title: string;
  text: string;
  actions?: ReactNode;
}) {
  return (
    <div className={styles.panel}>
      <h3 className={styles.title}>{props.title}</h3>
      <p className={styles.text}>{props.text}</p>
      {props.actions && <div className={styles.actions}>{props.actions}</div>}
    </div>
  );
}

/** In place of content that could not be had: forbidden, not found and failed look different. */
export function ErrorPanel(props: { error: Error; retry: () => void }) {
  const { t } = useTranslationRef(gitopsTranslationRef);
  const { kind, message } = describeError(props.error);
  if (kind === 'forbidden') {
    return (
      <EmptyPanel
        title={t('error.forbiddenTitle')}
        text={`${message} ${t('error.forbiddenHelp')}`}
      />
    );
  }
  const retry = (
    <Button variant="secondary" onPress={props.retry}>
      {t('common.tryAgain')}
    </Button>
  );
  if (kind === 'not-found') {
    return (
      <EmptyPanel
        title={t('error.notFoundTitle')}
        text={message}
        actions={retry}
      />
    );
  }
  return (
    <Alert
      role="alert"
      status="danger"
      icon
      title={t('error.failedTitle')}
      description={message}
      customActions={retry}
    />
  );
}

/** Above content that could not be renewed: since when, and why. */
export function OutdatedNotice(props: { error?: Error; updatedAt?: string }) {
  const { t } = useTranslationRef(gitopsTranslationRef);
  const now = useNow();
  if (!props.error || !props.updatedAt) {
    return null;
  }
  return (
    <Alert
      role="status"
      status="warning"
      icon
      title={t('common.notUpdated', {
        time: formatClock(props.updatedAt, now),
      })}
      description={describeError(props.error).message}
    />
  );
}
