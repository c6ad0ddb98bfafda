import { useApi } from '@backstage/frontend-plugin-api';
import type { Deployment } from '@fairway/plugin-gitops-common';
import { gitopsApiRef } from '../apis';
import { useLiveQuery, type LiveQuery } from './useLiveQuery';

/** One deployment with its commits and failures; an undefined id asks nothing. */
export function useDeployment(id: string | undefined): LiveQuery<Deployment> {
  const api = useApi(gitopsApiRef);
  return useLiveQuery({
    key: id,
    load: signal => api.getDeployment(id ?? '', { signal }),
    inMotion: () => false,
    concerns: ({ type }) => type === 'deployments-changed',
  });
}
