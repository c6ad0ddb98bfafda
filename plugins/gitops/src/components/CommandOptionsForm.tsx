import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Checkbox } from '@backstage/ui';
import type {
  Application,
  ApplicationCommand,
} from '@fairway/plugin-gitops-common';
import {
  offeredOptions,
  outOfSync,
  type CommandOptions,
} from '../model/commandOptions';
import { gitopsTranslationRef } from '../translation';
import { ResourcePicker } from './ResourcePicker';
import styles from './CommandDialog.module.css';

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
  const leftGit = application.resources.filter(r => r.requiresPruning);
  const set = (change: Partial<CommandOptions>) =>
    onChange({ ...options, ...change });
  if (!Object.values(offered).some(Boolean)) {
    return null;
  }
  return (
    <div className={styles.options}>
      {offered.prune && (
        <div className={styles.option}>
          <Checkbox
            isSelected={options.prune}
            onChange={prune => set({ prune })}
          >
            {t('command.prune')}
          </Checkbox>
          <p className={styles.help}>
            {t('command.pruneHelp', { destination })}
          </p>
          {leftGit.length > 0 && (
            <p className={styles.help}>
              {t('command.pruneList', {
                count: leftGit.length,
                names: leftGit.map(r => `${r.kind} ${r.name}`).join(', '),
              })}
            </p>
          )}
        </div>
      )}
      {offered.dryRun && (
        <div className={styles.option}>
          <Checkbox
            isSelected={options.dryRun}
            onChange={dryRun => set({ dryRun })}
          >
            {t('command.dryRun')}
          </Checkbox>
          <p className={styles.help}>{t('command.dryRunHelp')}</p>
        </div>
      )}
      {offered.only && (
        <div className={styles.option}>
          <Checkbox
            isSelected={options.only !== undefined}
            onChange={only => set({ only: only ? new Set() : undefined })}
          >
            {t('command.only')}
          </Checkbox>
          <p className={styles.help}>{t('command.onlyHelp')}</p>
          {options.only && (
            <ResourcePicker
              resources={outOfSync(application)}
              selected={options.only}
              onChange={only => set({ only })}
            />
          )}
        </div>
      )}
      {offered.hard && (
        <div className={styles.option}>
          <Checkbox isSelected={options.hard} onChange={hard => set({ hard })}>
            {t('command.hard')}
          </Checkbox>
          <p className={styles.help}>{t('command.hardHelp')}</p>
        </div>
      )}
      {offered.force && (
        <details className={styles.option}>
          <summary>{t('command.advanced')}</summary>
          <Checkbox
            isSelected={options.force}
            onChange={force => set({ force })}
          >
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
      )}
    </div>
  );
}
