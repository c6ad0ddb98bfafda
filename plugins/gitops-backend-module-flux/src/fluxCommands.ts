import { InputError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import type {
  Application,
  ApplicationCommand,
  ObjectRef,
} from '@fairway/plugin-gitops-common';
import type {
  CommandContext,
  CommandPatch,
  ObjectFields,
} from '@fairway/plugin-gitops-node';
import { pluralOf, SOURCE_API_VERSION } from './fluxKinds';

/** Asks for a reconciliation; its value comes back in `status.lastHandledReconcileAt`. */
export const REQUESTED_AT = 'reconcile.fluxcd.io/requestedAt';
/** Asks for a release although nothing changed; must equal {@link REQUESTED_AT}. */
const FORCE_AT = 'reconcile.fluxcd.io/forceAt';
/** Forgets the failed attempts, without which a release that gave up stays as it is. */
const RESET_AT = 'reconcile.fluxcd.io/resetAt';

/** The sources that a chart is fetched from by a HelmChart of its own. */
const CHART_SOURCES = ['HelmRepository', 'GitRepository', 'Bucket'];

/** The commands that an application takes now. */
export function allowedCommands(
  fields: ObjectFields,
  sourceRef: ObjectRef | undefined,
): ApplicationCommand[] {
  if (fields.object('metadata').has('deletionTimestamp')) {
    return [];
  }
  if (fields.object('spec').boolean('suspend') !== true) {
    return ['sync', 'refresh', 'suspend'];
  }
  // Only a source can be looked at again while the object itself stands still.
  return sourceRef && pluralOf(sourceRef.kind)
    ? ['refresh', 'resume']
    : ['resume'];
}

/**
 * The patches that carry out a command on a `Kustomization` or a `HelmRelease`.
 *
 * @throws InputError when Flux has no such command, or cannot take it now.
 */
export function fluxCommands(
  application: Application,
  context: CommandContext,
): CommandPatch[] {
  const { ref } = application;
  const sources = sourcePatches(application, context);
  switch (context.command) {
    case 'sync':
      refuseSync(application, context);
      // The source first: the object would apply the revision that is fetched already.
      return [
        ...sources,
        { ...patchOf(ref, syncPatch(application, context)), supersedes: true },
      ];
    case 'refresh':
      return sources.length > 0
        ? [{ ...sources[0], optional: false }]
        : [patchOf(ref, requestPatch(context))];
    case 'suspend':
      return [patchOf(ref, { spec: { suspend: true } })];
    case 'resume':
      return [patchOf(ref, { spec: { suspend: false } })];
    case 'terminate':
      throw new InputError(
        'Flux cannot stop a reconciliation; suspend the application to prevent the next one',
      );
    default:
      throw new InputError(`Flux has no command ${context.command}`);
  }
}

function refuseSync(
  { ref, suspended, policy, conditions }: Application,
  { request }: CommandContext,
): void {
  const name = `${ref.kind} ${ref.name}`;
  if (suspended) {
    throw new InputError(
      `${name} is suspended and would not reconcile; resume it first`,
    );
  }
  const source = conditions.find(({ type }) => type === 'SourceSuspended');
  if (source) {
    throw new InputError(
      `${name} would not get anything newer: ${source.message}`,
    );
  }
  if (request.revision || request.dryRun) {
    throw new InputError(
      'Flux reconciles what its source has: it takes no revision and no dry run; change the revision in Git',
    );
  }
  if (request.resources && request.resources.length > 0) {
    throw new InputError(
      `Flux reconciles all objects of ${name} at once and cannot select some; sync it without a selection`,
    );
  }
  if (request.prune && !policy.prune) {
    throw new InputError(`${name} does not prune; set spec.prune in Git`);
  }
  if (request.force && ref.kind !== 'HelmRelease') {
    throw new InputError(
      `Flux creates the objects of ${name} again only when the object says so; set spec.force in Git`,
    );
  }
}

function requestPatch({ now }: CommandContext): JsonObject {
  return { metadata: { annotations: { [REQUESTED_AT]: now.toISOString() } } };
}

function syncPatch(
  { conditions }: Application,
  { now, request }: CommandContext,
): JsonObject {
  const at = now.toISOString();
  const gaveUp = conditions.some(({ type }) => type === 'RetriesExceeded');
  return {
    metadata: {
      annotations: {
        [REQUESTED_AT]: at,
        ...(request.force && { [FORCE_AT]: at }),
        ...(gaveUp && { [RESET_AT]: at }),
      },
    },
  };
}

/** What fetches the manifests, in the order in which one follows on the other. */
function sourcePatches(
  { ref, source }: Application,
  context: CommandContext,
): CommandPatch[] {
  if (!source.ref || !pluralOf(source.ref.kind)) {
    return [];
  }
  const request = requestPatch(context);
  const fetched = { ...source.ref, cluster: ref.cluster };
  const isRegistry =
    fetched.kind === 'HelmRepository' && source.repoUrl?.startsWith('oci://');
  const chart: ObjectRef = {
    cluster: ref.cluster,
    apiVersion: SOURCE_API_VERSION,
    kind: 'HelmChart',
    namespace: fetched.namespace ?? ref.namespace,
    // helm-controller makes it under this name.
    name: `${ref.namespace}-${ref.name}`,
  };
  const hasChart =
    ref.kind === 'HelmRelease' && CHART_SOURCES.includes(fetched.kind);
  return [
    // Nothing fetches a registry ahead of the chart.
    ...(isRegistry ? [] : [patchOf(fetched, request)]),
    ...(hasChart ? [{ ...patchOf(chart, request), optional: true }] : []),
  ];
}

function patchOf(ref: ObjectRef, patch: JsonObject): CommandPatch {
  const plural = pluralOf(ref.kind);
  if (!plural) {
    throw new InputError(
      `Fairway does not know objects of kind ${ref.kind}; use the flux command line`,
    );
  }
  return { ref, plural, type: 'application/merge-patch+json', patch };
}
