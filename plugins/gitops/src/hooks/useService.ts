import { useApi } from '@backstage/frontend-plugin-api';
import type { ServiceResponse } from '@fairway/plugin-gitops-common';
import { gitopsApiRef } from '../apis';
import { serviceInMotion } from '../model/refresh';
import { useLiveQuery, type LiveQuery } from './useLiveQuery';

/** Everything about one service, kept fresh; an undefined ref asks nothing. */
export function useService(
  entityRef: string | undefined,
): LiveQuery<ServiceResponse> {
  const api = useApi(gitopsApiRef);
  return useLiveQuery({
    key: entityRef,
    load: signal => api.getService(entityRef ?? '', { signal }),
    inMotion: serviceInMotion,
    concerns: ({ entityRefs }) =>
      !entityRefs || !entityRef || entityRefs.includes(entityRef),
  });
}
