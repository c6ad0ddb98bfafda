import {
  LABEL_ENVIRONMENT,
  LABEL_PULL_REQUEST,
  migrationPhase,
  type Application,
} from '@fairway/plugin-gitops-common';
import type { SourceObservation } from '@fairway/plugin-gitops-node';
import type { GitopsConfig } from '../config';
import { versionOf } from '../git/images';
import { objectId, type SettledHealth, type StoredObservation } from '../store';
import { joinSource, shortRevision } from './joinSource';
import { healthSince } from './settledHealth';

/** What an application is made of. */
export interface ApplicationParts {
  observation: StoredObservation;
  /** The source that `observation.sourceRef` names, when it was seen, and what it is made from. */
  sources: readonly SourceObservation[];
  entityRef?: string;
  /** What was stored before. */
  previous?: Application;
  /** The last health that the previous one rested in. */
  settled?: SettledHealth;
  config: GitopsConfig;
  now: Date;
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

/**
 * The commit that what runs was built from, whole where the object tells its beginning. A source
 * names that of what it has now: while the same revision runs, the first that was known of it stays.
 */
function originOf(
  { observation, previous }: ApplicationParts,
  joined: string | undefined,
): string | undefined {
  const { revision, originRevision: told = '' } = observation;
  const known =
    revision !== undefined && previous?.revision === revision
      ? previous.originRevision
      : undefined;
  const whole = [known, joined]
    .filter(one => one !== undefined && one.startsWith(told))
    .find(one => one !== told);
  return whole ?? (told || undefined);
}

/** The application that the parts say there is now. */
export function buildApplication(parts: ApplicationParts): Application {
  const { observation, sources, entityRef, previous, config, now } = parts;
  const { type, sourceRef, sourceRevision, attempt, ...rest } = observation;
  const { labels, chartVersion, ...observed } = rest;
  const joined = joinSource(observation, sources);
  const originRevision = originOf(parts, joined.originRevision);
  // Of an artifact, people know the commit that it was built from.
  const currentRevision = originRevision ?? observation.revision;
  return {
    ...observed,
    ...environmentOf(labels, config),
    ...joined,
    originRevision,
    id: objectId(observation.ref),
    entityRef,
    syncSince:
      previous?.sync === joined.sync ? previous.syncSince : now.toISOString(),
    healthSince: healthSince(parts),
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
}
