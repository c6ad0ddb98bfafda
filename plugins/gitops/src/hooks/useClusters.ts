import { useApi } from '@backstage/frontend-plugin-api';
import type { ClusterStatus } from '@fairway/plugin-gitops-common';
import { gitopsApiRef } from '../apis';
import { useLiveQuery, type LiveQuery } from './useLiveQuery';

/** The connections to clusters, kept fresh. */
export function useClusters(): LiveQuery<ClusterStatus[]> {
  const api = useApi(gitopsApiRef);
  return useLiveQuery({
    key: 'clusters',
    load: async signal => (await api.getClusters({ signal })).items,
    inMotion: clusters => clusters.some(({ state }) => state === 'connecting'),
    concerns: ({ type }) => type === 'clusters-changed',
  });
}
