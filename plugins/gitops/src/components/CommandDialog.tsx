import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  Alert,
  Button,
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
import {
  DEFAULT_COMMAND_OPTIONS,
  otherRevision,
  outOfSync,
  problemOf,
  toCommandRequest,
} from '../model/commandOptions';
import { shortenRevision } from '../model/format';
import { gitopsTranslationRef } from '../translation';
import { CommandOptionsForm } from './CommandOptionsForm';
import styles from './CommandDialog.module.css';

/** The objects that a sync would change. */
function Changes(props: { application: Application }) {
  const { t } = useTranslationRef(gitopsTranslationRef);
  const changes = outOfSync(props.application);
  if (changes.length === 0) {
    return null;
  }
  return (
    <div className={styles.changes}>
      <h4>{t('command.changes', { count: changes.length })}</h4>
      <ul>
        {changes.map(({ kind, namespace, name, requiresPruning }) => (
          <li key={`${kind}/${namespace}/${name}`}>
            {kind} {name}
            {requiresPruning && ` · ${t('command.leftGit')}`}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Says what a command will do, and asks; a refusal is shown where it was asked. */
export function CommandDialog(props: {
  application: Application;
  command: ApplicationCommand;
  name: string;
  running: boolean;
  /** Why the last attempt was refused. */
  refusal?: string;
  onConfirm: (request: CommandRequest) => void;
  onClose: () => void;
}) {
  const { application, command, name, running, refusal } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const [options, setOptions] = useState(DEFAULT_COMMAND_OPTIONS);
  const destination = [
    application.destination.namespace,
    application.ref.cluster,
  ]
    .filter(Boolean)
    .join(' @ ');
  const other = otherRevision(options, application);
  const revision =
    other ??
    application.desiredRevision ??
    application.source.targetRevision ??
    'HEAD';
  return (
    <Dialog
      isOpen
      isDismissable={!running}
      onOpenChange={open => !open && props.onClose()}
      width={560}
    >
      <DialogHeader>{t(`command.${command}Title`, { name })}</DialogHeader>
      <DialogBody>
        <p className={styles.text}>
          {t(options.dryRun ? 'command.tryOutHelp' : `command.${command}Help`, {
            engine: t(`engine.${application.engine}`),
            destination,
            revision: shortenRevision(revision),
          })}
        </p>
        {/* What differs from one revision may not differ from another. */}
        {command === 'sync' && !other && <Changes application={application} />}
        <CommandOptionsForm
          application={application}
          command={command}
          destination={destination}
          options={options}
          onChange={setOptions}
        />
        {refusal && (
          <div className={styles.refused}>
            <Alert
              role="alert"
              status="danger"
              icon
              title={t('command.refused', {
                command: t(`command.${command}`),
                name,
              })}
              description={refusal}
            />
          </div>
        )}
      </DialogBody>
      <DialogFooter>
        <Button
          variant="secondary"
          onPress={props.onClose}
          isDisabled={running}
        >
          {t('common.cancel')}
        </Button>
        <Button
          variant="primary"
          destructive={
            command === 'terminate' || options.prune || options.force
          }
          isPending={running}
          isDisabled={problemOf(options, application) !== undefined}
          onPress={() =>
            props.onConfirm(toCommandRequest(options, application))
          }
        >
          {t(options.dryRun ? 'command.tryOut' : `command.${command}`)}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
