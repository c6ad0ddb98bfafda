import { useApiHolder } from '@backstage/frontend-plugin-api';
import {
  RELATION_OWNED_BY,
  RELATION_PART_OF,
  stringifyEntityRef,
} from '@backstage/catalog-model';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import type { DoraResponse } from '@fairway/plugin-gitops-common';
import useAsync from 'react-use/esm/useAsync';

/** Entity refs that a report can be over. */
export interface DoraScopeRefs {
  owner: string[];
  system: string[];
  service: string[];
}

/**
 * Teams, systems and services to choose from: those of the report, and, once wanted, all
 * of the catalog. Nothing is asked before, so that opening a page costs one request.
 */
export function useDoraScopes(
  response: DoraResponse | undefined,
  wanted: boolean,
): DoraScopeRefs {
  const catalog = useApiHolder().get(catalogApiRef);
  const { value } = useAsync(async () => {
    if (!wanted || !catalog) {
      return [];
    }
    const { items } = await catalog.getEntities({
      filter: { kind: 'component' },
      fields: ['kind', 'metadata.name', 'metadata.namespace', 'relations'],
    });
    return items;
  }, [catalog, wanted]);
  const services = response?.services ?? [];
  const components = value ?? [];
  const related = (type: string, kind: RegExp) =>
    components.flatMap(({ relations = [] }) =>
      relations
        .filter(one => one.type === type && kind.test(one.targetRef))
        .map(({ targetRef }) => targetRef),
    );
  const sorted = (refs: string[]) => [...new Set(refs)].sort();
  return {
    owner: sorted([
      ...services.flatMap(({ owner }) => owner ?? []),
      ...related(RELATION_OWNED_BY, /^group:/),
    ]),
    system: sorted(related(RELATION_PART_OF, /^system:/)),
    service: sorted([
      ...services.map(({ entityRef }) => entityRef),
      ...components.map(stringifyEntityRef),
    ]),
  };
}
