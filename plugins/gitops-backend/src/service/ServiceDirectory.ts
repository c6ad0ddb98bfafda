import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  RELATION_OWNED_BY,
  RELATION_PART_OF,
  parseEntityRef,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { ServiceEntry } from '../dora';

/** A component as the fleet needs it. */
export interface Service extends ServiceEntry {
  title?: string;
  /** Entity refs of all owners; `owner` is the first. */
  owners: string[];
  /** Type of the component, for example `service` or `library`. */
  type?: string;
}

const CACHE_MS = 10_000;
/** Whose catalog hides components is not asked for them at each request. */
const RETRY_MS = 2_000;
const MAX_CALLERS = 500;

interface CacheEntry {
  readAt: number;
  services: Promise<ReadonlyMap<string, Service>>;
}

/**
 * The components that a caller may see, read with their credentials and kept for ten seconds per
 * caller, so that a page with many readers costs the catalog little.
 */
export class ServiceDirectory {
  readonly #catalog: CatalogService;
  readonly #now: () => number;
  readonly #cache = new Map<string, CacheEntry>();

  constructor(options: { catalog: CatalogService; now?: () => number }) {
    this.#catalog = options.catalog;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Every component by entity ref.
   *
   * @param options.including - entity refs that the caller expects: when one is missing, the
   *   catalog is asked again early, because it may have been registered a moment ago
   */
  async getServices(
    credentials: BackstageCredentials,
    options: { including?: readonly string[] } = {},
  ): Promise<ReadonlyMap<string, Service>> {
    const key = JSON.stringify(credentials.principal);
    const cached = this.#cache.get(key);
    if (!cached || cached.readAt + CACHE_MS <= this.#now()) {
      return this.#refresh(key, credentials);
    }
    const services = await cached.services;
    const isComplete = (options.including ?? []).every(ref =>
      services.has(ref),
    );
    if (isComplete || cached.readAt + RETRY_MS > this.#now()) {
      return services;
    }
    const newer = this.#cache.get(key);
    return newer && newer !== cached
      ? newer.services
      : this.#refresh(key, credentials);
  }

  #refresh(
    key: string,
    credentials: BackstageCredentials,
  ): Promise<ReadonlyMap<string, Service>> {
    const services = this.#read(credentials);
    const entry = { readAt: this.#now(), services };
    this.#cache.delete(key);
    this.#cache.set(key, entry);
    if (this.#cache.size > MAX_CALLERS) {
      this.#cache.delete(this.#cache.keys().next().value!);
    }
    services.catch(() => {
      if (this.#cache.get(key) === entry) {
        this.#cache.delete(key);
      }
    });
    return services;
  }

  /** The entity itself, uncached: one that was just registered is found. */
  async exists(
    entityRef: string,
    credentials: BackstageCredentials,
  ): Promise<boolean> {
    const entity = await this.#catalog.getEntityByRef(entityRef, {
      credentials,
    });
    return entity !== undefined;
  }

  async #read(
    credentials: BackstageCredentials,
  ): Promise<ReadonlyMap<string, Service>> {
    const { items } = await this.#catalog.getEntities(
      {
        filter: [{ kind: 'Component' }, { kind: 'System' }],
        fields: [
          'kind',
          'metadata.namespace',
          'metadata.name',
          'metadata.title',
          'spec.type',
          'relations',
        ],
      },
      { credentials },
    );
    const domains = new Map(
      items
        .filter(({ kind }) => kind.toLowerCase() === 'system')
        .map(system => [
          stringifyEntityRef(system),
          relation(system, RELATION_PART_OF, 'domain'),
        ]),
    );
    return new Map(
      items
        .filter(({ kind }) => kind.toLowerCase() === 'component')
        .map(entity => toService(entity, domains))
        .map(service => [service.entityRef, service]),
    );
  }
}

function relation(
  entity: Entity,
  type: string,
  kind: string,
): string | undefined {
  return entity.relations?.find(
    item => item.type === type && parseEntityRef(item.targetRef).kind === kind,
  )?.targetRef;
}

function toService(
  entity: Entity,
  domains: ReadonlyMap<string, string | undefined>,
): Service {
  const system = relation(entity, RELATION_PART_OF, 'system');
  const type = entity.spec?.type;
  const owners = (entity.relations ?? [])
    .filter(item => item.type === RELATION_OWNED_BY)
    .map(item => item.targetRef);
  return {
    entityRef: stringifyEntityRef(entity),
    name: entity.metadata.name,
    title: entity.metadata.title,
    owners,
    owner: owners[0],
    system,
    domain: system && domains.get(system),
    type: typeof type === 'string' ? type : undefined,
  };
}
