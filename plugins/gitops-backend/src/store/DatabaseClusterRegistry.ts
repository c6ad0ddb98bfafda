import type { DatabaseService } from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import type { ClusterRegistry, WatchedApplication } from '../cluster';
import { recordChange } from './changeTables';
import { deleteClusterStatus, queryWatches } from './clusterStatusTable';
import {
  addClusters,
  failUnwatchedClusters,
  updateClockSkew,
  type RegisteredCluster,
} from './clusterTables';
import type { GitopsStore, LeaseStore, ObservedOrigin } from './GitopsStore';
import { inTransaction } from './inTransaction';
import { TABLES } from './tables';

type Watch = Pick<ObservedOrigin, 'cluster' | 'resource'>;

/** Longer than a catalog needs to be read, or a rolling deployment to be finished. */
const FORGET_AFTER_MILLIS = 5 * 60_000;

/** What the watcher writes beside what it observes, on the tables of `DatabaseGitopsStore`. */
export class DatabaseClusterRegistry implements ClusterRegistry {
  readonly #db: Knex;
  readonly #store: Pick<GitopsStore, 'setClusters'> & LeaseStore;
  readonly #forgetAfterMillis: number;
  #firstListAt?: number;

  private constructor(
    db: Knex,
    options: {
      store: Pick<GitopsStore, 'setClusters'> & LeaseStore;
      forgetAfterMillis?: number;
    },
  ) {
    this.#db = db;
    this.#store = options.store;
    this.#forgetAfterMillis = options.forgetAfterMillis ?? FORGET_AFTER_MILLIS;
  }

  /** The store must have been created, and with it the tables. */
  static async create(options: {
    database: DatabaseService;
    store: Pick<GitopsStore, 'setClusters'> & LeaseStore;
    /** Until a cluster that nobody knows any more is forgotten; five minutes by default. */
    forgetAfterMillis?: number;
  }): Promise<DatabaseClusterRegistry> {
    const db = await options.database.getClient();
    return new DatabaseClusterRegistry(db, options);
  }

  get exclusive(): boolean {
    return this.#store.exclusive;
  }

  acquireLease(lease: { name: string; holder: string; seconds: number }) {
    return this.#store.acquireLease(lease);
  }

  releaseLease(lease: { name: string; holder: string }) {
    return this.#store.releaseLease(lease);
  }

  setClusters(clusters: readonly RegisteredCluster[]): Promise<void> {
    const forgetAfterMillis = this.#forgetAfterMillis;
    this.#firstListAt ??= Date.now();
    // What was missed before this process began may only not have been read yet.
    return Date.now() - this.#firstListAt >= forgetAfterMillis
      ? this.#store.setClusters(clusters, {
          forgetMissingForMillis: forgetAfterMillis,
        })
      : this.#store.setClusters(clusters);
  }

  addClusters(clusters: readonly RegisteredCluster[]): Promise<void> {
    return this.#changing(trx => addClusters(trx, clusters));
  }

  failWatches(message: string): Promise<void> {
    return this.#changing(trx => failUnwatchedClusters(trx, message));
  }

  putClockSkew(cluster: string, seconds: number | undefined): Promise<void> {
    return this.#changing(async trx => {
      await updateClockSkew(trx, cluster, seconds);
      return [cluster];
    });
  }

  listWatches(cluster: string): Promise<string[]> {
    return queryWatches(this.#db, cluster);
  }

  forgetWatch(watch: Watch): Promise<void> {
    return this.#changing(async trx => {
      await deleteClusterStatus(trx, watch);
      return [watch.cluster];
    });
  }

  /** A transaction that says which clusters readers see differently. */
  #changing(work: (trx: Knex) => Promise<string[]>): Promise<void> {
    return inTransaction(this.#db, async trx => {
      await recordChange(trx, { clusters: await work(trx) });
    });
  }

  async missingApplications(
    watch: Watch,
    listed: ReadonlySet<string>,
  ): Promise<WatchedApplication[]> {
    const { cluster, resource } = watch;
    const rows: Array<{ id: string; object: string }> = await this.#db(
      TABLES.applications,
    )
      .where({ cluster, resource })
      .select('id', 'object');
    const missing: WatchedApplication[] = [];
    for (const { id, object } of rows) {
      if (!listed.has(object)) {
        const row = await this.#db(TABLES.applications)
          .where({ id })
          .first('document');
        if (row) {
          missing.push({ object, application: JSON.parse(row.document) });
        }
      }
    }
    return missing;
  }
}
