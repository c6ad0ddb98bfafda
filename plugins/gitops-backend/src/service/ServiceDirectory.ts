import { createHash } from 'node:crypto';
import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  RELATION_OWNED_BY,
  RELATION_PART_OF,
  parseEntityRef,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { LRUCache } from 'lru-cache';
import { readCatalog } from '../catalog';
import type { ServiceEntry } from '../dora';
import { decisionKey, type CallerDecisions } from './CallerDecisions';

/** A component as the fleet needs it. */
export interface Service extends ServiceEntry {
  title?: string;
  /** Entity refs of all owners; `owner` is the first. */
  owners: string[];
  /** Type of the component, for example `service` or `library`. */
  type?: string;
}

type Services = ReadonlyMap<string, Service>;

/** After this the catalog is read again while the last reading still answers, */
const FRESH_MS = 10_000;
/** and after this nobody is answered by it any more. */
const KEPT_MS = 20_000;
/** Whose catalog hides components is not asked for them at each request. */
const RETRY_MS = 2_000;
const MAX_READINGS = 500;
/** Components of all readings together. */
const MAX_COMPONENTS = 50_000;

const FIELDS = [
  'kind',
  'metadata.namespace',
  'metadata.name',
  'metadata.title',
  'spec.type',
  'relations',
];

interface Reading {
  readAt: number;
  services: Promise<Services>;
  isRenewed?: boolean;
}

/**
 * The components that a caller may see, read with the credentials of a caller.
 *
 * @remarks
 * A reading is kept for twenty seconds, and shared by those whom the policy allows the same of
 * the catalog: everything, or what equal conditions say. So a page with many readers costs the
 * catalog one reading in ten seconds. Equal readings are one object.
 */
export class ServiceDirectory {
  readonly #catalog: CatalogService;
  readonly #decisions: Pick<CallerDecisions, 'get'>;
  readonly #now: () => number;
  readonly #readings = new LRUCache<string, Reading>({ max: MAX_READINGS });
  readonly #known = new LRUCache<string, Services>({
    maxSize: MAX_COMPONENTS,
    sizeCalculation: ({ size }) => size + 1,
  });

  constructor(options: {
    catalog: CatalogService;
    decisions: Pick<CallerDecisions, 'get'>;
    now?: () => number;
  }) {
    this.#catalog = options.catalog;
    this.#decisions = options.decisions;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Every component by entity ref.
   *
   * @param options.including - entity refs that the caller expects: when one is missing, the
   *   catalog is asked again early, because it may have been registered a moment ago
   * @param options.newerThan - Unix ms; likewise, when the catalog was read before
   */
  async getServices(
    credentials: BackstageCredentials,
    options: { including?: readonly string[]; newerThan?: number } = {},
  ): Promise<Services> {
    const { catalog } = await this.#decisions.get(credentials);
    const key = decisionKey(catalog);
    const reading = this.#readings.get(key);
    if (!reading || this.#isOlder(reading, KEPT_MS)) {
      return this.#read(key, credentials);
    }
    if (this.#isOlder(reading, FRESH_MS)) {
      this.#renew(key, credentials, reading);
    }
    const services = await reading.services;
    const { including = [], newerThan = 0 } = options;
    if (
      !this.#isOlder(reading, RETRY_MS) ||
      (reading.readAt >= newerThan && including.every(ref => services.has(ref)))
    ) {
      return services;
    }
    const newer = this.#readings.get(key);
    return newer && newer !== reading
      ? newer.services
      : this.#read(key, credentials);
  }

  /** One component, asked for now; undefined when the catalog shows none to the caller. */
  async findService(
    entityRef: string,
    credentials: BackstageCredentials,
  ): Promise<Service | undefined> {
    const entity = await this.#catalog.getEntityByRef(entityRef, {
      credentials,
    });
    return entity && toService(entity, new Map());
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

  #isOlder({ readAt }: Reading, milliseconds: number): boolean {
    return readAt + milliseconds <= this.#now();
  }

  /** Everybody waits for it. */
  #read(key: string, credentials: BackstageCredentials): Promise<Services> {
    const services = this.#askCatalog(credentials);
    const reading = { readAt: this.#now(), services };
    this.#readings.set(key, reading);
    services.catch(() => {
      if (this.#readings.get(key) === reading) {
        this.#readings.delete(key);
      }
    });
    return services;
  }

  /** Nobody waits for it: a failure leaves what was read before, until that is too old. */
  #renew(
    key: string,
    credentials: BackstageCredentials,
    reading: Reading,
  ): void {
    if (reading.isRenewed) {
      return;
    }
    reading.isRenewed = true;
    const readAt = this.#now();
    this.#askCatalog(credentials).then(
      services => {
        if (this.#readings.get(key) === reading) {
          this.#readings.set(key, {
            readAt,
            services: Promise.resolve(services),
          });
        }
      },
      () => {
        reading.isRenewed = false;
      },
    );
  }

  /** What an earlier reading, also of others, found to be the same. */
  #same(services: Services): Services {
    const digest = digestOf(services);
    const known = this.#known.get(digest);
    if (known) {
      return known;
    }
    this.#known.set(digest, services);
    return services;
  }

  async #askCatalog(credentials: BackstageCredentials): Promise<Services> {
    const items = await readCatalog(
      this.#catalog,
      { filter: [{ kind: 'Component' }, { kind: 'System' }], fields: FIELDS },
      credentials,
    );
    const domains = new Map(
      items
        .filter(({ kind }) => kind.toLowerCase() === 'system')
        .map(system => [
          stringifyEntityRef(system),
          relation(system, RELATION_PART_OF, 'domain'),
        ]),
    );
    return this.#same(
      new Map(
        items
          .filter(({ kind }) => kind.toLowerCase() === 'component')
          .map(entity => toService(entity, domains))
          .map(service => [service.entityRef, service]),
      ),
    );
  }
}

function digestOf(services: Services): string {
  return createHash('sha256')
    .update(JSON.stringify([...services.values()]))
    .digest('base64url');
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
