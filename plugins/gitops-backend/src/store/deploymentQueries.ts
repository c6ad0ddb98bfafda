import type {
  Deployment,
  DeploymentsQuery,
  DeploymentsResponse,
  EnvironmentTier,
} from '@fairway/plugin-gitops-common';
import type { Knex } from 'knex';
import { loadDeployments } from './deploymentTable';
import type { DeploymentWindowQuery } from './GitopsStore';
import { decodeCursor, encodeCursor, isoTime, whereAnyOf } from './sql';
import { TABLES, type DbDeploymentRow } from './tables';

function applyQuery(
  query: Knex.QueryBuilder,
  db: Knex,
  filter: DeploymentsQuery & { tier?: readonly EnvironmentTier[] },
): void {
  const lists: Array<[string, readonly string[] | undefined]> = [
    ['entity_ref', filter.entityRef],
    ['application_id', filter.applicationId],
    ['environment', filter.environment],
    ['id', filter.id],
    ['tier', filter.tier],
  ];
  for (const [column, values] of lists) {
    if (values) {
      whereAnyOf(query, { db, column, values });
    }
  }
  if (filter.from) {
    query.where('finished_at', '>=', isoTime(filter.from));
  }
  if (filter.to) {
    query.where('finished_at', '<', isoTime(filter.to));
  }
  if (filter.counted !== undefined) {
    query.where('counted', filter.counted);
  }
}

/** See `GitopsReader.listDeployments`. */
export async function queryDeployments(
  db: Knex,
  filter: DeploymentsQuery & { tier?: readonly EnvironmentTier[] },
): Promise<DeploymentsResponse> {
  const limit = filter.limit ?? 50;
  const select = db<DbDeploymentRow>(TABLES.deployments)
    .select('*')
    .orderBy([
      { column: 'finished_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(limit + 1);
  applyQuery(select, db, filter);
  if (filter.cursor) {
    const { value, id } = decodeCursor(filter.cursor, 'finished');
    select.whereRaw('(finished_at, id) < (?, ?)', [value, id]);
  }
  const rows = (await select) as DbDeploymentRow[];
  const page = rows.slice(0, limit);
  const count = db(TABLES.deployments).count({ count: '*' });
  applyQuery(count, db, filter);
  const [total] = await count;
  const last = page[page.length - 1];
  return {
    items: await loadDeployments(db, page),
    totalItems: Number(total.count),
    ...(rows.length > limit && last
      ? {
          nextCursor: encodeCursor({
            sort: 'finished',
            value: last.finished_at,
            id: last.id,
          }),
        }
      : {}),
  };
}

/** See `GitopsReader.deploymentsInWindow`. */
export async function queryDeploymentWindow(
  db: Knex,
  window: DeploymentWindowQuery,
): Promise<Deployment[]> {
  const query = db<DbDeploymentRow>(TABLES.deployments)
    .select('*')
    .orderBy(['finished_at', 'id']);
  applyQuery(query, db, {
    from: window.from,
    to: window.to,
    ...(window.tier ? { tier: [window.tier] } : {}),
    ...(window.entityRefs ? { entityRef: [...window.entityRefs] } : {}),
  });
  return loadDeployments(db, (await query) as DbDeploymentRow[]);
}
