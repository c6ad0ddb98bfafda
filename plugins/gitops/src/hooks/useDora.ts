import { useApi } from '@backstage/frontend-plugin-api';
import type { DoraResponse, DoraScope } from '@fairway/plugin-gitops-common';
import { gitopsApiRef } from '../apis';
import { useLiveQuery, type LiveQuery } from './useLiveQuery';

const DAY_MS = 86_400_000;

/** Days that the backend reports on when it is not asked for others. */
export const DEFAULT_DORA_DAYS = 30;

/** The DORA report of a scope over the last days, kept fresh; undefined asks nothing. */
export function useDora(
  view: { scope: DoraScope; days: number } | undefined,
): LiveQuery<DoraResponse> {
  const api = useApi(gitopsApiRef);
  return useLiveQuery({
    key: view && JSON.stringify(view),
    load: signal => {
      const { scope, days } = view ?? {
        scope: { kind: 'all' as const },
        days: DEFAULT_DORA_DAYS,
      };
      return api.getDora(
        {
          scope,
          // Only a start: the end is the backend's now, whatever this clock says.
          ...(days !== DEFAULT_DORA_DAYS && {
            from: new Date(Date.now() - days * DAY_MS).toISOString(),
          }),
        },
        { signal },
      );
    },
    inMotion: () => false,
    concerns: ({ type }) => type === 'deployments-changed',
    keepPrevious: true,
  });
}
