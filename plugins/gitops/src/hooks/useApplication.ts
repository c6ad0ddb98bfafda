import { useApi } from '@backstage/frontend-plugin-api';
import type { ApplicationResponse } from '@fairway/plugin-gitops-common';
import { gitopsApiRef } from '../apis';
import { areRunsOpen } from '../model/commandRuns';
import { isApplicationInMotion } from '../model/refresh';
import { useLiveQuery, type LiveQuery } from './useLiveQuery';

/** One application in full, kept fresh; an undefined id asks nothing. */
export function useApplication(
  id: string | undefined,
): LiveQuery<ApplicationResponse> {
  const api = useApi(gitopsApiRef);
  return useLiveQuery({
    key: id,
    load: signal => api.getApplication(id ?? '', { signal }),
    inMotion: application =>
      areRunsOpen(application.commandRuns) ||
      isApplicationInMotion(application),
    concerns: ({ applicationIds }) =>
      !applicationIds || !id || applicationIds.includes(id),
  });
}
