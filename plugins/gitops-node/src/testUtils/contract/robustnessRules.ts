import type {
  CommandPatch,
  GitopsObserver,
  KubernetesObject,
  Observation,
} from '../../GitopsObserver';
import { isObjectName } from '../../isObjectName';
import { commandRun, CONTEXT, patchesOf, progressOf } from './contractContext';
import { demand, demandSame, show } from './demand';
import { demandProgress } from './demandPatches';
import { demandWellFormed } from './demandWellFormed';
import { forEachObject, type ObserverRule } from './ObserverRule';
import {
  forEachHostileText,
  forEachWrongType,
  HOSTILE_NAMES,
  PLANTED_SECRET,
  withSecrets,
} from './spoiledObjects';

/** A cluster holds what somebody wrote into it. */
export const robustnessRules: readonly ObserverRule[] = [
  {
    rule: 'takes objects with a field of the wrong type anywhere',
    check(contract) {
      forEachObject(contract, object => {
        const look = lookClosely(contract.observer);
        forEachWrongType(object, look);
      });
    },
  },
  {
    rule: 'believes no name',
    check(contract) {
      forEachObject(contract, object => {
        withCleanPrototype(() => lookAtNames(contract.observer, object));
      });
    },
  },
  {
    rule: 'believes no text: no reference, label, message or address',
    check(contract) {
      forEachObject(contract, object => {
        const look = lookClosely(contract.observer);
        forEachHostileText(object, look);
      });
    },
  },
  {
    rule: 'lets no secret out that stands in an object',
    check(contract) {
      const { observer } = contract;
      forEachObject(contract, object => {
        const planted = withSecrets(object);
        const observations = observer.observe(planted, CONTEXT);
        const said = JSON.stringify([
          observations,
          patchesOf(observer, observations),
          progressOf(observer, planted, commandRun('sync'), {
            before: planted,
          }),
        ]);
        for (const secret of [PLANTED_SECRET, btoa(PLANTED_SECRET)]) {
          const at = said.indexOf(secret);
          demand(
            at < 0,
            `a secret comes out after ${show(
              said.slice(Math.max(0, at - 80), at),
            )}`,
          );
        }
      });
    },
  },
];

function lookAtNames(observer: GitopsObserver, object: KubernetesObject): void {
  for (const [index, name] of HOSTILE_NAMES.entries()) {
    const hostile = structuredClone(object);
    const label = JSON.stringify(HOSTILE_NAMES.at(index - 1));
    hostile.metadata.name = name;
    hostile.metadata.labels = JSON.parse(
      `{"__proto__": "polluted", "team": ${label}}`,
    );
    const observations = observer.observe(hostile, CONTEXT);
    demandWellFormed(observations, hostile);
    demandOwnPatches(patchesOf(observer, observations), observations);
    if (hostile.metadata.namespace !== undefined) {
      hostile.metadata.namespace = name;
      demandWellFormed(observer.observe(hostile, CONTEXT), hostile);
    }
  }
}

/** Runs something that must not write into the prototype of all objects, and cleans up behind it. */
function withCleanPrototype(run: () => void): void {
  const before = new Set(Object.getOwnPropertyNames(Object.prototype));
  try {
    run();
  } finally {
    const added = Object.getOwnPropertyNames(Object.prototype).filter(
      name => !before.has(name),
    );
    added.forEach(name => Reflect.deleteProperty(Object.prototype, name));
    demand(
      added.length === 0,
      `it writes into the prototype of all objects: ${added.join(', ')}`,
    );
  }
}

/** Holds an object to all that must be true of any; once for each thing that is said of it. */
function lookClosely(
  observer: GitopsObserver,
): (object: KubernetesObject, path: string) => void {
  // Most fields change nothing, or the same as others, and looking closely takes its time.
  const known = new Set<string>();
  return (object, path) => {
    try {
      const observations = observer.observe(object, CONTEXT);
      const patches = patchesOf(observer, observations);
      const progress = progressOf(observer, object, commandRun('sync'), {
        before: object,
      });
      const said = fingerprint([observations, patches, progress]);
      if (!known.has(said)) {
        known.add(said);
        demandWellFormed(observations, object);
        demandOwnPatches(patches, observations);
        demandProgress(progress, commandRun('sync'));
      }
    } catch (error) {
      (error as Error).message += ` (with another value at ${path})`;
      throw error;
    }
  };
}

/** Writes go to the application, and to what fetches or renders it, whose names end with its own. */
export function demandOwnPatches(
  patches: CommandPatch[],
  observations: Observation[],
): void {
  const known = observations.flatMap(observation =>
    observation.type === 'application'
      ? [observation.ref, observation.sourceRef, observation.source.ref]
      : [],
  );
  for (const { ref } of patches) {
    const own = known.find(
      one =>
        one && (ref.name === one.name || ref.name.endsWith(`-${one.name}`)),
    );
    demand(
      own,
      `a command writes to ${show(ref)}, which is not of the application`,
    );
    demandSame(
      ref.cluster,
      CONTEXT.cluster,
      'a command writes to another cluster',
    );
    demand(
      // What is made for the application has a name that ends with its own, which its cluster says.
      ref.name.endsWith(observations[0].ref.name) || isObjectName(ref.name),
      `a command writes to what cannot be, an object named ${show(ref.name)}`,
    );
  }
}

/** Different for values of which one is no JSON. */
function fingerprint(value: unknown): string {
  return JSON.stringify(value, (_, item) =>
    ['string', 'boolean', 'object', 'undefined'].includes(typeof item) ||
    Number.isFinite(item)
      ? item
      : `${typeof item} ${String(item)}`,
  );
}
