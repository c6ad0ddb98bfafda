import {
  resolvePackagePath,
  type DatabaseService,
} from '@backstage/backend-plugin-api';
import type {
  ClusterResourceStatus,
  DeploymentsQuery,
  EnvironmentTier,
  Failure,
} from '@fairway/plugin-gitops-common';
import type { Knex } from 'knex';
import { claimAlerts, deleteAlert } from './alertTable';
import {
  aggregateApplications,
  queryApplications,
  selectApplications,
  toApplication,
  queryOwnedApplications,
  queryRecordedApplications,
  type DbApplicationViewRow,
} from './applicationTable';
import {
  queryApplicationsToBackfill,
  queryDeploymentsToAttribute,
  refreshLastDeployments,
  updateCompletedDeployment,
} from './attributionTable';
import type { ChangeFeed } from './ChangeFeed';
import {
  queryChangesSince,
  queryLatestChange,
  recordChange,
  type ChangedNames,
} from './changeTables';
import { upsertClusterStatus } from './clusterStatusTable';
import { queryClusterStatus, replaceClusters } from './clusterTables';
import type {
  CommandNews,
  CommandRunsQuery,
  StoredCommandRun,
} from './CommandStore';
import {
  insertRun,
  queryOpenRuns,
  queryRun,
  queryRuns,
  touchRun,
  updateRun,
} from './commandTable';
import { queryDeployments, queryDeploymentWindow } from './deploymentQueries';
import { insertBackfilledDeployments, upsertFailures } from './deploymentTable';
import { runRecording } from './DatabaseRecording';
import {
  queryFacts,
  queryStoredFact,
  queryStoredFacts,
  upsertFact,
} from './factTable';
import type {
  ApplicationChange,
  ApplicationFilter,
  ApplicationPageQuery,
  BackfilledDeployment,
  DeploymentCompletion,
  DeploymentWindowQuery,
  GitopsReader,
  GitopsStore,
  ObservedOrigin,
  StoredFact,
} from './GitopsStore';
import {
  queryObjects,
  queryOutdatedObjects,
  queryRecordedSources,
} from './observedTables';
import { inTransaction } from './inTransaction';
import { takeLease } from './leaseTable';
import type { AlertToSend, Recording, Removal } from './RecorderStore';
import { isSqlite, isoTime, tuneSqlite, whereAnyOf } from './sql';
import { TABLES, type DbDeploymentRow } from './tables';

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
    if (isSqlite(db)) {
      await tuneSqlite(db);
    }
    return new DatabaseGitopsStore(db);
  }

  private constructor(db: Knex) {
    this.#db = db;
    this.exclusive = isSqlite(db);
  }

  /** A transaction that says what it changed. */
  #changing(work: (trx: Knex) => Promise<ChangedNames>): Promise<void> {
    return inTransaction(this.#db, async trx => {
      await recordChange(trx, await work(trx));
    });
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

  listFacts(query: Parameters<GitopsReader['listFacts']>[0]) {
    return queryFacts(this.#db, query);
  }

  listClusterStatus() {
    return queryClusterStatus(this.#db);
  }

  deploymentsToAttribute(limit: number) {
    return queryDeploymentsToAttribute(this.#db, limit);
  }

  completeDeployment(id: string, completion: DeploymentCompletion) {
    return this.#changing(trx =>
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
    return inTransaction(this.#db, async trx => {
      const inserted = await insertBackfilledDeployments(trx, deployments);
      const applicationIds = [
        ...new Set(deployments.map(item => item.applicationId)),
      ].sort();
      await refreshLastDeployments(trx, applicationIds);
      if (inserted.length > 0) {
        await recordChange(trx, {
          applicationIds,
          entityRefs: deployments.map(item => item.entityRef),
        });
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
    return this.#changing(async trx => {
      await upsertFailures(trx, [failure]);
      const row = await trx<DbDeploymentRow>(TABLES.deployments)
        .where({ id: failure.deploymentId })
        .first('entity_ref');
      return {
        applicationIds: [failure.applicationId],
        entityRefs: [row?.entity_ref],
      };
    });
  }

  recordedApplications(ids: readonly string[]) {
    return queryRecordedApplications(this.#db, ids);
  }

  recordedSources(keys: readonly string[]) {
    return queryRecordedSources(this.#db, keys);
  }

  recording<T>(
    clusters: readonly string[],
    work: (recording: Recording) => Promise<T>,
  ) {
    return runRecording(this.#db, clusters, work);
  }

  outdatedObjects(removals: readonly Removal[]) {
    return queryOutdatedObjects(this.#db, removals);
  }

  /** Writes what one observation of one application changes. */
  async applyApplicationChange(change: ApplicationChange) {
    const { inserted } = await this.recording(
      [change.stored.origin.cluster],
      recording => recording.applyChanges([change]),
    );
    return { inserted: [...inserted] };
  }

  alertSent(alert: AlertToSend) {
    return deleteAlert(this.#db, alert);
  }

  claimAlerts(times: {
    dueBefore: string;
    recordedAfter: string;
    now: string;
  }) {
    return claimAlerts(this.#db, times);
  }

  getFact(id: string) {
    return queryStoredFact(this.#db, id);
  }

  putFact(fact: StoredFact) {
    return inTransaction(this.#db, async trx => {
      const changed = await upsertFact(trx, fact);
      await recordChange(trx, changed ?? {});
      return changed !== undefined;
    });
  }

  listStoredFacts(page: { after?: string; limit: number }) {
    return queryStoredFacts(this.#db, page);
  }

  listOwnedApplications(page: { after?: string; limit: number }) {
    return queryOwnedApplications(this.#db, page);
  }

  listObjects(origin: Watch) {
    return queryObjects(this.#db, origin);
  }

  async touchObserved(origin: Watch, at: string) {
    for (const table of [TABLES.applications, TABLES.facts]) {
      await this.#db(table)
        .where({ cluster: origin.cluster, resource: origin.resource })
        .update({ observed_at: isoTime(at) });
    }
  }

  putClusterStatus(watch: Watch, status: ClusterResourceStatus) {
    return inTransaction(this.#db, async trx => {
      const { isNew, isSeen } = await upsertClusterStatus(trx, watch, status);
      await recordChange(trx, { clusters: isSeen ? [watch.cluster] : [] });
      return { isNew };
    });
  }

  setClusters(
    clusters: ReadonlyArray<{ name: string; title: string }>,
    options?: { forgetMissingForMillis?: number },
  ) {
    return this.#changing(trx => replaceClusters(trx, clusters, options));
  }

  insertCommandRun(
    stored: StoredCommandRun,
    options: { exclusiveKey?: string; supersedes?: boolean },
  ) {
    return inTransaction(this.#db, trx => insertRun(trx, stored, options));
  }

  getStoredCommandRun(id: string) {
    return queryRun(this.#db, id);
  }

  listCommandRuns(query: CommandRunsQuery) {
    return queryRuns(this.#db, query);
  }

  openCommandRuns() {
    return queryOpenRuns(this.#db);
  }

  updateCommandRun(id: string, news: CommandNews) {
    return inTransaction(this.#db, trx => updateRun(trx, id, news));
  }

  touchCommandRun(id: string, heardAt: string) {
    return touchRun(this.#db, id, heardAt);
  }

  acquireLease(lease: { name: string; holder: string; seconds: number }) {
    return takeLease(this.#db, lease);
  }

  async releaseLease(lease: { name: string; holder: string }) {
    await this.#db(TABLES.leases).where(lease).delete();
  }
}
