import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { EntityFilterQuery } from '@backstage/catalog-client';
import type { Entity } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';

/**
 * The catalog lives in the same process in most portals, and reads and filters a page in one go,
 * on SQLite the query, too. Thousands of entities at once let everybody else wait for half a
 * second. Very small pages cost more in all, because each asks for its filter again.
 */
const PAGE_SIZE = 250;

/** What is read of the catalog. */
export interface CatalogReading {
  filter: EntityFilterQuery;
  /** Paths of the fields that are needed; others are left out. */
  fields: string[];
}

/** What the catalog held at some time. */
export interface CatalogSnapshot {
  /** Unix ms; what was written later may be missing. */
  readAt: number;
  entities: readonly Entity[];
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
