import {
  APPLICATION_COMMANDS,
  HEALTH_STATUSES,
  type FactKind,
  type ObjectRef,
} from '@fairway/plugin-gitops-common';
import type {
  ApplicationObservation,
  FactObservation,
  KubernetesObject,
  Observation,
} from '../../GitopsObserver';
import { isObjectName } from '../../isObjectName';
import { plainText } from '../../plainText';
import { CONTEXT } from './contractContext';
import { demand, demandJson, demandSame, show } from './demand';
import { demandKey, demandText, demandTime, demandWebUrl } from './demandTexts';

const FACT_KINDS: Record<FactKind, true> = {
  rollout: true,
  preview: true,
  policy: true,
  secret: true,
  backup: true,
  generator: true,
  project: true,
};
const SYNC_STATUSES = ['synced', 'out-of-sync', 'unknown'];

/** What any observation must be, whatever its object looks like. */
export function demandWellFormed(
  observations: Observation[],
  object: KubernetesObject,
): void {
  demandJson(observations, 'what it observes');
  const parts = observations
    .filter(observation => observation.type === 'fact')
    .map(fact => `${fact.kind}/${fact.part ?? ''}`);
  demand(
    new Set(parts).size === parts.length,
    `two facts have the same kind and part, among ${show(parts)}`,
  );
  for (const observation of observations) {
    demandOwnRef(observation.ref, object);
    switch (observation.type) {
      case 'application':
        demandApplication(observation, object);
        break;
      case 'source':
        demand(
          typeof observation.ready === 'boolean',
          'a source is ready or not',
        );
        demand(
          observation.revision !== '',
          'the revision of a source is empty',
        );
        demandText(observation.message, 'the message of a source');
        break;
      case 'fact':
        demandFact(observation, object);
        break;
      default:
        throw new Error(`Not an observation: ${show(observation)}`);
    }
  }
}

function demandOwnRef(ref: ObjectRef, object: KubernetesObject): void {
  const { apiVersion, kind, metadata } = object;
  demandSame(
    [ref.cluster, ref.apiVersion, ref.kind, ref.name],
    [CONTEXT.cluster, apiVersion, kind, metadata.name],
    'an observation has the ref of its object, and not another',
  );
}

/** Something else than the object itself: it may be missing, and must be possible. */
function demandPossible(
  other: { name: string; namespace?: string },
  object: KubernetesObject,
  what: string,
): void {
  // What names the object itself is what its cluster says, and comes as it is.
  const own = [object.metadata.name, object.metadata.namespace ?? ''];
  for (const name of [other.name, other.namespace ?? other.name]) {
    demand(
      isObjectName(name) ||
        own.some(text => name === text || name === plainText(text)),
      `${what} has a name that no object can have, ${show(name)}`,
    );
  }
}

function demandApplication(
  observation: ApplicationObservation,
  object: KubernetesObject,
): void {
  const { deployments, images, resources } = observation;
  demand(
    SYNC_STATUSES.includes(observation.sync),
    `sync is ${show(observation.sync)}`,
  );
  demandHealth(observation.health);
  const keys = deployments.map(({ key }) => key);
  demand(
    new Set(keys).size === keys.length,
    `two deployments have the same key, among ${show(keys)}`,
  );
  for (const deployment of deployments) {
    demandKey(deployment.key, 'the key of a deployment');
    demandKey(deployment.revision, 'the revision of a deployment');
    demandTime(deployment.finishedAt, 'finishedAt of a deployment');
    demandTime(deployment.startedAt, 'startedAt of a deployment');
    demandText(deployment.message, 'the message of a deployment');
  }
  demandTime(observation.healthSince, 'healthSince');
  demandTime(observation.operation?.startedAt, 'startedAt of the operation');
  demandTime(observation.operation?.finishedAt, 'finishedAt of the operation');
  observation.externalUrls.forEach(demandWebUrl);
  for (const [what, ref] of [
    ['sourceRef', observation.sourceRef],
    ['source.ref', observation.source.ref],
    ['parent', observation.parent],
    ...(observation.dependsOn ?? []).map(one => ['dependsOn', one] as const),
  ] as const) {
    if (ref) {
      demand(
        ref.cluster === CONTEXT.cluster,
        `${what} is in another cluster, ${show(ref.cluster)}`,
      );
      demandPossible(ref, object, what);
    }
  }
  demandSame(
    images,
    [...new Set(images)].sort(),
    'images are sorted, each named once',
  );
  demand(
    (observation.resourceCount ?? resources.length) >= resources.length,
    'resourceCount is smaller than the number of resources',
  );
  for (const command of observation.commands) {
    demand(
      APPLICATION_COMMANDS.includes(command),
      `it offers the command ${show(command)}`,
    );
  }
  demandApplicationTexts(observation);
}

/** What is shown as one word, compared and searched. */
const WORDS = [
  'revision',
  'desiredRevision',
  'originRevision',
  'chartVersion',
  'project',
  'projectNamespace',
] as const;

function demandApplicationTexts(observation: ApplicationObservation): void {
  for (const name of WORDS) {
    const word = observation[name];
    if (word !== undefined) {
      demandKey(word, name);
    }
  }
  demand(
    typeof observation.suspended === 'boolean',
    'an application is suspended or not',
  );
  demandText(observation.syncMessage, 'syncMessage');
  demandText(observation.healthMessage, 'healthMessage');
  demandText(observation.operation?.message, 'the message of the operation');
  observation.conditions.forEach(({ type, message }) => {
    demandKey(type, 'the type of a condition');
    demandText(message, 'the message of a condition');
  });
  observation.resources.forEach(({ name, message }) => {
    demandKey(name, 'the name of a resource');
    demandText(message, 'the message of a resource');
  });
}

function demandHealth(health: string): void {
  demand(
    (HEALTH_STATUSES as readonly string[]).includes(health),
    `health is ${show(health)}`,
  );
}

function demandFact(
  observation: FactObservation,
  object: KubernetesObject,
): void {
  const { title, message, details, failure, series, subject, part } =
    observation;
  demand(
    Object.hasOwn(FACT_KINDS, observation.kind),
    `a fact is of kind ${show(observation.kind)}`,
  );
  demandHealth(observation.health);
  demand(title.trim() !== '', 'the title of a fact is empty');
  // The name of the object is what its cluster says, and comes as it is.
  demandText(title.replaceAll(object.metadata.name, ''), 'the title of a fact');
  demandText(
    message?.replaceAll(object.metadata.name, ''),
    'the message of a fact',
  );
  demand(
    typeof details === 'object' && details !== null,
    'a fact has no details',
  );
  demandTime(observation.healthSince, 'healthSince of a fact');
  demandTime(failure?.startedAt, 'startedAt of a failure');
  demandTime(series?.at, 'the time in a series');
  if (failure) {
    demand(failure.reason !== '', 'a failure has no reason');
    demandText(failure.reason, 'the reason of a failure');
    failure.images?.forEach(image => {
      demandKey(image, 'the image of a failure');
    });
  }
  if (series) {
    demandKey(series.name, 'the name of a series');
  }
  if (part !== undefined) {
    demandKey(part, 'the part of a fact');
  }
  if (subject) {
    demandPossible(subject, object, 'what a fact is about');
  }
}
