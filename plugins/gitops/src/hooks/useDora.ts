import { useApi } from '@backstage/frontend-plugin-api';
import type { DoraQuery, DoraResponse } from '@fairway/plugin-gitops-common';
import { gitopsApiRef } from '../apis';
import { useLiveQuery, type LiveQuery } from './useLiveQuery';

/** The DORA report of a scope, kept fresh. */
export function useDora(query: DoraQuery): LiveQuery<DoraResponse> {
  const api = useApi(gitopsApiRef);
  return useLiveQuery({
    key: JSON.stringify(query),
    load: signal => api.getDora(query, { signal }),
    inMotion: () => false,
    concerns: ({ type }) => type === 'deployments-changed',
    keepPrevious: true,
  });
}
