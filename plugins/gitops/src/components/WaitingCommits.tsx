import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Dialog, DialogBody, DialogHeader } from '@backstage/ui';
import { RiArrowRightLine } from '@remixicon/react';
import type { ServiceEnvironment } from '@fairway/plugin-gitops-common';
import { gitopsTranslationRef } from '../translation';
import { CommitList } from './CommitList';
import styles from './Pipeline.module.css';

/** The arrow to an environment: how many commits wait for it; pressed, which. */
export function WaitingCommits(props: { to: ServiceEnvironment }) {
  const { environment, waiting } = props.to;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const [open, setOpen] = useState(false);
  if (waiting.count === 0) {
    return (
      <span className={styles.arrow}>
        <RiArrowRightLine size={20} aria-hidden="true" />
        {t('service.nothingWaits')}
      </span>
    );
  }
  const hidden = waiting.count - waiting.commits.length;
  return (
    <>
      <button
        type="button"
        className={styles.arrow}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <RiArrowRightLine size={20} aria-hidden="true" />
        {t('service.waiting', { count: waiting.count })}
      </button>
      {open && (
        <Dialog isOpen isDismissable onOpenChange={setOpen} width={640}>
          <DialogHeader>
            {t('service.waitingTitle', { environment: environment.title })}
          </DialogHeader>
          <DialogBody>
            <CommitList commits={waiting.commits} />
            {hidden > 0 && (
              <p className={styles.line}>
                {t('service.waitingMore', { n: String(hidden) })}
              </p>
            )}
          </DialogBody>
        </Dialog>
      )}
    </>
  );
}
