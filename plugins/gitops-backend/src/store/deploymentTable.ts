import type {
  Deployment,
  DeploymentCommit,
  EnvironmentTier,
  Failure,
} from '@fairway/plugin-gitops-common';
import type { Knex } from 'knex';
import type { BackfilledDeployment, NewDeployment } from './GitopsStore';
import { deploymentId, failureId } from './ids';
import { chunks, isoTime, whereAnyOf } from './sql';
import {
  TABLES,
  type DbCommitRow,
  type DbDeploymentRow,
  type DbFailureRow,
} from './tables';

/** Drops absent values, so that rows read back equal what was written. */
function present<T extends object>(value: {
  [K in keyof T]: T[K] | null | undefined;
}): T {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([, field]) => field !== null && field !== undefined,
    ),
  ) as T;
}

function toCommit(row: DbCommitRow): DeploymentCommit {
  return present<DeploymentCommit>({
    sha: row.sha,
    repoUrl: row.repo_url,
    subject: row.subject,
    author: row.author,
    authorEmail: row.author_email,
    authoredAt: row.authored_at,
    committedAt: row.committed_at,
    url: row.url,
  });
}

/** The failure of a row. */
export function toFailure(row: DbFailureRow): Failure {
  return present<Failure>({
    id: row.id,
    deploymentId: row.deployment_id,
    applicationId: row.application_id,
    signal: row.signal as Failure['signal'],
    reason: row.reason,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  });
}

function toDeployment(
  row: DbDeploymentRow,
  commits: DeploymentCommit[],
  failures: Failure[],
): Deployment {
  return present<Deployment>({
    id: row.id,
    applicationId: row.application_id,
    applicationName: row.application_name,
    entityRef: row.entity_ref,
    environment: row.environment,
    tier: row.tier as EnvironmentTier | null,
    engine: row.engine as Deployment['engine'],
    cluster: row.cluster,
    source: row.source as Deployment['source'],
    kind: row.kind as Deployment['kind'],
    rework: Boolean(row.rework),
    counted: Boolean(row.counted),
    notCountedReason: row.not_counted_reason as
      | Deployment['notCountedReason']
      | null,
    revision: row.revision,
    originRevision: row.origin_revision,
    previousRevision: row.previous_revision,
    images: JSON.parse(row.images),
    version: row.version,
    previousVersion: row.previous_version,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    outcome: row.outcome as Deployment['outcome'],
    message: row.message,
    author: row.author,
    subject: row.subject,
    commits,
    attribution: row.attribution as Deployment['attribution'],
    failures,
  });
}

/** Joins commits and failures to rows, in two queries whatever their number. */
export async function loadDeployments(
  db: Knex,
  rows: readonly DbDeploymentRow[],
): Promise<Deployment[]> {
  if (rows.length === 0) {
    return [];
  }
  const commits = new Map<string, DeploymentCommit[]>();
  for (const row of await ofDeployments(db, TABLES.commits, rows).orderBy(
    'position',
  )) {
    const list = commits.get(row.deployment_id) ?? [];
    list.push(toCommit(row));
    commits.set(row.deployment_id, list);
  }
  const failures = await failuresOf(db, rows);
  return rows.map(row =>
    toDeployment(row, commits.get(row.id) ?? [], failures.get(row.id) ?? []),
  );
}

function ofDeployments(
  db: Knex,
  table: string,
  rows: readonly DbDeploymentRow[],
): Knex.QueryBuilder {
  const query = db(table);
  const values = rows.map(row => row.id);
  whereAnyOf(query, { db, column: 'deployment_id', values });
  return query;
}

async function failuresOf(
  db: Knex,
  rows: readonly DbDeploymentRow[],
): Promise<Map<string, Failure[]>> {
  const failures = new Map<string, Failure[]>();
  for (const row of await ofDeployments(db, TABLES.failures, rows).orderBy([
    'started_at',
    'id',
  ])) {
    const list = failures.get(row.deployment_id) ?? [];
    list.push(toFailure(row));
    failures.set(row.deployment_id, list);
  }
  return failures;
}

/** See `Recording.latestDeployments`. */
export async function queryLatestDeployments(
  db: Knex,
  applicationIds: readonly string[],
  limit: number,
): Promise<Map<string, Deployment[]>> {
  const numbered = db(TABLES.deployments)
    .select('*')
    .select(
      db.raw(
        'row_number() over (partition by application_id order by finished_at desc, id desc) as place',
      ),
    )
    .where({ source: 'observed' });
  whereAnyOf(numbered, {
    db,
    column: 'application_id',
    values: applicationIds,
  });
  const rows: DbDeploymentRow[] = await db
    .select('*')
    .from(numbered.as('numbered'))
    .where('place', '<=', limit)
    .orderBy(['application_id', 'place']);
  const failures =
    rows.length > 0 ? await failuresOf(db, rows) : new Map<string, Failure[]>();
  const latest = new Map<string, Deployment[]>();
  for (const row of rows) {
    const list = latest.get(row.application_id) ?? [];
    list.push(toDeployment(row, [], failures.get(row.id) ?? []));
    latest.set(row.application_id, list);
  }
  return latest;
}

/** See `Recording.knownDeploymentKeys`. */
export async function queryKnownKeys(
  db: Knex,
  applicationIds: readonly string[],
  keys: readonly string[],
): Promise<Map<string, Set<string>>> {
  if (keys.length === 0) {
    return new Map();
  }
  const query = db<DbDeploymentRow>(TABLES.deployments).select(
    'application_id',
    'key',
  );
  whereAnyOf(query, { db, column: 'application_id', values: applicationIds });
  whereAnyOf(query, { db, column: 'key', values: keys });
  const known = new Map<string, Set<string>>();
  for (const row of await query) {
    const set = known.get(row.application_id) ?? new Set();
    known.set(row.application_id, set.add(row.key));
  }
  return known;
}

/** See `Recording.openFailures`. */
export async function queryOpenFailures(
  db: Knex,
  applicationIds: readonly string[],
): Promise<Map<string, Failure[]>> {
  const query = db<DbFailureRow>(TABLES.failures)
    .whereNull('ended_at')
    .orderBy(['started_at', 'id']);
  whereAnyOf(query, { db, column: 'application_id', values: applicationIds });
  const open = new Map<string, Failure[]>();
  for (const row of (await query) as DbFailureRow[]) {
    const list = open.get(row.application_id) ?? [];
    list.push(toFailure(row));
    open.set(row.application_id, list);
  }
  return open;
}

function toRow(deployment: NewDeployment): DbDeploymentRow {
  return {
    id: deploymentId(deployment.applicationId, deployment.key),
    application_id: deployment.applicationId,
    key: deployment.key,
    application_name: deployment.applicationName,
    entity_ref: deployment.entityRef ?? null,
    environment: deployment.environment ?? null,
    tier: deployment.tier ?? null,
    engine: deployment.engine,
    cluster: deployment.cluster,
    source: deployment.source,
    kind: deployment.kind,
    rework: deployment.rework,
    counted: deployment.counted,
    not_counted_reason: deployment.notCountedReason ?? null,
    revision: deployment.revision,
    origin_revision: deployment.originRevision ?? null,
    changed: deployment.changed ?? null,
    previous_revision: deployment.previousRevision ?? null,
    images: JSON.stringify(deployment.images),
    version: deployment.version ?? null,
    previous_version: deployment.previousVersion ?? null,
    started_at: deployment.startedAt ? isoTime(deployment.startedAt) : null,
    finished_at: isoTime(deployment.finishedAt),
    outcome: deployment.outcome,
    message: deployment.message ?? null,
    author: deployment.author ?? null,
    subject: deployment.subject ?? null,
    attribution: 'none',
    origin: JSON.stringify(deployment.from),
    // Nothing is to be found out about a revision that ran already.
    attributed_at:
      deployment.notCountedReason === 'same-revision'
        ? isoTime(deployment.finishedAt)
        : null,
    attribution_attempts: 0,
    attribution_due_at: '',
  };
}

/** Inserts those whose key is new; returns the ids of those inserted, in order. */
export async function insertDeployments(
  trx: Knex,
  rows: readonly DbDeploymentRow[],
): Promise<string[]> {
  const inserted = new Set<string>();
  for (const chunk of chunks(rows)) {
    const result = await trx(TABLES.deployments)
      .insert(chunk)
      .onConflict(['application_id', 'key'])
      .ignore()
      .returning('id');
    result.forEach(row => inserted.add(row.id));
  }
  return rows.map(row => row.id).filter(id => inserted.has(id));
}

/** Inserts observed deployments as they are, still to be attributed. */
export function insertObserved(
  trx: Knex,
  deployments: readonly NewDeployment[],
): Promise<string[]> {
  return insertDeployments(trx, deployments.map(toRow));
}

/** See `AttributionStore.insertBackfilled`; in a transaction. */
export async function insertBackfilledDeployments(
  trx: Knex,
  deployments: readonly BackfilledDeployment[],
): Promise<string[]> {
  const inserted = await insertDeployments(
    trx,
    deployments.map(deployment => ({
      ...toRow(deployment),
      attribution: deployment.attribution,
      attributed_at: new Date().toISOString(),
    })),
  );
  const isNew = new Set(inserted);
  for (const deployment of deployments) {
    const id = deploymentId(deployment.applicationId, deployment.key);
    if (isNew.has(id)) {
      await replaceCommits(trx, id, deployment.commits);
      await upsertFailures(
        trx,
        deployment.failures.map(failure => ({
          ...failure,
          id: failureId(id, failure.signal),
          deploymentId: id,
          applicationId: deployment.applicationId,
        })),
      );
    }
  }
  return inserted;
}

/** Makes these the commits of a deployment; newest first. */
export async function replaceCommits(
  trx: Knex,
  id: string,
  commits: readonly DeploymentCommit[],
): Promise<void> {
  await trx(TABLES.commits).where({ deployment_id: id }).delete();
  const rows = commits.map(
    (commit, position): DbCommitRow => ({
      deployment_id: id,
      position,
      sha: commit.sha,
      repo_url: commit.repoUrl,
      subject: commit.subject,
      author: commit.author,
      author_email: commit.authorEmail ?? null,
      authored_at: isoTime(commit.authoredAt),
      committed_at: isoTime(commit.committedAt),
      url: commit.url ?? null,
    }),
  );
  for (const chunk of chunks(rows)) {
    await trx(TABLES.commits).insert(chunk);
  }
}

/** Inserts failures, or replaces those with the same ids; the last of an id counts. */
export async function upsertFailures(
  trx: Knex,
  failures: readonly Failure[],
): Promise<void> {
  const rows = new Map(
    failures.map((failure): [string, DbFailureRow] => [
      failure.id,
      {
        id: failure.id,
        deployment_id: failure.deploymentId,
        application_id: failure.applicationId,
        signal: failure.signal,
        reason: failure.reason,
        started_at: isoTime(failure.startedAt),
        ended_at: failure.endedAt ? isoTime(failure.endedAt) : null,
      },
    ]),
  );
  for (const chunk of chunks([...rows.values()])) {
    await trx(TABLES.failures).insert(chunk).onConflict('id').merge();
  }
}
