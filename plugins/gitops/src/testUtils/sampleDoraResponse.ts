import {
  computeDoraReport,
  computeDoraResults,
  previousWindow,
  type Deployment,
  type DoraQuery,
  type DoraResponse,
  type FleetRow,
} from '@fairway/plugin-gitops-common';
import { hoursAgo } from './sampleFleet';

const HOUR = 3_600_000;

/** Commits written some hours before they were deployed. */
function withLeadTime(deployment: Deployment, position: number): Deployment {
  const deployed = Date.parse(deployment.finishedAt);
  return {
    ...deployment,
    commits: deployment.commits.map((commit, index) => ({
      ...commit,
      sha: `${position}${index}`.padEnd(40, commit.sha),
      authoredAt: new Date(
        deployed - (2 + ((position + index) % 5) * 7) * HOUR,
      ).toISOString(),
    })),
  };
}

/** Repeats the production deployments of the sample for services that deploy less often. */
function spread(deployments: Deployment[], rows: FleetRow[]): Deployment[] {
  const production = deployments
    .filter(({ tier }) => tier === 'production')
    .map(withLeadTime);
  return rows.flatMap(({ entityRef, name }, index) =>
    production
      .filter((_, position) => position % (index + 1) === 0)
      .map(deployment =>
        entityRef === deployment.entityRef
          ? deployment
          : {
              ...deployment,
              id: `${name}-${deployment.id}`,
              entityRef,
              applicationName: `${name}-production`,
              failures: [],
            },
      ),
  );
}

function inScope(row: FleetRow, { scope }: DoraQuery): boolean {
  switch (scope.kind) {
    case 'service':
      return row.entityRef === scope.ref;
    case 'owner':
      return row.owner === scope.ref;
    case 'system':
      return row.system === scope.ref;
    default:
      return true;
  }
}

/** The answer of the DORA page, computed from deployments as the backend does. */
export function sampleDoraResponse(options: {
  query: DoraQuery;
  deployments: Deployment[];
  rows: FleetRow[];
}): DoraResponse {
  const { query, rows } = options;
  const own = rows.filter(row => row.entityRef && inScope(row, query));
  const deployments = spread(options.deployments, own);
  const window = {
    from: query.from ?? hoursAgo(720),
    to: hoursAgo(0),
    timeZone: 'UTC',
  };
  const within = deployments.filter(
    ({ finishedAt }) => finishedAt >= window.from,
  );
  return {
    scope: query.scope,
    report: computeDoraReport({
      deployments: deployments.filter(
        ({ finishedAt }) => finishedAt >= previousWindow(window).from,
      ),
      window,
    }),
    services:
      query.scope.kind === 'service'
        ? []
        : own.map(({ entityRef = '', name, owner }) => {
            const some = within.filter(one => one.entityRef === entityRef);
            return {
              entityRef,
              name,
              owner,
              deployments: some.filter(({ counted }) => counted).length,
              values: computeDoraResults({ deployments: some, window }),
            };
          }),
    deployments: within
      .sort((a, b) => b.finishedAt.localeCompare(a.finishedAt))
      .map(({ commits, ...deployment }) => ({
        ...deployment,
        commitCount: commits.length,
      })),
  };
}
