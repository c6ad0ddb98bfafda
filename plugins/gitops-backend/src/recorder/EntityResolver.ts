import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import type { Entity } from '@backstage/catalog-model';
import { toError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { LABEL_COMPONENT } from '@fairway/plugin-gitops-common';
import { SERVICE_FIELDS, readCatalog, type CatalogSnapshot } from '../catalog';
import { wait } from '../cluster/waiting';
import {
  EntityIndex,
  INDEXED_FIELDS,
  type IndexedEntity,
  type OwnedObject,
} from './EntityIndex';

/** Decides which component something belongs to. */
export interface EntityResolver {
  /** False until the catalog was read once; until then nothing can be told. */
  readonly ready: boolean;
  resolve(object: OwnedObject): IndexedEntity | undefined;
  get(entityRef: string): IndexedEntity | undefined;
}

/** How often the catalog is read; tests shorten them. */
export interface CatalogTimes {
  everyMillis: number;
  /** How often while the component of an object is new, and for how long. */
  eagerEveryMillis: number;
  eagerForMillis: number;
}

const DEFAULT_TIMES: CatalogTimes = {
  everyMillis: 15_000,
  eagerEveryMillis: 2_000,
  eagerForMillis: 120_000,
};

/**
 * Resolves by an index of the catalog's components, read with the plugin's own credentials. What
 * was read answers those, too, who may see everything of the catalog.
 *
 * @remarks
 * A golden path creates the objects of a service moments before or after its component. So an
 * object of a component that is unknown makes the catalog be read at once, and more often for
 * some time.
 */
export class CatalogEntityResolver implements EntityResolver {
  readonly #auth: AuthService;
  readonly #catalog: CatalogService;
  readonly #logger: LoggerService;
  readonly #times: CatalogTimes;
  readonly #stopping = new AbortController();
  readonly #unknown = new Set<string>();
  #index = new EntityIndex([]);
  /** Fingerprint of the reading that was told last. */
  #told?: string;
  #eagerUntil = 0;
  #hurry = new AbortController();
  #loop?: Promise<void>;
  #failing = false;
  /** What was read last. */
  latest?: CatalogSnapshot;
  ready = false;

  constructor(options: {
    auth: AuthService;
    catalog: CatalogService;
    logger: LoggerService;
    times?: CatalogTimes;
  }) {
    this.#auth = options.auth;
    this.#catalog = options.catalog;
    this.#logger = options.logger;
    this.#times = options.times ?? DEFAULT_TIMES;
  }

  resolve(object: OwnedObject): IndexedEntity | undefined {
    const entity = this.#index.resolve(object);
    const id = object.labels[LABEL_COMPONENT];
    if (this.ready && !entity && id && !this.#unknown.has(id)) {
      this.#unknown.add(id);
      this.#eagerUntil = Date.now() + this.#times.eagerForMillis;
      this.#hurry.abort();
    }
    return entity;
  }

  get(entityRef: string): IndexedEntity | undefined {
    return this.#index.get(entityRef);
  }

  /**
   * Reads the catalog again and again.
   *
   * @param onChange - called after each reading that may change what belongs to whom
   */
  start(onChange: () => Promise<void>): void {
    this.#loop ??= this.#run(onChange);
  }

  /** Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(onChange: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#hurry = new AbortController();
      try {
        const readAt = Date.now();
        const entities = await this.#read();
        const index = new EntityIndex(entities);
        this.#index = index;
        this.latest = { readAt, entities };
        this.ready = true;
        if (index.fingerprint !== this.#told && !signal.aborted) {
          await onChange();
          this.#told = index.fingerprint;
        }
        this.#failing = false;
      } catch (error) {
        this.#failed(error);
      }
      await wait(this.#pause(), AbortSignal.any([signal, this.#hurry.signal]));
    }
  }

  #failed(error: unknown): void {
    if (!this.#failing && this.ready) {
      this.#logger.warn(
        'The catalog cannot be read, or not what belongs to its components; new components are not joined to their applications until both can',
        toError(error),
      );
    }
    this.#failing = true;
  }

  #pause(): number {
    const isEager = !this.ready || Date.now() < this.#eagerUntil;
    return isEager ? this.#times.eagerEveryMillis : this.#times.everyMillis;
  }

  async #read(): Promise<Entity[]> {
    const credentials = await this.#auth.getOwnServiceCredentials();
    return readCatalog(
      this.#catalog,
      {
        filter: [{ kind: 'Component' }, { kind: 'System' }],
        fields: [...new Set([...INDEXED_FIELDS, ...SERVICE_FIELDS])],
      },
      credentials,
    );
  }
}
