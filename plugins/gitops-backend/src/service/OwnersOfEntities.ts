import type { AuthService } from '@backstage/backend-plugin-api';
import { RELATION_OWNED_BY } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';

/**
 * Owners of entities as the permission system needs them, which asks about resources and not on
 * behalf of anybody: hence with the plugin's own credentials. Answers to people do not use it.
 */
export class OwnersOfEntities {
  readonly #catalog: CatalogService;
  readonly #auth: AuthService;

  constructor(options: { catalog: CatalogService; auth: AuthService }) {
    this.#catalog = options.catalog;
    this.#auth = options.auth;
  }

  /** Entity refs of the owners by entity ref; what does not exist is left out. */
  async getOwners(
    entityRefs: readonly string[],
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const refs = [...new Set(entityRefs)];
    if (refs.length === 0) {
      return new Map();
    }
    const { items } = await this.#catalog.getEntitiesByRefs(
      { entityRefs: refs, fields: ['kind', 'metadata', 'relations'] },
      { credentials: await this.#auth.getOwnServiceCredentials() },
    );
    return new Map(
      items.flatMap((entity, index) =>
        entity
          ? [
              [
                refs[index],
                (entity.relations ?? [])
                  .filter(({ type }) => type === RELATION_OWNED_BY)
                  .map(({ targetRef }) => targetRef),
              ] as const,
            ]
          : [],
      ),
    );
  }
}
