import type {
  ApplicationSource,
  Deployment,
} from '@fairway/plugin-gitops-common';
import type { Knex } from 'knex';
import {
  selectApplications,
  toApplication,
  type DbApplicationViewRow,
} from './applicationTable';
import { loadDeployments, replaceCommits } from './deploymentTable';
import type {
  ApplicationToBackfill,
  DeploymentCompletion,
  DeploymentOrigin,
  DeploymentToAttribute,
} from './GitopsStore';
import type { ChangedNames } from './changeTables';
import { chunks, whereAnyOf } from './sql';
import { TABLES, type DbApplicationRow, type DbDeploymentRow } from './tables';

/** Reasons of deployments that changed nothing, and so are never "the last deployment". */
const NOTHING_CHANGED = ['same-revision', 'not-touched'];

/**
 * Points applications at their last deployment that changed something. The adoption, which only
 * says what ran when Fairway first looked, is named while nothing better is known.
 */
export async function refreshLastDeployments(
  trx: Knex,
  applicationIds: readonly string[],
): Promise<void> {
  for (const ids of chunks(applicationIds)) {
    const last = (column: string, otherwise: string) =>
      trx.raw(
        `coalesce((select ?? from ?? where application_id = ??
          and (not_counted_reason is null or not_counted_reason not in (?, ?))
          order by case when not_counted_reason = 'adoption' then 1 else 0 end,
          finished_at desc, id desc limit 1), ${otherwise})`,
        [
          `${TABLES.deployments}.${column}`,
          TABLES.deployments,
          `${TABLES.applications}.id`,
          ...NOTHING_CHANGED,
        ],
      );
    await trx(TABLES.applications)
      .whereIn('id', ids)
      .update({
        last_deployment_id: last('id', 'null'),
        last_deployment_at: last('finished_at', "''"),
      });
  }
}

/**
 * Whether an application waits for a source that was not seen yet, its own or the one that this is
 * made from: it is about to be, and then it says where the commits are.
 */
function unseenSources(db: Knex, applicationId: string): Knex.QueryBuilder {
  return db({ user: TABLES.applications })
    .leftJoin({ near: TABLES.sources }, 'near.key', 'user.source_key')
    .leftJoin({ far: TABLES.sources }, 'far.key', 'near.made_from')
    .whereRaw('?? = ??', ['user.id', applicationId])
    .whereNotNull('user.source_key')
    .where(query =>
      query
        .whereNull('near.key')
        .orWhere(made =>
          made.whereNotNull('near.made_from').whereNull('far.key'),
        ),
    );
}

/** See `AttributionStore.deploymentsToAttribute`. */
export async function queryDeploymentsToAttribute(
  db: Knex,
  limit: number,
): Promise<DeploymentToAttribute[]> {
  const rows = await db<DbDeploymentRow>(TABLES.deployments)
    .whereNull('attributed_at')
    .andWhere('attribution_due_at', '<=', new Date().toISOString())
    .whereNotExists(unseenSources(db, `${TABLES.deployments}.application_id`))
    .orderBy(['finished_at', 'id'])
    .limit(limit);
  const deployments = await loadDeployments(db, rows);
  const sources = await sourcesOf(
    db,
    rows.filter(row => !JSON.parse(row.origin).repoUrl),
  );
  const previous = await previousOf(db, rows);
  return rows.map((row, index) => {
    const before = previous.get(row.id);
    return {
      deployment: deployments[index],
      ...(row.changed ? { changed: true } : {}),
      from: originOf(row, sources),
      attempts: row.attribution_attempts,
      ...(before ? { previous: before } : {}),
    };
  });
}

/** The last successful deployment of the application before each, by the id of the later one. */
async function previousOf(
  db: Knex,
  rows: readonly DbDeploymentRow[],
): Promise<Map<string, Deployment>> {
  const found: Array<{ id: string; previous_id: string | null }> = [];
  for (const chunk of chunks(rows)) {
    const pairs = await db
      .select('later.id')
      .select(
        db.raw(
          `(select earlier.id from ?? as earlier
            where earlier.application_id = later.application_id
            and earlier.outcome = 'succeeded'
            and (earlier.finished_at, earlier.id) < (later.finished_at, later.id)
            order by earlier.finished_at desc, earlier.id desc limit 1) as previous_id`,
          [TABLES.deployments],
        ),
      )
      .from({ later: TABLES.deployments })
      .whereIn(
        'later.id',
        chunk.map(row => row.id),
      );
    found.push(...pairs);
  }
  const loaded = await loadById(
    db,
    found.flatMap(({ previous_id: id }) => (id ? [id] : [])),
  );
  return new Map(
    found.flatMap(({ id, previous_id: previousId }) => {
      const deployment = previousId && loaded.get(previousId);
      return deployment ? [[id, deployment]] : [];
    }),
  );
}

async function loadById(
  db: Knex,
  ids: readonly string[],
): Promise<Map<string, Deployment>> {
  const query = db<DbDeploymentRow>(TABLES.deployments);
  whereAnyOf(query, { db, column: 'id', values: [...new Set(ids)] });
  const loaded = await loadDeployments(db, (await query) as DbDeploymentRow[]);
  return new Map(loaded.map(deployment => [deployment.id, deployment]));
}

/** Where the manifests of the applications come from now. */
async function sourcesOf(
  db: Knex,
  rows: readonly DbDeploymentRow[],
): Promise<Map<string, ApplicationSource>> {
  const applications = await db<DbApplicationRow>(TABLES.applications)
    .whereIn('id', [...new Set(rows.map(row => row.application_id))])
    .select('id', 'document');
  return new Map(
    applications.map(({ id, document }) => [id, JSON.parse(document).source]),
  );
}

/** Where a deployment came from; a source that was seen only after it is as good. */
function originOf(
  row: DbDeploymentRow,
  sources: Map<string, ApplicationSource>,
): DeploymentOrigin {
  const origin: DeploymentOrigin = JSON.parse(row.origin);
  return origin.repoUrl ? origin : sources.get(row.application_id) ?? origin;
}

/** See `AttributionStore.completeDeployment`; in a transaction. Resolves to what changed. */
export async function updateCompletedDeployment(
  trx: Knex,
  id: string,
  completion: DeploymentCompletion,
): Promise<ChangedNames> {
  const row = await trx<DbDeploymentRow>(TABLES.deployments)
    .where({ id })
    .first('application_id', 'entity_ref');
  if (!row) {
    return {};
  }
  // The recorder locks in this order too: first the application, then what it deployed.
  await trx(TABLES.applications)
    .where({ id: row.application_id })
    .forUpdate()
    .first('id');
  await trx(TABLES.deployments)
    .where({ id })
    .update({
      kind: completion.kind,
      rework: completion.rework,
      counted: completion.counted,
      not_counted_reason: completion.notCountedReason ?? null,
      images: JSON.stringify(completion.images),
      version: completion.version ?? null,
      previous_version: completion.previousVersion ?? null,
      author: completion.author ?? null,
      subject: completion.subject ?? null,
      attribution: completion.attribution,
      attributed_at: new Date().toISOString(),
      ...(completion.previousRevision === undefined
        ? {}
        : { previous_revision: completion.previousRevision }),
    });
  await replaceCommits(trx, id, completion.commits);
  await refreshLastDeployments(trx, [row.application_id]);
  return {
    applicationIds: [row.application_id],
    entityRefs: [row.entity_ref],
  };
}

/** See `AttributionStore.applicationsToBackfill`. */
export async function queryApplicationsToBackfill(
  db: Knex,
  limit: number,
): Promise<ApplicationToBackfill[]> {
  const rows: Array<DbApplicationViewRow & DbApplicationRow> =
    await selectApplications(db)
      .select('applications.backfill_attempts')
      .whereNull('applications.backfilled_at')
      .whereNotNull('applications.entity_ref')
      .whereNotNull('applications.environment')
      .andWhere('applications.backfill_due_at', '<=', new Date().toISOString())
      .whereNotExists(unseenSources(db, `${TABLES.applications}.id`))
      .orderBy(['applications.first_seen_at', 'applications.id'])
      .limit(limit);
  const first = await firstObserved(
    db,
    rows.map(row => row.id),
  );
  return rows.map(row => {
    const firstDeployment = first.get(row.id);
    return {
      application: toApplication(row),
      attempts: row.backfill_attempts,
      ...(firstDeployment ? { firstDeployment } : {}),
    };
  });
}

/** The earliest observed deployment of each application. */
async function firstObserved(
  db: Knex,
  applicationIds: readonly string[],
): Promise<Map<string, Deployment>> {
  const numbered = db(TABLES.deployments)
    .select(
      'id',
      db.raw(
        'row_number() over (partition by application_id order by finished_at, id) as place',
      ),
    )
    .where({ source: 'observed' });
  whereAnyOf(numbered, {
    ...{ db, column: 'application_id', values: applicationIds },
  });
  const rows: Array<{ id: string }> = await db
    .select('id')
    .from(numbered.as('numbered'))
    .where('place', 1);
  const loaded = await loadById(
    db,
    rows.map(({ id }) => id),
  );
  return new Map(
    [...loaded.values()].map(deployment => [
      deployment.applicationId,
      deployment,
    ]),
  );
}
