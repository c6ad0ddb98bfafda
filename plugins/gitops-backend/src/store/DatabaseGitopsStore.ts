import {
  resolvePackagePath,
  type DatabaseService,
} from '@backstage/backend-plugin-api';
import type {
  ClusterResourceStatus,
  DeploymentsQuery,
  EnvironmentTier,
  Fact,
  Failure,
} from '@fairway/plugin-gitops-common';
import type { Knex } from 'knex';
import {
  aggregateApplications,
  queryApplications,
  selectApplications,
  toApplication,
  toStoredApplication,
  upsertApplication,
  type DbApplicationViewRow,
} from './applicationTable';
import {
  queryApplicationsToBackfill,
  queryDeploymentsToAttribute,
  refreshLastDeployment,
  updateCompletedDeployment,
} from './attributionTable';
import type { ChangeFeed } from './ChangeFeed';
import { queryChangesSince, queryLatestChange } from './changeTables';
import {
  markUnreachable,
  queryClusterStatus,
  replaceClusters,
  takeLease,
  upsertClusterStatus,
} from './clusterTables';
import type { CommandNews, StoredCommandRun } from './CommandStore';
import {
  insertRun,
  queryOpenRuns,
  queryRun,
  queryRuns,
  updateRun,
} from './commandTable';
import { queryDeployments, queryDeploymentWindow } from './deploymentQueries';
import {
  insertBackfilledDeployments,
  insertObserved,
  loadDeployments,
  toFailure,
  upsertFailure,
} from './deploymentTable';
import type {
  ApplicationChange,
  ApplicationFilter,
  ApplicationPageQuery,
  BackfilledDeployment,
  DeploymentCompletion,
  DeploymentWindowQuery,
  GitopsStore,
  ObservedOrigin,
  StoredFact,
  StoredSource,
} from './GitopsStore';
import {
  deleteObservedObject,
  deleteOtherClusters,
  queryFacts,
  queryObjects,
  toStoredFact,
  toStoredSource,
  upsertFact,
  upsertSource,
} from './observedTables';
import { isSqlite, isoTime, whereAnyOf } from './sql';
import {
  TABLES,
  type DbApplicationRow,
  type DbDeploymentRow,
  type DbFactRow,
  type DbSourceRow,
} from './tables';

type Watch = Pick<ObservedOrigin, 'cluster' | 'resource'>;

/**
 * The store on the plugin's database, SQLite or PostgreSQL.
 *
 * @remarks
 * This class owns the transactions; the statements are in the files of their tables.
 */
export class DatabaseGitopsStore implements GitopsStore, ChangeFeed {
  readonly exclusive: boolean;
  readonly #db: Knex;

  /** Opens the store; migrates the database unless the configuration says not to. */
  static async create(options: {
    database: DatabaseService;
  }): Promise<DatabaseGitopsStore> {
    const db = await options.database.getClient();
    if (!options.database.migrations?.skip) {
      await db.migrate.latest({
        directory: resolvePackagePath(
          '@fairway/plugin-gitops-backend',
          'migrations',
        ),
      });
    }
    return new DatabaseGitopsStore(db);
  }

  private constructor(db: Knex) {
    this.#db = db;
    this.exclusive = isSqlite(db);
  }

  latestChange() {
    return queryLatestChange(this.#db);
  }

  changesSince(seq: number, limit: number) {
    return queryChangesSince(this.#db, seq, limit);
  }

  listApplications(query: ApplicationPageQuery) {
    return queryApplications(this.#db, query);
  }

  countApplications(filter: ApplicationFilter = {}) {
    return aggregateApplications(this.#db, filter);
  }

  async getApplication(id: string) {
    return (await this.getApplications([id]))[0];
  }

  async getApplications(ids: readonly string[]) {
    const query = selectApplications(this.#db);
    whereAnyOf(query, {
      db: this.#db,
      column: 'applications.id',
      values: ids,
    });
    const rows: DbApplicationViewRow[] = await query;
    const found = new Map(rows.map(row => [row.id, toApplication(row)]));
    return ids.flatMap(id => found.get(id) ?? []);
  }

  listDeployments(
    query: DeploymentsQuery & { tier?: readonly EnvironmentTier[] },
  ) {
    return queryDeployments(this.#db, query);
  }

  async getDeployment(id: string) {
    const { items } = await queryDeployments(this.#db, { id: [id] });
    return items[0];
  }

  deploymentsInWindow(query: DeploymentWindowQuery) {
    return queryDeploymentWindow(this.#db, query);
  }

  listFacts(query: { entityRefs?: readonly string[]; kind?: Fact['kind'] }) {
    return queryFacts(this.#db, query);
  }

  listClusterStatus() {
    return queryClusterStatus(this.#db);
  }

  deploymentsToAttribute(limit: number) {
    return queryDeploymentsToAttribute(this.#db, limit);
  }

  completeDeployment(id: string, completion: DeploymentCompletion) {
    return this.#db.transaction(trx =>
      updateCompletedDeployment(trx, id, completion),
    );
  }

  async postponeAttribution(id: string, until: string) {
    await this.#db(TABLES.deployments)
      .where({ id })
      .update({ attribution_due_at: isoTime(until) })
      .increment('attribution_attempts', 1);
  }

  applicationsToBackfill(limit: number) {
    return queryApplicationsToBackfill(this.#db, limit);
  }

  insertBackfilled(deployments: readonly BackfilledDeployment[]) {
    return this.#db.transaction(async trx => {
      const inserted = await insertBackfilledDeployments(trx, deployments);
      for (const id of new Set(deployments.map(item => item.applicationId))) {
        await refreshLastDeployment(trx, id);
      }
      return inserted;
    });
  }

  async markBackfilled(applicationId: string) {
    await this.#db(TABLES.applications)
      .where({ id: applicationId })
      .update({ backfilled_at: new Date().toISOString() });
  }

  async postponeBackfill(applicationId: string, until: string) {
    await this.#db(TABLES.applications)
      .where({ id: applicationId })
      .update({ backfill_due_at: isoTime(until) })
      .increment('backfill_attempts', 1);
  }

  putFailure(failure: Failure) {
    return upsertFailure(this.#db, failure);
  }

  async getStoredApplication(id: string) {
    const row = await this.#db<DbApplicationRow>(TABLES.applications)
      .where({ id })
      .first();
    return row && toStoredApplication(row);
  }

  applyApplicationChange(change: ApplicationChange) {
    const { application } = change.stored;
    return this.#db.transaction(async trx => {
      const before = await trx<DbApplicationRow>(TABLES.applications)
        .where({ id: application.id })
        .first('entity_ref');
      await upsertApplication(trx, change);
      if (
        application.entityRef &&
        before?.entity_ref !== application.entityRef
      ) {
        // What it deployed while nobody knew its component belongs to the component too.
        await trx(TABLES.deployments)
          .where({ application_id: application.id })
          .whereNull('entity_ref')
          .update({ entity_ref: application.entityRef });
      }
      const inserted = await insertObserved(trx, change.deployments);
      for (const failure of change.failures) {
        await upsertFailure(trx, failure);
      }
      if (!before || inserted.length > 0) {
        await refreshLastDeployment(trx, application.id);
      }
      return { inserted };
    });
  }

  async latestDeployments(applicationId: string, limit: number) {
    const rows = await this.#db<DbDeploymentRow>(TABLES.deployments)
      .where({ application_id: applicationId, source: 'observed' })
      .orderBy([
        { column: 'finished_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(limit);
    return loadDeployments(this.#db, rows);
  }

  async knownDeploymentKeys(applicationId: string, keys: readonly string[]) {
    const query = this.#db(TABLES.deployments)
      .where({ application_id: applicationId })
      .select('key');
    whereAnyOf(query, { db: this.#db, column: 'key', values: keys });
    return new Set((await query).map((row): string => row.key));
  }

  async openFailures(applicationId: string) {
    const rows = await this.#db(TABLES.failures)
      .where({ application_id: applicationId })
      .whereNull('ended_at')
      .orderBy(['started_at', 'id']);
    return rows.map(toFailure);
  }

  async getSource(key: string) {
    const row = await this.#db<DbSourceRow>(TABLES.sources)
      .where({ key })
      .first();
    return row && toStoredSource(row);
  }

  putSource(source: StoredSource) {
    return upsertSource(this.#db, source);
  }

  async applicationsOfSource(key: string) {
    const rows = await this.#db<DbApplicationRow>(TABLES.applications)
      .where({ source_key: key })
      .orderBy('id');
    return rows.map(toStoredApplication);
  }

  async getFact(id: string) {
    const row = await this.#db<DbFactRow>(TABLES.facts).where({ id }).first();
    return row && toStoredFact(row);
  }

  putFact(fact: StoredFact) {
    return upsertFact(this.#db, fact);
  }

  async listStoredFacts() {
    const rows = await this.#db<DbFactRow>(TABLES.facts).orderBy('id');
    return rows.map(toStoredFact);
  }

  async listStoredApplications() {
    const rows = await this.#db<DbApplicationRow>(TABLES.applications).orderBy(
      'id',
    );
    return rows.map(toStoredApplication);
  }

  listObjects(origin: Watch) {
    return queryObjects(this.#db, origin);
  }

  deleteObject(origin: ObservedOrigin, keep: readonly string[] = []) {
    return this.#db.transaction(trx => deleteObservedObject(trx, origin, keep));
  }

  async touchObserved(origin: Watch, at: string) {
    for (const table of [TABLES.applications, TABLES.facts]) {
      await this.#db(table)
        .where({ cluster: origin.cluster, resource: origin.resource })
        .update({ observed_at: isoTime(at) });
    }
  }

  putClusterStatus(watch: Watch, status: ClusterResourceStatus) {
    return upsertClusterStatus(this.#db, watch, status);
  }

  failWatches(message: string) {
    return markUnreachable(this.#db, message);
  }

  setClusters(clusters: ReadonlyArray<{ name: string; title: string }>) {
    return this.#db.transaction(async trx => {
      await replaceClusters(trx, clusters);
      await deleteOtherClusters(
        trx,
        clusters.map(cluster => cluster.name),
      );
    });
  }

  insertCommandRun(
    stored: StoredCommandRun,
    options: { exclusiveKey?: string },
  ) {
    return this.#db.transaction(trx =>
      insertRun(trx, stored, options.exclusiveKey),
    );
  }

  getStoredCommandRun(id: string) {
    return queryRun(this.#db, id);
  }

  listCommandRuns(query: { entityRef: string; since: string; limit: number }) {
    return queryRuns(this.#db, query);
  }

  openCommandRuns() {
    return queryOpenRuns(this.#db);
  }

  updateCommandRun(id: string, news: CommandNews) {
    return updateRun(this.#db, id, news);
  }

  acquireLease(lease: { name: string; holder: string; seconds: number }) {
    return takeLease(this.#db, lease);
  }

  async releaseLease(lease: { name: string; holder: string }) {
    await this.#db(TABLES.leases).where(lease).delete();
  }
}
