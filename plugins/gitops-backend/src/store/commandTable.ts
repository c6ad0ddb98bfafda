import type { CommandRun } from '@fairway/plugin-gitops-common';
import type { Knex } from 'knex';
import { recordChange } from './changeTables';
import type {
  CommandNews,
  CommandRunsQuery,
  StoredCommandRun,
} from './CommandStore';
import { isoTime } from './sql';
import { TABLES, type DbCommandRunRow } from './tables';

const KEEP_DAYS = 30;
const DAY_MS = 86_400_000;

function toRun(row: DbCommandRunRow): CommandRun {
  return {
    id: row.id,
    applicationId: row.application_id,
    command: row.command as CommandRun['command'],
    request: JSON.parse(row.request),
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    state: row.state as CommandRun['state'],
    message: row.message,
    ...(row.finished_at ? { finishedAt: row.finished_at } : {}),
    ...(row.results ? JSON.parse(row.results) : {}),
  };
}

function toStored(row: DbCommandRunRow): StoredCommandRun {
  return {
    run: toRun(row),
    ...(row.entity_ref ? { entityRef: row.entity_ref } : {}),
    engine: row.engine,
    target: JSON.parse(row.target),
    heardAt: row.heard_at,
  };
}

function toRow(
  { run, entityRef, engine, target, heardAt }: StoredCommandRun,
  exclusiveKey: string | undefined,
): DbCommandRunRow {
  return {
    id: run.id,
    application_id: run.applicationId,
    entity_ref: entityRef ?? null,
    engine,
    target: JSON.stringify(target),
    command: run.command,
    request: JSON.stringify(run.request),
    requested_by: run.requestedBy,
    requested_at: isoTime(run.requestedAt),
    state: run.state,
    message: run.message,
    heard_at: isoTime(heardAt),
    finished_at: run.finishedAt ? isoTime(run.finishedAt) : null,
    exclusive_key: exclusiveKey ?? null,
    results: resultsOf(run),
  };
}

function resultsOf(
  news: Pick<CommandRun, 'results' | 'omittedResults'>,
): string | null {
  const { results, omittedResults } = news;
  return results ? JSON.stringify({ results, omittedResults }) : null;
}

/** See `CommandStore.insertCommandRun`; in a transaction. */
export async function insertRun(
  trx: Knex,
  stored: StoredCommandRun,
  options: { exclusiveKey?: string; supersedes?: boolean },
): Promise<StoredCommandRun | undefined> {
  const { exclusiveKey } = options;
  const { run, entityRef } = stored;
  const table = () => trx<DbCommandRunRow>(TABLES.commandRuns);
  const oldest = Date.parse(run.requestedAt) - KEEP_DAYS * DAY_MS;
  await table()
    .where('requested_at', '<', new Date(oldest).toISOString())
    .whereNotNull('finished_at')
    .delete();
  const given =
    options.supersedes && exclusiveKey
      ? await table()
          .where({ exclusive_key: exclusiveKey })
          .update(supersededBy(run))
          .returning('entity_ref')
      : [];
  const inserted = await table()
    .insert(toRow(stored, exclusiveKey))
    .onConflict('exclusive_key')
    .ignore()
    .returning('id');
  if (inserted.length > 0) {
    await recordChange(trx, {
      applicationIds: [run.applicationId],
      entityRefs: [entityRef, ...given.map(row => row.entity_ref)],
    });
    return undefined;
  }
  const other = await table()
    .where({ exclusive_key: exclusiveKey ?? '' })
    .first();
  // It ended in between, or it came in between and gives way: then it is in nobody's way.
  return other && !options.supersedes
    ? toStored(other)
    : insertRun(trx, stored, options);
}

/** The end of a command that gives way to a later one. */
function supersededBy(run: CommandRun): Partial<DbCommandRunRow> {
  const at = isoTime(run.requestedAt);
  return {
    state: 'superseded',
    message: `${run.requestedBy} asked for it again at ${run.requestedAt}, which took its place`,
    heard_at: at,
    finished_at: at,
    exclusive_key: null,
  };
}

/** See `CommandStore.getStoredCommandRun`. */
export async function queryRun(
  db: Knex,
  id: string,
): Promise<StoredCommandRun | undefined> {
  const row = await db<DbCommandRunRow>(TABLES.commandRuns)
    .where({ id })
    .first();
  return row && toStored(row);
}

/** See `CommandStore.listCommandRuns`. */
export async function queryRuns(
  db: Knex,
  of: CommandRunsQuery,
): Promise<CommandRun[]> {
  const ranked = db<DbCommandRunRow>(TABLES.commandRuns)
    .where(
      of.applicationId === undefined
        ? { entity_ref: of.entityRef }
        : { application_id: of.applicationId },
    )
    .select(
      '*',
      // A request is stored without spaces, and quotes in its texts have a backslash.
      db.raw(
        `row_number() over (
          partition by application_id, command,
            case when request like '%"dryRun":true%' then 1 else 0 end
          order by requested_at desc, id desc
        ) as rank`,
      ),
    )
    .as('ranked');
  const rows: DbCommandRunRow[] = await db
    .from(ranked)
    .where('rank', 1)
    .orWhereNull('finished_at')
    .orderBy([
      { column: 'requested_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ]);
  return rows.map(toRun);
}

/** See `CommandStore.openCommandRuns`. */
export async function queryOpenRuns(db: Knex): Promise<StoredCommandRun[]> {
  const rows = await db<DbCommandRunRow>(TABLES.commandRuns)
    .whereNull('finished_at')
    .orderBy(['requested_at', 'id']);
  return rows.map(toStored);
}

/** See `CommandStore.updateCommandRun`; in a transaction. */
export async function updateRun(
  trx: Knex,
  id: string,
  news: CommandNews,
): Promise<boolean> {
  const update = trx<DbCommandRunRow>(TABLES.commandRuns)
    .where({ id })
    .whereNull('finished_at');
  if (news.state === 'requested') {
    // An older look must not undo what a newer one found, whoever looked.
    update.andWhere({ state: 'requested' });
  }
  const [row] = await update
    .update({
      state: news.state,
      message: news.message,
      heard_at: isoTime(news.heardAt),
      ...(news.target && { target: JSON.stringify(news.target) }),
      ...(news.finishedAt
        ? { finished_at: isoTime(news.finishedAt), exclusive_key: null }
        : {}),
      ...(news.results ? { results: resultsOf(news) } : {}),
    })
    .returning(['application_id', 'entity_ref']);
  if (row) {
    await recordChange(trx, {
      applicationIds: [row.application_id],
      entityRefs: [row.entity_ref],
    });
  }
  return row !== undefined;
}

/** See `CommandStore.touchCommandRun`. */
export async function touchRun(
  db: Knex,
  id: string,
  heardAt: string,
): Promise<void> {
  await db<DbCommandRunRow>(TABLES.commandRuns)
    .where({ id })
    .whereNull('finished_at')
    .update({ heard_at: isoTime(heardAt) });
}
