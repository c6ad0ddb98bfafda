import { InputError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import {
  revisionSources,
  type Application,
  type ApplicationSource,
  type CommandResource,
} from '@fairway/plugin-gitops-common';
import type { CommandContext } from '@fairway/plugin-gitops-node';
import { INFO_REQUESTED_AT, INFO_REQUESTED_BY } from './operationMark';

/**
 * What stands in the field `operation` of an `Application` to have it synced: the form in which
 * Argo CD's own API server writes it.
 */
export type ArgocdOperation = {
  initiatedBy: { username: string };
  /** Shown by Argo CD, and what the command is known by afterwards. */
  info: Array<{ name: string; value: string }>;
  sync: {
    /** Of a single source. */
    revision?: string;
    /** One for each of several sources; empty for what the source itself names. */
    revisions?: string[];
    prune: boolean;
    dryRun: boolean;
    resources?: Array<{
      group?: string;
      kind: string;
      name: string;
      namespace?: string;
    }>;
    syncOptions?: string[];
    /** There only when the sync is forced. */
    syncStrategy?: { hook: { force: true } };
  };
  retry: { limit: number };
};

/**
 * The operation that a sync asks for: never forced unless asked, because a forced sync deletes
 * objects and creates them again; without retries, because who asked is there to ask again.
 *
 * @throws InputError when Argo CD would not take it, saying why.
 */
export function syncOperation(
  application: Application,
  context: CommandContext,
): ArgocdOperation {
  const { request, user, now } = context;
  const syncOptions = application.policy.options;
  const resources = request.resources?.length
    ? selectResources(application, request.resources)
    : undefined;
  return {
    initiatedBy: { username: user },
    info: [
      { name: INFO_REQUESTED_BY, value: user },
      { name: INFO_REQUESTED_AT, value: now.toISOString() },
    ],
    sync: {
      ...(request.revision && revisionsOf(application, context)),
      prune: request.prune === true,
      dryRun: request.dryRun === true,
      ...(resources && { resources }),
      ...(syncOptions && { syncOptions }),
      // With hooks, as an unforced sync has them.
      ...(request.force === true && {
        syncStrategy: { hook: { force: true as const } },
      }),
    },
    retry: { limit: 0 },
  };
}

/**
 * The patch that has an operation begun as Argo CD's own API server begins one: by itself, whatever
 * stood there.
 *
 * @remarks
 * A merge patch leaves what it does not name. What an operation before it asked for would be asked
 * for again, under our mark: a force, a revision, a selection of objects. The state of the operation
 * before is dropped for the same reason: Argo CD merges that of the new one into it.
 */
export function operationPatch(operation: ArgocdOperation): JsonObject {
  const { initiatedBy, info, sync, retry } = operation;
  const strategy = sync.syncStrategy && { apply: null, ...sync.syncStrategy };
  return JSON.parse(
    JSON.stringify({
      operation: {
        initiatedBy: { automated: null, ...initiatedBy },
        info,
        sync: {
          ...{ autoHealAttemptsCount: null, manifests: null },
          ...{ revision: null, revisions: null, source: null, sources: null },
          ...{ resources: null, syncOptions: null },
          ...sync,
          syncStrategy: strategy ?? null,
        },
        retry: { backoff: null, refresh: null, ...retry },
      },
      status: { operationState: null },
    }),
  );
}

/**
 * The objects in Argo CD's form; each must be one that the application manages, as far as all of
 * them are known.
 */
function selectResources(
  application: Application,
  selected: readonly CommandResource[],
): ArgocdOperation['sync']['resources'] {
  return selected.map(({ group, kind, namespace, name }) => {
    const found = application.resources.find(
      resource =>
        resource.group === group &&
        resource.kind === kind &&
        resource.name === name &&
        (namespace === undefined || resource.namespace === namespace),
    );
    if (!found && application.resourceCount === undefined) {
      throw new InputError(
        `${application.ref.name} manages no ${
          group ? `${group}/${kind}` : kind
        } ${
          namespace ? `${namespace}/` : ''
        }${name}; name objects as its list of resources does`,
      );
    }
    const place = namespace ?? found?.namespace;
    return {
      ...(group && { group }),
      kind,
      name,
      ...(place && { namespace: place }),
    };
  });
}

/**
 * The revision asked for, where Argo CD expects it.
 *
 * @remarks
 * Several sources have one revision each, so a single one must be meant for one of them, as
 * `revisionSources` tells. The others keep what they name themselves.
 */
function revisionsOf(
  application: Application,
  { request }: CommandContext,
): Pick<ArgocdOperation['sync'], 'revision' | 'revisions'> {
  const revision = request.revision!;
  const { sources, policy, ref } = application;
  const meant = revisionSources(application);
  if (meant.length === 0) {
    throw new InputError(
      `${ref.name} has several sources, ${sources
        ?.map(nameOf)
        .join(
          ', ',
        )}, and one revision does not say which of them is meant; sync without a revision, or change targetRevision in Git`,
    );
  }
  const named = meant[0].targetRevision ?? 'HEAD';
  if (policy.automated && request.dryRun !== true && revision !== named) {
    throw new InputError(
      `${ref.name} syncs to ${named} by itself, so Argo CD does not let it sync to ${revision}; change targetRevision in Git`,
    );
  }
  return sources
    ? { revisions: sources.map(one => (meant.includes(one) ? revision : '')) }
    : { revision };
}

function nameOf({ repoUrl, chart }: ApplicationSource): string {
  return chart ? `chart ${chart}` : repoUrl ?? 'one without a URL';
}
