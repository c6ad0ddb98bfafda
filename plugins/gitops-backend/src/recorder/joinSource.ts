import type {
  Application,
  ApplicationCondition,
  ApplicationSource,
  ObjectRef,
} from '@fairway/plugin-gitops-common';
import type { SourceObservation } from '@fairway/plugin-gitops-node';
import type { StoredObservation } from '../store';

const SHORT_REVISION = 7;

/** A commit in the length that people read; anything else as it is. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]{40}$/.test(revision)
    ? revision.slice(0, SHORT_REVISION)
    : revision;
}

/** What an observation says together with its sources; `originRevision` is that of these alone. */
export type JoinedFields = Pick<
  Application,
  | 'sync'
  | 'syncMessage'
  | 'source'
  | 'desiredRevision'
  | 'originRevision'
  | 'conditions'
>;

type SyncFields = Pick<JoinedFields, 'sync' | 'syncMessage'>;

function nameOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace ?? ''}/${name}`;
}

/** What an application must say of a source, whatever that has fetched before. */
function sourceCondition(source: SourceObservation): ApplicationCondition[] {
  return source.message
    ? [
        {
          type: source.ready ? 'SourceSuspended' : 'SourceNotReady',
          message: `${nameOf(source.ref)}: ${source.message}`,
        },
      ]
    : [];
}

/** Where the manifests come from: as its sources say, nearest first, and as the object says. */
function joinOrigin(
  observed: ApplicationSource,
  sources: readonly SourceObservation[],
): ApplicationSource {
  const first = (field: 'url' | 'targetRevision' | 'path') =>
    sources.map(source => source[field]).find(value => value !== undefined);
  const path = observed.path ?? first('path');
  const { chart, ...rest } = observed;
  return {
    ...rest,
    // A chart that is a folder has no name where it comes from.
    ...(path === undefined ? { chart } : { path }),
    repoUrl: first('url') ?? observed.repoUrl,
    targetRevision: first('targetRevision') ?? observed.targetRevision,
  };
}

/** What the object took from its source, in the words of the source. */
function takenRevision({
  sourceRevision,
  desiredRevision,
  revision,
}: StoredObservation): string | undefined {
  return (
    sourceRevision ?? (desiredRevision === undefined ? revision : undefined)
  );
}

/** Whether what was taken is what the sources have now. */
function compare(
  observation: StoredObservation,
  sourceRef: ObjectRef,
  sources: readonly SourceObservation[],
): SyncFields {
  const name = nameOf(sourceRef);
  const [source] = sources;
  if (!source) {
    return {
      sync: 'unknown',
      syncMessage: `${name} is not there, so what should run is unknown`,
    };
  }
  if (!source.revision) {
    return {
      sync: 'unknown',
      syncMessage:
        source.message ??
        observation.syncMessage ??
        `${name} has no revision yet`,
    };
  }
  if (source.revision === takenRevision(observation)) {
    const late = sources.find(({ ready }) => !ready);
    return late
      ? {
          sync: 'unknown',
          syncMessage: `What ${nameOf(
            late.ref,
          )} fetched last runs; whether there is something newer is unknown: ${
            late.message ?? 'it is not ready'
          }`,
        }
      : { sync: 'synced' };
  }
  const { revision, syncMessage } = observation;
  const desired = shortRevision(source.revision);
  return {
    sync: 'out-of-sync',
    syncMessage:
      syncMessage ??
      (revision
        ? `${shortRevision(revision)} runs, ${name} has ${desired}`
        : `Nothing was applied yet, ${name} has ${desired}`),
  };
}

/**
 * Sync, and where the manifests come from, with the sources joined. The sources make synced what
 * says so itself only when they have nothing newer; what has not applied its own newest change is
 * out of sync whatever they have.
 *
 * @param sources - the one that `sourceRef` names, when it was seen, then what that is made from
 */
export function joinSource(
  observation: StoredObservation,
  sources: readonly SourceObservation[],
): JoinedFields {
  const { sourceRef, revision, desiredRevision } = observation;
  const [source] = sources;
  const taken = takenRevision(observation);
  const isComparable = desiredRevision === undefined || taken !== undefined;
  const isCurrent = taken !== undefined && source?.revision === taken;
  const runs = desiredRevision === undefined || desiredRevision === revision;
  const own: SyncFields = {
    sync: observation.sync,
    syncMessage: observation.syncMessage,
  };
  const byItself =
    !sourceRef || !isComparable || observation.sync === 'out-of-sync';
  return {
    ...(byItself ? own : compare(observation, sourceRef, sources)),
    source: joinOrigin(observation.source, sources),
    desiredRevision:
      isComparable && !isCurrent
        ? source?.revision ?? desiredRevision
        : desiredRevision ?? source?.revision,
    originRevision: isCurrent && runs ? source.originRevision : undefined,
    conditions: [
      ...observation.conditions,
      ...sources.flatMap(sourceCondition),
    ],
  };
}
