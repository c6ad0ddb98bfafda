import { APPLICATION_COMMANDS } from '@fairway/plugin-gitops-common';
import type {
  CommandPatch,
  GitopsObserver,
  KubernetesObject,
  Observation,
} from '../GitopsObserver';
import {
  commandRun,
  CONTEXT,
  deepFreeze,
  patchesOf,
  withoutClock,
} from './contract/contractContext';
import { describeCommands } from './contract/describeCommands';
import { expectProgress, expectWellFormed } from './contract/expectWellFormed';
import {
  forEachWrongType,
  HOSTILE_NAMES,
  hugeObjects,
  PLANTED_SECRET,
  withSecrets,
} from './contract/spoiledObjects';

/** What an observer may say of one object, however large: a row of a database, and a message. */
const MAX_OUTPUT_CHARACTERS = 1_048_576;

const DAY_MILLIS = 86_400_000;

interface Contract {
  observer: GitopsObserver;
  objects: readonly KubernetesObject[];
}

/**
 * The suite that every observer MUST pass, over some objects of its kinds. For test runners with
 * Jest's globals.
 *
 * @remarks
 * The observer is pure: it changes nothing, reads no clock, and repeats itself word for word, so
 * that deployments have the same keys whenever they are seen. It takes any object: without a
 * status, with fields of the future, with a wrong type anywhere, with thousands of entries, of
 * which it tells a bounded part. It believes no name, and lets no secret out that somebody wrote
 * into an object. What it says is well formed, each command that it offers is one it carries out
 * on the objects of that cluster alone, and others are refused with a reason.
 *
 * @public
 */
// eslint-disable-next-line jest/no-export -- a suite for other packages to run
export function describeObserverContract(options: {
  observer: GitopsObserver;
  /** Recorded objects, at least one of each kind that means something. */
  objects: readonly KubernetesObject[];
}): void {
  describe(`observer ${options.observer.id}`, () => {
    describeMeaning(options);
    describePurity(options);
    describeRobustness(options);
    describeCommands(options.observer, options.objects);
  });
}

function isWanted(observer: GitopsObserver, object: KubernetesObject): boolean {
  const group = object.apiVersion.includes('/')
    ? object.apiVersion.split('/')[0]
    : '';
  return observer.resources.some(
    resource =>
      resource.group === group &&
      (resource.kind === '*' || resource.kind === object.kind),
  );
}

function describeMeaning({ observer, objects }: Contract): void {
  it('means something by each recorded object, and only what is well formed', () => {
    expect(objects.length).toBeGreaterThan(0);
    for (const object of objects) {
      const observations = observer.observe(object, CONTEXT);
      expect(observations).not.toEqual([]);
      expectWellFormed(observations, object.metadata.name);
      expect([object.kind, isWanted(observer, object)]).toEqual([
        object.kind,
        true,
      ]);
    }
  });

  it('takes objects with unknown fields, with none, and without a status', () => {
    for (const object of objects) {
      const known = observer.observe(object, CONTEXT);
      const unknown = structuredClone(object) as Record<string, any>;
      unknown.spec = { ...unknown.spec, fromTheFuture: { a: [1] } };
      unknown.status = { ...unknown.status, fromTheFuture: ['x'] };
      unknown.metadata.fromTheFuture = { a: 1 };
      expect(observer.observe(unknown as KubernetesObject, CONTEXT)).toEqual(
        known,
      );

      const { spec, status, ...bare } = structuredClone(object);
      for (const partial of [bare, { ...bare, spec }, { ...bare, status }]) {
        expectWellFormed(
          observer.observe(partial as KubernetesObject, CONTEXT),
          object.metadata.name,
        );
      }
      const { apiVersion, kind, metadata } = object;
      const { name, namespace } = metadata;
      expectWellFormed(
        observer.observe(
          { apiVersion, kind, metadata: { name, namespace } },
          CONTEXT,
        ),
        name,
      );
      const [fresh] = observer.observe(
        { ...bare, spec } as KubernetesObject,
        CONTEXT,
      );
      // What an engine has not said anything about is not healthy.
      expect(fresh?.type === 'application' && fresh.health).not.toBe('healthy');
    }
  });
}

function describePurity({ observer, objects }: Contract): void {
  it('is pure: it changes nothing, reads no clock, and says the same of the same object', () => {
    for (const object of objects) {
      const frozen = deepFreeze(structuredClone(object));
      const first = withoutClock(() => observer.observe(frozen, CONTEXT));
      expect(observer.observe(structuredClone(object), CONTEXT)).toEqual(first);
      const observed = deepFreeze(structuredClone(first));
      expect(withoutClock(() => patchesOf(observer, observed))).toEqual(
        patchesOf(observer, first),
      );
      for (const command of APPLICATION_COMMANDS) {
        const run = deepFreeze(commandRun(command));
        for (const context of [{}, { beforehand: true }, { before: frozen }]) {
          const progress = withoutClock(() =>
            observer.progress?.(frozen, run, context),
          );
          expectProgress(progress);
          expect(
            observer.progress?.(structuredClone(object), run, context),
          ).toEqual(progress);
        }
      }
    }
  });

  it('gives deployments the same keys, whenever and however often they are seen', () => {
    for (const object of objects) {
      const deployments = deploymentsOf(observer.observe(object, CONTEXT));
      for (const days of [-3650, -1, 1, 3650]) {
        const now = new Date(CONTEXT.now.getTime() + days * DAY_MILLIS);
        const seen = structuredClone(object);
        seen.metadata.resourceVersion = String(now.getTime());
        seen.metadata.managedFields = [{ time: now.toISOString() }];
        expect(
          deploymentsOf(observer.observe(seen, { ...CONTEXT, now })),
        ).toEqual(deployments);
      }
    }
  });
}

function deploymentsOf(observations: Observation[]) {
  return observations.flatMap(observation =>
    observation.type === 'application' ? observation.deployments : [],
  );
}

function describeRobustness({ observer, objects }: Contract): void {
  it('takes objects with a field of the wrong type anywhere', () => {
    let tried = 0;
    for (const object of objects) {
      const { name } = object.metadata;
      // Most fields change nothing, or the same as others, and looking closely takes its time.
      const known = new Set<string>();
      tried += forEachWrongType(object, spoiled => {
        const observations = observer.observe(spoiled, CONTEXT);
        const patches = patchesOf(observer, observations);
        const progress = observer.progress?.(spoiled, commandRun('sync'), {
          before: spoiled,
        });
        const said = fingerprint([observations, patches, progress]);
        if (!known.has(said)) {
          known.add(said);
          expectWellFormed(observations, name);
          expectProgress(progress);
        }
      });
    }
    expect(tried).toBeGreaterThan(objects.length);
  });

  it('believes no name', () => {
    for (const object of objects) {
      for (const name of HOSTILE_NAMES) {
        const hostile = structuredClone(object);
        hostile.metadata.name = name;
        hostile.metadata.labels = JSON.parse(
          `{"__proto__": "polluted", "team": ${JSON.stringify(name)}}`,
        );
        const observations = observer.observe(hostile, CONTEXT);
        expectWellFormed(observations, name);
        expect(({} as Record<string, unknown>).team).toBeUndefined();
        for (const patch of patchesOf(observer, observations)) {
          expect(namesOf(observations).some(known => isOf(patch, known))).toBe(
            true,
          );
        }
        if (hostile.metadata.namespace !== undefined) {
          hostile.metadata.namespace = name;
          expectWellFormed(observer.observe(hostile, CONTEXT), name);
        }
      }
    }
  });

  it('tells a bounded part of an object with thousands of entries', () => {
    for (const object of objects) {
      for (const { object: huge, path } of hugeObjects(object)) {
        const observations = observer.observe(huge, CONTEXT);
        expectWellFormed(observations, object.metadata.name);
        const progress = observer.progress?.(huge, commandRun('sync'), {});
        expectProgress(progress);
        const { length } = JSON.stringify([observations, progress]);
        expect({
          of: `${object.kind} ${path}`,
          tooLong: length > MAX_OUTPUT_CHARACTERS && length,
        }).toEqual({ of: `${object.kind} ${path}`, tooLong: false });
      }
    }
  });

  it('lets no secret out that stands in an object', () => {
    for (const object of objects) {
      const observations = observer.observe(withSecrets(object), CONTEXT);
      const said = JSON.stringify([
        observations,
        patchesOf(observer, observations),
        observer.progress?.(withSecrets(object), commandRun('sync'), {
          before: withSecrets(object),
        }),
      ]);
      const at = said.indexOf(PLANTED_SECRET);
      expect(at < 0 ? '' : said.slice(Math.max(0, at - 80), at)).toBe('');
    }
  });
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

/** The application itself, its sources, and what made it. */
function namesOf(observations: Observation[]): string[] {
  return observations.flatMap(observation =>
    observation.type === 'application'
      ? [
          observation.ref.name,
          ...[observation.sourceRef, observation.source.ref].flatMap(
            ref => ref?.name ?? [],
          ),
        ]
      : [],
  );
}

/** Also what an engine makes for it under a name that ends with its own. */
function isOf({ ref }: CommandPatch, name: string): boolean {
  return ref.name === name || ref.name.endsWith(`-${name}`);
}
