import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Checkbox, TextField } from '@backstage/ui';
import {
  revisionSources,
  type Application,
  type ApplicationCommand,
} from '@fairway/plugin-gitops-common';
import {
  namedRevision,
  offeredOptions,
  otherRevision,
  outOfSync,
  problemOf,
  type CommandOptions,
} from '../model/commandOptions';
import { gitopsTranslationRef } from '../translation';
import { ResourcePicker } from './ResourcePicker';
import styles from './CommandDialog.module.css';

/** Which revision to sync to, where one can be meant. */
function RevisionField(props: {
  application: Application;
  options: CommandOptions;
  onChange: (revision: string) => void;
}) {
  const { application, options, onChange } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const isChart = revisionSources(application)[0]?.chart !== undefined;
  const named = namedRevision(application);
  const problem = problemOf(options, application);
  const isRefused = problem === 'revisionLong' || problem === 'revisionFixed';
  return (
    <div className={styles.option}>
      <TextField
        size="small"
        label={t('command.revision')}
        description={t(
          isChart ? 'command.revisionHelpChart' : 'command.revisionHelp',
          { named },
        )}
        placeholder={named}
        autoComplete="off"
        spellCheck="false"
        isInvalid={isRefused}
        value={options.revision}
        onChange={onChange}
      />
      <p className={styles.problem} role="status">
        {isRefused && t(`command.problem.${problem}`, { named })}
      </p>
    </div>
  );
}

/** Which objects alone to sync. */
function OnlyField(props: {
  application: Application;
  options: CommandOptions;
  onChange: (only: CommandOptions['only']) => void;
}) {
  const { application, options, onChange } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const problem = problemOf(options, application);
  return (
    <Choice
      label={t('command.only')}
      help={t('command.onlyHelp')}
      isSelected={options.only !== undefined}
      onChange={only => onChange(only ? new Set() : undefined)}
    >
      {options.only && (
        <ResourcePicker
          resources={outOfSync(application)}
          selected={options.only}
          onChange={onChange}
        />
      )}
      <p className={styles.problem} role="status">
        {(problem === 'onlyNothing' ||
          problem === 'onlySynced' ||
          problem === 'onlyMany') &&
          t(`command.problem.${problem}`)}
      </p>
    </Choice>
  );
}

/** A choice with what it means. */
function Choice(props: {
  label: string;
  help: string;
  isSelected: boolean;
  onChange: (isSelected: boolean) => void;
  children?: ReactNode;
}) {
  const { label, help, isSelected, onChange, children } = props;
  return (
    <div className={styles.option}>
      <Checkbox isSelected={isSelected} onChange={onChange}>
        {label}
      </Checkbox>
      <p className={styles.help}>{help}</p>
      {children}
    </div>
  );
}

/** What pruning would delete, as far as it is known: of the revision that the source names. */
function PruneList(props: {
  application: Application;
  options: CommandOptions;
}) {
  const { application, options } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const leftGit = application.resources.filter(r => r.requiresPruning);
  return leftGit.length === 0 || otherRevision(options, application) ? null : (
    <p className={styles.help}>
      {t('command.pruneList', {
        count: leftGit.length,
        names: leftGit.map(r => `${r.kind} ${r.name}`).join(', '),
      })}
    </p>
  );
}

/** What interrupts a service stands apart. */
function ForceField(props: {
  application: Application;
  isSelected: boolean;
  onChange: (force: boolean) => void;
}) {
  const { application, isSelected, onChange } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  return (
    <details className={styles.option}>
      <summary>{t('command.advanced')}</summary>
      <Checkbox isSelected={isSelected} onChange={onChange}>
        {t('command.force')}
      </Checkbox>
      <Alert
        status="warning"
        icon
        title={t('command.forceTitle')}
        description={t(
          application.engine === 'flux'
            ? 'command.forceHelpFlux'
            : 'command.forceHelp',
        )}
      />
    </details>
  );
}

/** The options that a command has; nothing for a command without any. */
export function CommandOptionsForm(props: {
  application: Application;
  command: ApplicationCommand;
  destination: string;
  options: CommandOptions;
  onChange: (options: CommandOptions) => void;
}) {
  const { application, command, destination, options, onChange } = props;
  const { t } = useTranslationRef(gitopsTranslationRef);
  const offered = offeredOptions(application, command);
  const set = (change: Partial<CommandOptions>) =>
    onChange({ ...options, ...change });
  if (!Object.values(offered).some(Boolean)) {
    return null;
  }
  const shared = { application, options };
  return (
    <div className={styles.options}>
      {offered.revision && (
        <RevisionField {...shared} onChange={revision => set({ revision })} />
      )}
      {offered.prune && (
        <Choice
          label={t('command.prune')}
          help={t('command.pruneHelp', { destination })}
          isSelected={options.prune}
          onChange={prune => set({ prune })}
        >
          <PruneList {...shared} />
        </Choice>
      )}
      {offered.dryRun && (
        <Choice
          label={t('command.dryRun')}
          help={t('command.dryRunHelp')}
          isSelected={options.dryRun}
          onChange={dryRun => set({ dryRun })}
        />
      )}
      {(offered.only || options.only) && (
        <OnlyField {...shared} onChange={only => set({ only })} />
      )}
      {offered.hard && (
        <Choice
          label={t('command.hard')}
          help={t('command.hardHelp')}
          isSelected={options.hard}
          onChange={hard => set({ hard })}
        />
      )}
      {offered.force && (
        <ForceField
          application={application}
          isSelected={options.force}
          onChange={force => set({ force })}
        />
      )}
    </div>
  );
}
