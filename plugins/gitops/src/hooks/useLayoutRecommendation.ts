import { useApiHolder } from '@backstage/frontend-plugin-api';
import {
  catalogApiRef,
  type CatalogApi,
} from '@backstage/plugin-catalog-react';
import {
  recommendLayout,
  type LayoutRecommendation,
} from '@fairway/plugin-gitops-common';
import useAsync from 'react-use/esm/useAsync';

/** A recommendation with the numbers that it follows from. */
export interface CountedRecommendation extends LayoutRecommendation {
  services: number;
  people: number;
}

/** The layout that suits the catalog as it is, counted once. */
export function useLayoutRecommendation(): {
  value?: CountedRecommendation;
  error?: Error;
  loading: boolean;
} {
  const catalog = useApiHolder().get(catalogApiRef);
  return useAsync(async () => {
    if (!catalog) {
      return undefined;
    }
    const [services, people] = await Promise.all([
      countOf(catalog, 'component'),
      countOf(catalog, 'user'),
    ]);
    return { ...recommendLayout({ services, people }), services, people };
  }, [catalog]);
}

/** How many there are; the entities themselves stay where they are. */
async function countOf(catalog: CatalogApi, kind: string): Promise<number> {
  const { totalItems } = await catalog.queryEntities({
    filter: { kind },
    fields: ['kind'],
    limit: 1,
  });
  return totalItems;
}
