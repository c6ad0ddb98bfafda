import type { JsonObject } from '@backstage/types';
import type {
  Application,
  ApplicationSource,
} from '@fairway/plugin-gitops-common';
import type { CommandContext } from '@fairway/plugin-gitops-node';

/** Under this name Argo CD's own record tells which user asked; its account is the portal's. */
export const INFO_REQUESTED_BY = 'Requested by';

function isSame(a: ApplicationSource, b: ApplicationSource): boolean {
  return (
    a.repoUrl === b.repoUrl &&
    a.path === b.path &&
    a.chart === b.chart &&
    a.targetRevision === b.targetRevision
  );
}

/**
 * A revision for Argo CD: of several sources, the one that decides the version gets it, and the
 * others keep theirs.
 */
function revisionFields(
  application: Application,
  revision: string | undefined,
): JsonObject {
  const { source, sources = [] } = application;
  if (!revision) {
    return {};
  }
  if (sources.length < 2) {
    return { revision };
  }
  const index = sources.findIndex(candidate => isSame(candidate, source));
  return {
    revisions: [revision],
    sourcePositions: [Math.max(index, 0) + 1],
  };
}

/**
 * The body of a sync. Pruning and force are only ever what was asked for. The application's own
 * syncOptions hold because none are given; there are no retries, because who asked is there to
 * ask again.
 */
export function syncRequest(
  application: Application,
  context: CommandContext,
): JsonObject {
  const { prune, dryRun, force, resources, revision } = context.request;
  return {
    name: application.ref.name,
    ...(application.ref.namespace && {
      appNamespace: application.ref.namespace,
    }),
    ...(application.project && { project: application.project }),
    ...revisionFields(application, revision),
    prune: prune === true,
    dryRun: dryRun === true,
    ...(force && { strategy: { hook: { force: true } } }),
    ...(resources &&
      resources.length > 0 && {
        resources: resources.map(({ group, kind, name, namespace }) => ({
          group,
          kind,
          name,
          ...(namespace && { namespace }),
        })),
      }),
    retryStrategy: { limit: 0 },
    infos: [{ name: INFO_REQUESTED_BY, value: context.user }],
  };
}
