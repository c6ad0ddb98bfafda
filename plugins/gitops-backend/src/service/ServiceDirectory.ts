import { createHash } from 'node:crypto';
import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { LRUCache } from 'lru-cache';
import {
  SERVICE_FIELDS,
  readCatalog,
  toServices,
  type CatalogSnapshot,
  type Service,
  type Services,
} from '../catalog';
import { decisionKey, type CallerDecisions } from './CallerDecisions';

/** Who may see everything of the catalog. */
const EVERYTHING = decisionKey({ result: AuthorizeResult.ALLOW });
/** After this the catalog is read again while the last reading still answers, */
const FRESH_MS = 10_000;
/** and after this nobody is answered by it any more. */
const KEPT_MS = 20_000;
/** Whose catalog hides components is not asked for them at each request. */
const RETRY_MS = 2_000;
const MAX_READINGS = 500;
/** Components of all readings together. */
const MAX_COMPONENTS = 50_000;

interface Reading {
  readAt: number;
  services: Promise<Services>;
  isRenewed?: boolean;
  /** Others care for the next one. */
  isShared?: boolean;
}

/**
 * The components that a caller may see.
 *
 * @remarks
 * Who may see everything is answered by what the plugin itself reads of the catalog in the
 * background all the time: nobody waits for a reading. For others it is read with the credentials
 * of one of them; a reading is kept for twenty seconds, and shared by those for whom the policy has
 * equal conditions. So a page with many readers costs the catalog one reading in ten seconds.
 * Equal readings are one object.
 */
export class ServiceDirectory {
  readonly #catalog: CatalogService;
  readonly #decisions: Pick<CallerDecisions, 'get'>;
  readonly #everything: () => CatalogSnapshot | undefined;
  readonly #now: () => number;
  readonly #readings = new LRUCache<string, Reading>({ max: MAX_READINGS });
  readonly #known = new LRUCache<string, Services>({
    maxSize: MAX_COMPONENTS,
    sizeCalculation: ({ size }) => size + 1,
  });

  #snapshot?: { of: CatalogSnapshot; reading: Reading };

  constructor(options: {
    catalog: CatalogService;
    decisions: Pick<CallerDecisions, 'get'>;
    /** What was read last in the background, if anything was. */
    everything?: () => CatalogSnapshot | undefined;
    now?: () => number;
  }) {
    this.#catalog = options.catalog;
    this.#decisions = options.decisions;
    this.#everything = options.everything ?? (() => undefined);
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
    const reading = this.#lastReading(key);
    if (!reading || this.#isOlder(reading, KEPT_MS)) {
      return this.#read(key, credentials);
    }
    if (!reading.isShared && this.#isOlder(reading, FRESH_MS)) {
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
    const newer = this.#lastReading(key);
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
    return entity && [...toServices([entity]).values()][0];
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

  /** The newest of what was read for this key. */
  #lastReading(key: string): Reading | undefined {
    const own = this.#readings.get(key);
    const shared = key === EVERYTHING ? this.#sharedReading() : undefined;
    return shared && (!own || own.readAt <= shared.readAt) ? shared : own;
  }

  #sharedReading(): Reading | undefined {
    const snapshot = this.#everything();
    if (snapshot && this.#snapshot?.of !== snapshot) {
      const services = this.#same(toServices(snapshot.entities));
      this.#snapshot = {
        of: snapshot,
        reading: {
          readAt: snapshot.readAt,
          services: Promise.resolve(services),
          isShared: true,
        },
      };
    }
    return this.#snapshot?.reading;
  }

  async #askCatalog(credentials: BackstageCredentials): Promise<Services> {
    const entities = await readCatalog(
      this.#catalog,
      {
        filter: [{ kind: 'Component' }, { kind: 'System' }],
        fields: SERVICE_FIELDS,
      },
      credentials,
    );
    return this.#same(toServices(entities));
  }
}

function digestOf(services: Services): string {
  return createHash('sha256')
    .update(JSON.stringify([...services.values()]))
    .digest('base64url');
}
