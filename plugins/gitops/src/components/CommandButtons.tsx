import { useEffect, useId, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import {
  APPLICATION_COMMANDS,
  isCommandOver,
  type Application,
  type ApplicationCommand,
  type CommandPermission,
  type CommandRequest,
  type CommandRun,
} from '@fairway/plugin-gitops-common';
import { useCommandRun } from '../hooks/useCommandRun';
import { useKeptFocus } from '../hooks/useKeptFocus';
import { useRunCommand } from '../hooks/useRunCommand';
import { useRunTitle } from '../hooks/useRunTitle';
import { useToast } from '../hooks/useToast';
import { describeError } from '../model/describeError';
import { gitopsTranslationRef } from '../translation';
import { CommandDialog } from './CommandDialog';
import { CommandRuns } from './CommandRuns';
import styles from './CommandButtons.module.css';

const NO_RUNS: readonly CommandRun[] = [];

/** Tells the user once how a command of theirs ended. */
function useOutcomeToast(run: CommandRun | undefined, name: string) {
  const titleOf = useRunTitle();
  const toast = useToast();
  const [told, setTold] = useState<string>();
  useEffect(() => {
    if (run && isCommandOver(run) && told !== run.id) {
      setTold(run.id);
      toast({
        title: `${titleOf(run)}: ${name}`,
        description: run.message,
        status: run.state === 'succeeded' ? 'success' : 'danger',
      });
    }
  }, [run, told, name, titleOf, toast]);
}

/**
 * The commands that the engine allows now, and how the last ones stand. Without the permission
 * they are shown, disabled, with the reason in words.
 */
export function CommandButtons(props: {
  application: Application;
  permission: CommandPermission;
  /** What people call the application here, for example "orders in Production". */
  name: string;
  /** Commands that the page knows of, of this application and of others. */
  runs?: readonly CommandRun[];
  onDone: () => void;
}) {
  const { application, permission, name, onDone, runs = NO_RUNS } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const reasonId = useId();
  const toast = useToast();
  const { run, running } = useRunCommand();
  const [asked, setAsked] = useState<ApplicationCommand>();
  const [refusal, setRefusal] = useState<string>();
  const [given, setGiven] = useState<CommandRun>();
  const followed = useCommandRun(given, runs);
  useOutcomeToast(followed, name);
  const keptFocus = useKeptFocus(asked !== undefined);
  const commands = APPLICATION_COMMANDS.filter(command =>
    application.commands.includes(command),
  );

  const ask = (command: ApplicationCommand | undefined) => {
    setRefusal(undefined);
    setAsked(command);
  };
  const confirm = async (command: ApplicationCommand, body: CommandRequest) => {
    setRefusal(undefined);
    try {
      const answer = await run(application.id, command, body);
      if (!isCommandOver(answer.run)) {
        toast({
          title: t('command.done', {
            command: [
              t(`command.${command}`),
              body.dryRun && t('command.run.dryRun'),
            ]
              .filter(Boolean)
              .join(' '),
            name,
          }),
          description: answer.message,
          status: 'success',
        });
      }
      setGiven(answer.run);
      ask(undefined);
      onDone();
    } catch (error) {
      setRefusal(describeError(error).message);
    }
  };

  return (
    <>
      <div className={styles.whole} {...keptFocus}>
        <div
          className={styles.row}
          role="group"
          aria-label={t('command.group', { name })}
          tabIndex={-1}
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
              onPress={() => ask(command)}
            >
              {t(`command.${command}`)}
            </Button>
          ))}
          {commands.length === 0 && (
            <p className={styles.reason}>
              {t('command.nothing', {
                engine: t(`engine.${application.engine}`),
              })}
            </p>
          )}
          {!permission.allowed && (
            <p className={styles.reason} id={reasonId}>
              {permission.reason ?? t('command.notAllowed')}
            </p>
          )}
        </div>
        <CommandRuns
          applicationId={application.id}
          runs={
            followed
              ? [...runs.filter(({ id }) => id !== followed.id), followed]
              : runs
          }
        />
      </div>
      {asked && (
        <CommandDialog
          application={application}
          command={asked}
          name={name}
          running={running}
          refusal={refusal}
          onConfirm={body => confirm(asked, body)}
          onClose={() => ask(undefined)}
        />
      )}
    </>
  );
}
