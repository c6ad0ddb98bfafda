import { useCallback } from 'react';
import { useEntityRefLink } from '@backstage/plugin-catalog-react';

/** Makes the address of a service's deployments page. */
export function useServiceLink(): (entityRef: string) => string {
  const entityLink = useEntityRefLink();
  return useCallback(
    entityRef => `${entityLink(entityRef)}/deployments`,
    [entityLink],
  );
}
