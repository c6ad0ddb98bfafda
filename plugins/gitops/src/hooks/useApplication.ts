import { useApi } from '@backstage/frontend-plugin-api';
import type { Application } from '@fairway/plugin-gitops-common';
import { gitopsApiRef } from '../apis';
import { useLiveQuery, type LiveQuery } from './useLiveQuery';

/** One application in full, kept fresh; an undefined id asks nothing. */
export function useApplication(id: string | undefined): LiveQuery<Application> {
  const api = useApi(gitopsApiRef);
  return useLiveQuery({
    key: id,
    load: signal => api.getApplication(id ?? '', { signal }),
    inMotion: ({ health, operation }) =>
      health === 'progressing' || operation?.phase === 'running',
    concerns: ({ applicationIds }) =>
      !applicationIds || !id || applicationIds.includes(id),
  });
}
