import {
  HEALTH_STATUSES,
  SYNC_STATUSES,
  type Application,
  type HealthStatus,
  type SyncStatus,
} from '@fairway/plugin-gitops-common';
import type { Knex } from 'knex';
import { versionOf } from '../git/images';
import type {
  ApplicationChange,
  ApplicationCounts,
  ApplicationFilter,
  ApplicationPage,
  ApplicationPageQuery,
  StoredApplication,
  StoredObservation,
} from './GitopsStore';
import { originColumns, toOrigin, toRecordedVersion } from './originColumns';
import type { OwnedApplication, RecordedState } from './RecorderStore';
import {
  chunks,
  decodeCursor,
  encodeCursor,
  whereAnyOf,
  whereContainsWords,
} from './sql';
import { TABLES, type DbApplicationRow } from './tables';
import { staleSinceOf, WATCH_COLUMNS, type DbWatchColumns } from './watchTable';

/** Out of sync is worse than unknown: it is a fact that somebody can act on. */
const SYNC_RANKS: Record<SyncStatus, number> = {
  synced: 0,
  unknown: 1,
  'out-of-sync': 2,
};

const SORTS = {
  name: { column: 'name', direction: 'asc' },
  health: { column: 'health_rank', direction: 'desc' },
  sync: { column: 'sync_rank', direction: 'desc' },
  'last-deployment': { column: 'last_deployment_at', direction: 'desc' },
} as const;

/** Row of `applications` with the columns of its last deployment. */
export interface DbApplicationViewRow
  extends Pick<DbApplicationRow, 'id' | 'document' | 'observed_at'>,
    DbWatchColumns {
  last_id: string | null;
  last_finished_at: string | null;
  last_outcome: string | null;
  last_author: string | null;
  last_images: string | null;
  last_version: string | null;
}

/** Selects what {@link toApplication} reads, and nothing that only the recorder needs. */
export function selectApplications(db: Knex): Knex.QueryBuilder {
  return db(TABLES.applications)
    .leftJoin(
      TABLES.deployments,
      'deployments.id',
      'applications.last_deployment_id',
    )
    .leftJoin(TABLES.clusterStatus, join =>
      join
        .on('cluster_status.cluster', 'applications.cluster')
        .andOn('cluster_status.watch', 'applications.resource'),
    )
    .select(
      'applications.id',
      'applications.document',
      'applications.observed_at',
      'applications.name',
      'applications.health_rank',
      'applications.sync_rank',
      'applications.last_deployment_at',
      'deployments.id as last_id',
      'deployments.finished_at as last_finished_at',
      'deployments.outcome as last_outcome',
      'deployments.author as last_author',
      'deployments.images as last_images',
      'deployments.version as last_version',
      ...WATCH_COLUMNS,
    );
}

/** The application of a row of {@link selectApplications}. */
export function toApplication(row: DbApplicationViewRow): Application {
  const application: Application = {
    ...JSON.parse(row.document),
    observedAt: row.observed_at,
  };
  if (row.last_id && row.last_finished_at) {
    application.lastDeployment = {
      id: row.last_id,
      finishedAt: row.last_finished_at,
      outcome: row.last_outcome === 'failed' ? 'failed' : 'succeeded',
      ...(row.last_author ? { author: row.last_author } : {}),
    };
    if (row.last_outcome === 'succeeded') {
      // Some engines do not say which images they run, or name those of a rollout's both ends.
      const { images, entityRef } = application;
      if (!versionOf(images, entityRef)) {
        application.version = row.last_version ?? application.version;
      }
      if (images.length === 0) {
        application.images = JSON.parse(row.last_images ?? '[]');
      }
    }
  }
  const staleSince = staleSinceOf(row);
  if (staleSince) {
    application.staleSince = staleSince;
  }
  return application;
}

/**
 * Fields that an application takes over from its observation as they are. Where both hold the
 * same, only the document has it: they are most of the size of a row.
 */
const SHARED_FIELDS = [
  'policy',
  'suspended',
  'healthMessage',
  'sources',
  'project',
  'projectNamespace',
  'parent',
  'dependsOn',
  'destination',
  'revision',
  'images',
  'resources',
  'operation',
  'conditions',
  'externalUrls',
  'commands',
] as const;

function storedObservation({
  observation,
  application,
}: StoredApplication): object {
  const own: Record<string, unknown> = { ...observation };
  for (const field of SHARED_FIELDS) {
    if (observation[field] === application[field]) {
      delete own[field];
    } else {
      own[field] = observation[field] ?? null;
    }
  }
  return own;
}

function toObservation(
  own: Record<string, unknown>,
  document: Record<string, unknown>,
): StoredObservation {
  const observation = { ...own };
  for (const field of SHARED_FIELDS) {
    const value = field in own ? own[field] : document[field];
    if (value === undefined || value === null) {
      delete observation[field];
    } else {
      observation[field] = value;
    }
  }
  return observation as unknown as StoredObservation;
}

/** The stored application of a whole row, without its last deployment. */
export function toStoredApplication(row: DbApplicationRow): StoredApplication {
  const document = JSON.parse(row.document);
  return {
    application: { ...document, observedAt: row.observed_at },
    observation: toObservation(JSON.parse(row.observation), document),
    fingerprint: row.fingerprint,
    origin: toOrigin(row),
    firstSeenAt: row.first_seen_at,
    ...(row.alerted_at ? { alertedAt: row.alerted_at } : {}),
    ...(row.settled ? { settled: JSON.parse(row.settled) } : {}),
  };
}

/** See `Recording.recordedApplications`. */
export async function queryRecordedApplications(
  db: Knex,
  ids: readonly string[],
): Promise<Map<string, RecordedState>> {
  const query = db<DbApplicationRow>(TABLES.applications).select(
    ...([
      'id',
      'fingerprint',
      'entity_ref',
      'object_version',
      'recorded_at',
    ] as const),
  );
  whereAnyOf(query, { db, column: 'id', values: ids });
  return new Map(
    (await query).map(row => [
      row.id,
      {
        fingerprint: row.fingerprint,
        ...(row.entity_ref ? { entityRef: row.entity_ref } : {}),
        ...toRecordedVersion(row),
      },
    ]),
  );
}

/** See `Recording.storedApplications` and `applicationsOfSources`. */
export async function queryStoredApplications(
  db: Knex,
  column: 'id' | 'source_key',
  values: readonly string[],
): Promise<StoredApplication[]> {
  const query = db<DbApplicationRow>(TABLES.applications).orderBy('id');
  whereAnyOf(query, { db, column, values });
  return ((await query) as DbApplicationRow[]).map(toStoredApplication);
}

/** See `RecorderStore.listOwnedApplications`. */
export async function queryOwnedApplications(
  db: Knex,
  page: { after?: string; limit: number },
): Promise<OwnedApplication[]> {
  const rows = await db<DbApplicationRow>(TABLES.applications)
    .where('id', '>', page.after ?? '')
    .orderBy('id')
    .limit(page.limit)
    .select('id', 'entity_ref', 'observation');
  return rows.map(row => ({
    id: row.id,
    observation: JSON.parse(row.observation),
    ...(row.entity_ref ? { entityRef: row.entity_ref } : {}),
  }));
}

function searchText(application: Application): string {
  return [
    application.ref.name,
    application.ref.namespace,
    application.ref.cluster,
    application.entityRef,
    application.environment,
    application.version,
    application.pullRequest && `#${application.pullRequest}`,
  ]
    .filter(Boolean)
    .join(' ')
    .toLowerCase();
}

function toRow({ stored, sourceKey }: ApplicationChange) {
  const { application, origin, fingerprint } = stored;
  return {
    id: application.id,
    first_seen_at: stored.firstSeenAt,
    ...originColumns(origin, application.observedAt),
    engine: application.engine,
    name: application.ref.name,
    entity_ref: application.entityRef ?? null,
    environment: application.environment ?? null,
    destination: application.destination.namespace ?? null,
    sync: application.sync,
    sync_rank: SYNC_RANKS[application.sync],
    health: application.health,
    health_rank: HEALTH_STATUSES.indexOf(application.health),
    search: searchText(application),
    source_key: sourceKey ?? null,
    observed_at: application.observedAt,
    fingerprint,
    alerted_at: stored.alertedAt ?? null,
    settled: stored.settled ? JSON.stringify(stored.settled) : null,
    document: JSON.stringify({
      ...application,
      lastDeployment: undefined,
      staleSince: undefined,
    }),
    observation: JSON.stringify(storedObservation(stored)),
  };
}

/**
 * Inserts or replaces applications, each at most once; what other writers own (backfill, last
 * deployment) stays.
 */
export async function upsertApplications(
  trx: Knex,
  changes: readonly ApplicationChange[],
): Promise<void> {
  for (const chunk of chunks(changes)) {
    const rows = chunk.map(toRow);
    const { id, first_seen_at: firstSeenAt, ...columns } = rows[0];
    await trx(TABLES.applications)
      .insert(rows)
      .onConflict('id')
      .merge(Object.keys(columns) as Array<keyof typeof columns>);
  }
}

function applyFilter(
  query: Knex.QueryBuilder,
  db: Knex,
  filter: ApplicationFilter,
): void {
  const lists: Array<[string, readonly string[] | undefined]> = [
    ['applications.engine', filter.engine],
    ['applications.cluster', filter.cluster],
    ['applications.environment', filter.environment],
    ['applications.health', filter.health],
    ['applications.sync', filter.sync],
    ['applications.entity_ref', filter.entityRefs],
  ];
  for (const [column, values] of lists) {
    if (values) {
      whereAnyOf(query, { db, column, values });
    }
  }
  if (filter.namespace !== undefined) {
    query.where('applications.destination', filter.namespace);
  }
  if (filter.name !== undefined) {
    query.where('applications.name', filter.name);
  }
  if (filter.unregistered === true) {
    query.whereNull('applications.entity_ref');
  } else if (filter.unregistered === false) {
    query.whereNotNull('applications.entity_ref');
  }
  if (filter.search) {
    whereContainsWords(query, 'applications.search', filter.search);
  }
}

/** See `GitopsReader.listApplications`. */
export async function queryApplications(
  db: Knex,
  query: ApplicationPageQuery,
): Promise<ApplicationPage> {
  const sort = query.sort ?? 'name';
  const { column, direction } = SORTS[sort];
  const select = selectApplications(db).orderBy([
    { column: `applications.${column}`, order: direction },
    { column: 'applications.id', order: direction },
  ]);
  applyFilter(select, db, query);
  if (query.cursor) {
    const { value, id } = decodeCursor(query.cursor, sort);
    select.whereRaw(`(??, ??) ${direction === 'asc' ? '>' : '<'} (?, ?)`, [
      `applications.${column}`,
      'applications.id',
      value,
      id,
    ]);
  }
  if (query.limit !== undefined) {
    select.limit(query.limit + 1);
  }
  const rows: Array<DbApplicationViewRow & DbApplicationRow> = await select;
  const hasMore = query.limit !== undefined && rows.length > query.limit;
  const page = hasMore ? rows.slice(0, query.limit) : rows;
  const last = page[page.length - 1];

  const wholeAnswer = query.limit === undefined && !query.cursor;
  return {
    items: page.map(toApplication),
    totalItems: wholeAnswer ? page.length : await countMatching(db, query),
    ...(hasMore && last
      ? { nextCursor: encodeCursor({ sort, value: last[column], id: last.id }) }
      : {}),
  };
}

async function countMatching(
  db: Knex,
  filter: ApplicationFilter,
): Promise<number> {
  const query = db(TABLES.applications).count({ count: '*' });
  applyFilter(query, db, filter);
  const [row] = await query;
  return Number(row.count);
}

/** See `GitopsReader.countApplications`. */
export async function aggregateApplications(
  db: Knex,
  filter: ApplicationFilter,
): Promise<ApplicationCounts> {
  const query: Knex.QueryBuilder = db(TABLES.applications)
    .select('health', 'sync')
    .count({ count: '*', registered: 'entity_ref' })
    .groupBy('health', 'sync');
  applyFilter(query, db, filter);
  const zeros = <T extends string>(keys: readonly T[]) =>
    Object.fromEntries(keys.map(key => [key, 0])) as Record<T, number>;
  const counts: ApplicationCounts = {
    applications: 0,
    health: zeros(HEALTH_STATUSES),
    sync: zeros(SYNC_STATUSES),
    unregistered: 0,
  };
  for (const row of await query) {
    const count = Number(row.count);
    counts.applications += count;
    counts.health[row.health as HealthStatus] += count;
    counts.sync[row.sync as SyncStatus] += count;
    counts.unregistered += count - Number(row.registered);
  }
  return counts;
}
