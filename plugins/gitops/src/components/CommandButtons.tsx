import { useId, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import {
  APPLICATION_COMMANDS,
  type Application,
  type ApplicationCommand,
  type CommandPermission,
  type CommandRequest,
} from '@fairway/plugin-gitops-common';
import { useRunCommand } from '../hooks/useRunCommand';
import { useToast } from '../hooks/useToast';
import { describeError } from '../model/describeError';
import { gitopsTranslationRef } from '../translation';
import { CommandDialog } from './CommandDialog';
import styles from './CommandButtons.module.css';

/**
 * The commands that the engine allows now. Without the permission they are shown, disabled,
 * with the reason in words.
 */
export function CommandButtons(props: {
  application: Application;
  permission: CommandPermission;
  /** What people call the application here, for example "orders in Production". */
  name: string;
  onDone: () => void;
}) {
  const { application, permission, name, onDone } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const reasonId = useId();
  const toast = useToast();
  const { run, running } = useRunCommand();
  const [asked, setAsked] = useState<ApplicationCommand>();
  const commands = APPLICATION_COMMANDS.filter(command =>
    application.commands.includes(command),
  );

  const confirm = async (command: ApplicationCommand, body: CommandRequest) => {
    const label = t(`command.${command}`);
    try {
      const { message } = await run(application.id, command, body);
      toast({
        title: t('command.done', { command: label, name }),
        description: message,
        status: 'success',
      });
      onDone();
    } catch (error) {
      toast({
        title: t('command.refused', { command: label, name }),
        description: describeError(error).message,
        status: 'danger',
      });
    }
    setAsked(undefined);
  };

  return (
    <div
      className={styles.row}
      role="group"
      aria-label={t('command.group', { name })}
    >
      {commands.map(command => (
        <Button
          key={command}
          size="small"
          variant={
            command === 'sync' && application.sync === 'out-of-sync'
              ? 'primary'
              : 'secondary'
          }
          isDisabled={!permission.allowed}
          aria-describedby={permission.allowed ? undefined : reasonId}
          onPress={() => setAsked(command)}
        >
          {t(`command.${command}`)}
        </Button>
      ))}
      {commands.length === 0 && (
        <p className={styles.reason}>
          {t('command.nothing', { engine: t(`engine.${application.engine}`) })}
        </p>
      )}
      {!permission.allowed && (
        <p className={styles.reason} id={reasonId}>
          {permission.reason ?? t('command.notAllowed')}
        </p>
      )}
      {asked && (
        <CommandDialog
          application={application}
          command={asked}
          name={name}
          running={running}
          onConfirm={body => confirm(asked, body)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </div>
  );
}
