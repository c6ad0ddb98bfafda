import { useCallback } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { isCommandOver, type CommandRun } from '@fairway/plugin-gitops-common';
import { gitopsTranslationRef } from '../translation';

/** How a command stands in a few words: "Syncing", "Sync succeeded (dry run)". */
export function useRunTitle(): (run: CommandRun) => string {
  const { t } = useTranslationRef(gitopsTranslationRef);
  return useCallback(
    (run: CommandRun) => {
      const command = t(`command.${run.command}`);
      const title = isCommandOver(run)
        ? t(`command.run.${run.state as 'failed'}`, { command })
        : t(`command.run.${run.command}`);
      return run.request.dryRun ? `${title} ${t('command.run.dryRun')}` : title;
    },
    [t],
  );
}
