import { useApi } from '@backstage/frontend-plugin-api';
import { isCommandOver, type CommandRun } from '@fairway/plugin-gitops-common';
import { gitopsApiRef } from '../apis';
import { useLiveQuery } from './useLiveQuery';

/**
 * How a command that was given here stands now. It is asked for only while the page itself does
 * not know of it.
 */
export function useCommandRun(
  given: CommandRun | undefined,
  known: readonly CommandRun[],
): CommandRun | undefined {
  const api = useApi(gitopsApiRef);
  const onPage = known.find(({ id }) => id === given?.id);
  const query = useLiveQuery({
    key: given && !onPage && !isCommandOver(given) ? given.id : undefined,
    load: signal => api.getCommandRun(given?.id ?? '', { signal }),
    inMotion: run => !isCommandOver(run),
    concerns: ({ applicationIds }) =>
      !applicationIds || applicationIds.includes(given?.applicationId ?? ''),
  });
  return onPage ?? query.value ?? given;
}
