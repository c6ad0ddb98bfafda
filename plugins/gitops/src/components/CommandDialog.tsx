import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  Button,
  Checkbox,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
} from '@backstage/ui';
import type {
  Application,
  ApplicationCommand,
  CommandRequest,
} from '@fairway/plugin-gitops-common';
import { shortenRevision } from '../model/format';
import { gitopsTranslationRef } from '../translation';
import styles from './CommandButtons.module.css';

/** Says what a command will do, and asks. */
export function CommandDialog(props: {
  application: Application;
  command: ApplicationCommand;
  name: string;
  running: boolean;
  onConfirm: (request: CommandRequest) => void;
  onClose: () => void;
}) {
  const { application, command, name, running, onConfirm, onClose } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const [prune, setPrune] = useState(false);
  const engine = t(`engine.${application.engine}`);
  const destination = [
    application.destination.namespace,
    application.ref.cluster,
  ]
    .filter(Boolean)
    .join(' @ ');
  const revision =
    application.desiredRevision ?? application.source.targetRevision ?? 'HEAD';
  const leftGit = application.resources.filter(r => r.requiresPruning);
  // A Flux object prunes by its own policy; only Argo CD asks each time.
  const offersPrune = command === 'sync' && application.engine === 'argocd';
  return (
    <Dialog
      isOpen
      isDismissable={!running}
      onOpenChange={open => !open && onClose()}
      width={520}
    >
      <DialogHeader>{t(`command.${command}Title`, { name })}</DialogHeader>
      <DialogBody>
        <p className={styles.text}>
          {t(`command.${command}Help`, {
            engine,
            destination,
            revision: shortenRevision(revision),
          })}
        </p>
        {offersPrune && (
          <div className={styles.prune}>
            <Checkbox isSelected={prune} onChange={setPrune}>
              {t('command.prune')}
            </Checkbox>
            <p>{t('command.pruneHelp', { destination })}</p>
            {leftGit.length > 0 && (
              <p>
                {t('command.pruneList', {
                  count: leftGit.length,
                  names: leftGit.map(r => `${r.kind} ${r.name}`).join(', '),
                })}
              </p>
            )}
          </div>
        )}
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" onPress={onClose} isDisabled={running}>
          {t('common.cancel')}
        </Button>
        <Button
          variant="primary"
          destructive={command === 'terminate' || prune}
          isPending={running}
          onPress={() => onConfirm(offersPrune ? { prune } : {})}
        >
          {t(`command.${command}`)}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
