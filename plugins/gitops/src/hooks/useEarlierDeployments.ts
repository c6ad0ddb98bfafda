import { useApi } from '@backstage/frontend-plugin-api';
import type { Deployment } from '@fairway/plugin-gitops-common';
import { gitopsApiRef } from '../apis';
import { useLiveQuery, type LiveQuery } from './useLiveQuery';

/** Further back nobody goes by choosing from a list. */
const MOST_DEPLOYMENTS = 50;

/** Deployments of a service in an environment before the one that runs, newest first. */
export function useEarlierDeployments(
  entityRef: string | undefined,
  environment: string | undefined,
): LiveQuery<Deployment[]> {
  const api = useApi(gitopsApiRef);
  return useLiveQuery({
    key:
      entityRef && environment
        ? JSON.stringify([entityRef, environment])
        : undefined,
    load: async signal => {
      const { items } = await api.getDeployments(
        {
          ...{ entityRef: [entityRef ?? ''], environment: [environment ?? ''] },
          limit: MOST_DEPLOYMENTS,
        },
        { signal },
      );
      return items.slice(1);
    },
    inMotion: () => false,
    concerns: () => false,
  });
}
