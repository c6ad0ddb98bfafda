import { toError } from '@backstage/errors';
import type { Failure } from '@fairway/plugin-gitops-common';
import type { Knex } from 'knex';
import { insertAlerts } from './alertTable';
import {
  queryRecordedApplications,
  queryStoredApplications,
  upsertApplications,
} from './applicationTable';
import { refreshLastDeployments } from './attributionTable';
import { recordChange } from './changeTables';
import {
  insertObserved,
  queryKnownKeys,
  queryLatestDeployments,
  queryOpenFailures,
  upsertFailures,
} from './deploymentTable';
import { changedBy, queryStoredFact, updateFactFailures } from './factTable';
import type {
  ApplicationChange,
  FactFailure,
  StoredSource,
} from './GitopsStore';
import {
  deleteObservedObjects,
  queryRecordedSources,
  queryStoredSources,
  upsertSources,
} from './observedTables';
import { inTransaction } from './inTransaction';
import type { Recording, Removal, Removed } from './RecorderStore';
import { querySourcesMadeFrom, updateSourceOrigins } from './sourceOrigins';
import { chunks, isSqlite, whereAnyOf } from './sql';
import { TABLES, type DbApplicationRow, type DbDeploymentRow } from './tables';

/** First key of the advisory locks: tells ours from those of others in the same database. */
const LOCK_SPACE = 0x666c6f77;
/** Longer than one that hangs holds its locks; see `inTransaction`. */
const LOCK_MILLIS = 20_000;
const ATTEMPTS = 4;
/** Deadlock, serialization failure, lock not available. */
const CONFLICTS = ['40P01', '40001', '55P03'];

/** A recording in a transaction that holds the locks of its clusters. */
class DatabaseRecording implements Recording {
  readonly #trx: Knex.Transaction;
  readonly #applicationIds = new Set<string>();
  readonly #entityRefs = new Set<string | null | undefined>();
  readonly #clusters = new Set<string>();

  constructor(trx: Knex.Transaction) {
    this.#trx = trx;
  }

  recordedApplications(ids: readonly string[]) {
    return queryRecordedApplications(this.#trx, ids);
  }

  recordedSources(keys: readonly string[]) {
    return queryRecordedSources(this.#trx, keys);
  }

  async storedApplications(ids: readonly string[]) {
    const found = await queryStoredApplications(this.#trx, 'id', ids);
    return new Map(found.map(stored => [stored.application.id, stored]));
  }

  storedSources(keys: readonly string[]) {
    return queryStoredSources(this.#trx, keys);
  }

  async applicationsOfSources(keys: readonly string[]) {
    const made = await querySourcesMadeFrom(this.#trx, keys);
    return queryStoredApplications(this.#trx, 'source_key', [...keys, ...made]);
  }

  latestDeployments(applicationIds: readonly string[], limit: number) {
    return queryLatestDeployments(this.#trx, applicationIds, limit);
  }

  knownDeploymentKeys(
    applicationIds: readonly string[],
    keys: readonly string[],
  ) {
    return queryKnownKeys(this.#trx, applicationIds, keys);
  }

  openFailures(applicationIds: readonly string[]) {
    return queryOpenFailures(this.#trx, applicationIds);
  }

  async putSources(sources: readonly StoredSource[]) {
    await upsertSources(this.#trx, sources);
    await updateSourceOrigins(this.#trx, sources);
  }

  async applyChanges(changes: readonly ApplicationChange[]) {
    const before = await this.#entityRefsBefore(changes);
    await upsertApplications(this.#trx, changes);
    await this.#joinDeployments(changes, before);
    const inserted = new Set(
      await insertObserved(
        this.#trx,
        changes.flatMap(({ deployments }) => deployments),
      ),
    );
    await upsertFailures(
      this.#trx,
      changes.flatMap(({ failures }) => failures),
    );
    await insertAlerts(
      this.#trx,
      changes.flatMap(({ alert }) => alert ?? []),
    );
    await refreshLastDeployments(
      this.#trx,
      changes
        .filter(
          ({ stored, deployments }) =>
            deployments.length > 0 || !before.has(stored.application.id),
        )
        .map(({ stored }) => stored.application.id),
    );
    for (const { application } of changes.map(({ stored }) => stored)) {
      this.#applicationIds.add(application.id);
      this.#entityRefs.add(application.entityRef);
    }
    return { inserted };
  }

  async deleteObjects(removals: readonly Removal[]): Promise<Removed> {
    const removed = await deleteObservedObjects(this.#trx, removals);
    removed.applications.forEach(({ id }) => this.#applicationIds.add(id));
    const { entityRefs, clusters } = changedBy(
      removed.facts.map(({ fact, observation }) => ({
        entity_ref: fact.entityRef ?? null,
        shared: observation.shared === true,
        cluster: fact.ref.cluster,
      })),
    );
    for (const ref of [
      ...removed.applications.map(({ entityRef }) => entityRef),
      ...entityRefs,
    ]) {
      this.#entityRefs.add(ref);
    }
    clusters.forEach(cluster => this.#clusters.add(cluster));
    return removed;
  }

  storedFact(id: string) {
    return queryStoredFact(this.#trx, id);
  }

  putFactFailures(id: string, failures: readonly FactFailure[]) {
    return updateFactFailures(this.#trx, id, failures);
  }

  async putFailures(failures: readonly Failure[]) {
    await upsertFailures(this.#trx, failures);
    const query = this.#trx<DbDeploymentRow>(TABLES.deployments).select(
      'entity_ref',
    );
    whereAnyOf(query, {
      db: this.#trx,
      column: 'id',
      values: failures.map(({ deploymentId }) => deploymentId),
    });
    const rows: Array<Pick<DbDeploymentRow, 'entity_ref'>> = await query;
    rows.forEach(row => this.#entityRefs.add(row.entity_ref));
    failures.forEach(({ applicationId }) =>
      this.#applicationIds.add(applicationId),
    );
  }

  /** Numbers what was written; the last that a recording does. */
  finish(): Promise<void> {
    return recordChange(this.#trx, {
      applicationIds: [...this.#applicationIds],
      entityRefs: [...this.#entityRefs],
      clusters: [...this.#clusters],
    });
  }

  /** Locks the rows, in the order of their ids. */
  async #entityRefsBefore(
    changes: readonly ApplicationChange[],
  ): Promise<Map<string, string | null>> {
    const before = new Map<string, string | null>();
    for (const chunk of chunks(changes)) {
      const rows = await this.#trx<DbApplicationRow>(TABLES.applications)
        .whereIn(
          'id',
          chunk.map(({ stored }) => stored.application.id),
        )
        .orderBy('id')
        .forUpdate()
        .select('id', 'entity_ref');
      rows.forEach(row => before.set(row.id, row.entity_ref));
    }
    return before;
  }

  /** What was deployed while nobody knew the component belongs to the component too. */
  async #joinDeployments(
    changes: readonly ApplicationChange[],
    before: ReadonlyMap<string, string | null>,
  ): Promise<void> {
    const joined: string[] = [];
    for (const { application } of changes.map(({ stored }) => stored)) {
      const previous = before.get(application.id);
      this.#entityRefs.add(previous);
      if (application.entityRef && previous !== application.entityRef) {
        joined.push(application.id);
      }
    }
    for (const ids of chunks(joined)) {
      await this.#trx(TABLES.deployments)
        .whereIn('application_id', ids)
        .whereNull('entity_ref')
        .update({
          entity_ref: this.#trx(TABLES.applications)
            .where(
              `${TABLES.applications}.id`,
              this.#trx.ref(`${TABLES.deployments}.application_id`),
            )
            .select('entity_ref'),
        });
    }
  }
}

/** One recorder of a cluster at a time; SQLite has one connection, so one transaction at all. */
async function lock(
  trx: Knex.Transaction,
  clusters: readonly string[],
): Promise<void> {
  if (isSqlite(trx)) {
    return;
  }
  await trx.raw(`select set_config('lock_timeout', ?, true)`, [
    `${LOCK_MILLIS}`,
  ]);
  const names = [...new Set(clusters)].sort();
  await trx.raw(
    `select pg_advisory_xact_lock(?, hashtext(name)) from (select json_array_elements_text(?::json) as name) as names`,
    [LOCK_SPACE, JSON.stringify(names)],
  );
}

/** See `RecorderStore.recording`. */
export async function runRecording<T>(
  db: Knex,
  clusters: readonly string[],
  work: (recording: Recording) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(db, async trx => {
        await lock(trx, clusters);
        const recording = new DatabaseRecording(trx);
        const result = await work(recording);
        await recording.finish();
        return result;
      });
    } catch (error) {
      const { code } = toError(error) as Error & { code?: string };
      if (attempt === ATTEMPTS || !code || !CONFLICTS.includes(code)) {
        throw error;
      }
    }
  }
}
