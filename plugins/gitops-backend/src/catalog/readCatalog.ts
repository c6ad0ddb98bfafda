import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { EntityFilterQuery } from '@backstage/catalog-client';
import type { Entity } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';

/**
 * The catalog lives in the same process in most portals, and reads and filters a page in one go,
 * on SQLite the query, too. Thousands of entities at once let everybody else wait for half a
 * second; a hundred take some milliseconds.
 */
const PAGE_SIZE = 100;

/** What is read of the catalog. */
export interface CatalogReading {
  filter: EntityFilterQuery;
  /** Paths of the fields that are needed; others are left out. */
  fields: string[];
}

/** Reads all entities that fit, page after page, so that other requests get their turn. */
export async function readCatalog(
  catalog: Pick<CatalogService, 'queryEntities'>,
  { filter, fields }: CatalogReading,
  credentials: BackstageCredentials,
): Promise<Entity[]> {
  const entities: Entity[] = [];
  let cursor: string | undefined;
  do {
    const page = await catalog.queryEntities(
      {
        ...(cursor === undefined ? { filter } : { cursor }),
        ...{ fields, limit: PAGE_SIZE },
      },
      { credentials },
    );
    entities.push(...page.items);
    cursor = page.pageInfo.nextCursor;
  } while (cursor !== undefined);
  return entities;
}
