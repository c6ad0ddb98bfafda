import {
  LABEL_ENVIRONMENT,
  LABEL_PULL_REQUEST,
  migrationPhase,
  type Application,
  type ApplicationCondition,
  type ObjectRef,
} from '@fairway/plugin-gitops-common';
import type { SourceObservation } from '@fairway/plugin-gitops-node';
import type { GitopsConfig } from '../config';
import { versionOf } from '../git/images';
import { objectId, type StoredObservation } from '../store';

const SHORT_REVISION = 7;

/** What an application is made of. */
export interface ApplicationParts {
  observation: StoredObservation;
  /** The source that `observation.sourceRef` names, when it was seen. */
  source?: SourceObservation;
  entityRef?: string;
  /** What was stored before. */
  previous?: Application;
  config: GitopsConfig;
  now: Date;
}

/** A commit in the length that people read; anything else as it is. */
function shortRevision(revision: string): string {
  return /^[0-9a-f]{40}$/.test(revision)
    ? revision.slice(0, SHORT_REVISION)
    : revision;
}

type SyncFields = Pick<
  Application,
  'sync' | 'syncMessage' | 'source' | 'desiredRevision' | 'conditions'
>;

function nameOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace ?? ''}/${name}`;
}

/** What an application must say of its source, whatever the source has fetched before. */
function sourceConditions(
  source: SourceObservation | undefined,
): ApplicationCondition[] {
  return source?.message
    ? [
        {
          type: source.ready ? 'SourceSuspended' : 'SourceNotReady',
          message: `${nameOf(source.ref)}: ${source.message}`,
        },
      ]
    : [];
}

/** Sync, and where the manifests come from, with the source joined. */
export function joinSource(
  observation: StoredObservation,
  source?: SourceObservation,
): SyncFields {
  const { sourceRef, revision } = observation;
  const asObserved: SyncFields = {
    sync: observation.sync,
    syncMessage: observation.syncMessage,
    source: observation.source,
    desiredRevision: observation.desiredRevision,
    conditions: [...observation.conditions, ...sourceConditions(source)],
  };
  if (!sourceRef) {
    return asObserved;
  }
  if (observation.desiredRevision !== undefined) {
    // Its revisions are not those of the source, which says no more than where it comes from.
    return {
      ...asObserved,
      source: {
        ...observation.source,
        repoUrl: observation.source.repoUrl ?? source?.url,
        targetRevision:
          observation.source.targetRevision ?? source?.targetRevision,
      },
    };
  }
  const name = nameOf(sourceRef);
  if (!source) {
    return {
      ...asObserved,
      sync: 'unknown',
      syncMessage: `${name} is not there, so what should run is unknown`,
    };
  }
  const joined = {
    conditions: asObserved.conditions,
    source: {
      ...observation.source,
      repoUrl: source.url ?? observation.source.repoUrl,
      targetRevision:
        source.targetRevision ?? observation.source.targetRevision,
    },
    desiredRevision: source.revision,
  };
  if (!source.revision) {
    return {
      ...joined,
      sync: 'unknown',
      syncMessage:
        source.message ??
        observation.syncMessage ??
        `${name} has no revision yet`,
    };
  }
  if (source.revision === revision) {
    return source.ready
      ? { ...joined, sync: 'synced' }
      : {
          ...joined,
          sync: 'unknown',
          syncMessage: `What ${name} fetched last runs; whether there is something newer is unknown: ${
            source.message ?? 'it is not ready'
          }`,
        };
  }
  const desired = shortRevision(source.revision);
  return {
    ...joined,
    sync: 'out-of-sync',
    syncMessage:
      observation.syncMessage ??
      (revision
        ? `${shortRevision(revision)} runs, ${name} has ${desired}`
        : `Nothing was applied yet, ${name} has ${desired}`),
  };
}

function validTime(text: string | undefined, now: Date): string | undefined {
  const time = text === undefined ? NaN : Date.parse(text);
  return time <= now.getTime() ? new Date(time).toISOString() : undefined;
}

function engineUrl(
  observation: StoredObservation,
  config: GitopsConfig,
): string | undefined {
  const { cluster, namespace, name } = observation.ref;
  const { instances } = config.argocd;
  const instance =
    instances.find(candidate => candidate.cluster === cluster) ??
    instances.find(candidate => candidate.cluster === undefined);
  if (observation.engine !== 'argocd' || !instance) {
    return undefined;
  }
  const path = [namespace ?? '', name].map(encodeURIComponent).join('/');
  return `${instance.url}/applications/${path}`;
}

/** The environment that the labels name, and what it is for. */
export function environmentOf(
  labels: Record<string, string>,
  config: GitopsConfig,
): Pick<Application, 'environment' | 'tier' | 'pullRequest'> {
  const environment = labels[LABEL_ENVIRONMENT];
  const pullRequest = labels[LABEL_PULL_REQUEST];
  const tier = pullRequest
    ? 'preview'
    : config.environments.find(({ name }) => name === environment)?.tier;
  return { environment, tier, pullRequest };
}

/** The application that the parts say there is now. */
export function buildApplication(parts: ApplicationParts): Application {
  const { observation, source, entityRef, previous, config, now } = parts;
  const { labels, healthSince, chartVersion } = observation;
  // Of an artifact, people know the commit that it was built from.
  const currentRevision = observation.originRevision ?? observation.revision;
  const { type, sourceRef, ...observed } = observation;
  const joined = joinSource(observation, source);
  const unchangedSince = (isSame: boolean | undefined, since?: string) =>
    isSame && since ? since : now.toISOString();
  const application: Application & {
    labels?: unknown;
    chartVersion?: unknown;
  } = {
    ...observed,
    ...environmentOf(labels, config),
    ...joined,
    id: objectId(observation.ref),
    entityRef,
    syncSince: unchangedSince(
      previous?.sync === joined.sync,
      previous?.syncSince,
    ),
    healthSince:
      validTime(healthSince, now) ??
      unchangedSince(
        previous?.health === observation.health,
        previous?.healthSince,
      ),
    phase: migrationPhase(observation.policy),
    version:
      versionOf(observation.images, entityRef) ??
      chartVersion ??
      // In the middle of a rollout; the deployment that began it says the new one.
      (observation.images.length > 1 ? previous?.version : undefined) ??
      (currentRevision && shortRevision(currentRevision)),
    engineUrl: engineUrl(observation, config),
    observedAt: now.toISOString(),
  };
  delete application.labels;
  delete application.chartVersion;
  return application;
}
