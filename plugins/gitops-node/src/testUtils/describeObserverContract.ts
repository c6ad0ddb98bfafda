import type { Application } from '@fairway/plugin-gitops-common';
import type {
  CommandPatch,
  GitopsObserver,
  KubernetesObject,
  Observation,
} from '../GitopsObserver';

const CONTEXT = {
  cluster: 'contract',
  now: new Date('2026-03-01T12:00:00.000Z'),
};

/** Values that a field must not be, each of another type. */
const WRONG_VALUES: unknown[] = [null, 42, 'wrong', true, [], {}, [null, 7]];

const HOSTILE_NAMES = [
  '../../../api/v1/secrets',
  'a/b?watch=1#x',
  '__proto__',
  'constructor',
  '<img src=x onerror=alert(1)>',
  'ä'.repeat(300),
];

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}

/** Every object that has one field, at any depth below `spec` or `status`, of a wrong type. */
function* mutations(object: KubernetesObject): Generator<KubernetesObject> {
  const paths: Array<Array<string | number>> = [];
  const walk = (value: unknown, path: Array<string | number>) => {
    if (path.length > 0) {
      paths.push(path);
    }
    if (Array.isArray(value)) {
      value.forEach((item, index) => walk(item, [...path, index]));
    } else if (typeof value === 'object' && value !== null) {
      Object.entries(value).forEach(([key, item]) =>
        walk(item, [...path, key]),
      );
    }
  };
  walk(object.spec, ['spec']);
  walk(object.status, ['status']);
  for (const path of paths) {
    for (const wrong of WRONG_VALUES) {
      const copy = structuredClone(object);
      let target = copy as Record<string | number, any>;
      path.slice(0, -1).forEach(key => {
        target = target[key];
      });
      target[path[path.length - 1]] = wrong;
      yield copy;
    }
  }
}

/** The application that the recorder would store of an observation, for `commands`. */
function applicationOf(observation: Observation): Application | undefined {
  if (observation.type !== 'application') {
    return undefined;
  }
  return {
    ...observation,
    id: 'contract',
    phase: 1,
    syncSince: CONTEXT.now.toISOString(),
    healthSince: CONTEXT.now.toISOString(),
    observedAt: CONTEXT.now.toISOString(),
  };
}

function expectWellFormed(observations: Observation[], name: string): void {
  for (const observation of observations) {
    expect(observation.ref.cluster).toBe(CONTEXT.cluster);
    expect(observation.ref.name).toBe(name);
    expect(() => JSON.stringify(observation)).not.toThrow();
    if (observation.type !== 'application') {
      continue;
    }
    const keys = observation.deployments.map(deployment => deployment.key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const deployment of observation.deployments) {
      expect(deployment.finishedAt).toMatch(ISO_TIME);
      expect(deployment.startedAt ?? deployment.finishedAt).toMatch(ISO_TIME);
      expect(deployment.revision).not.toBe('');
    }
    expect(observation.healthSince ?? CONTEXT.now.toISOString()).toMatch(
      ISO_TIME,
    );
    for (const url of observation.externalUrls) {
      expect(url).toMatch(/^https?:\/\//);
    }
    expect(observation.images).toEqual([...new Set(observation.images)].sort());
  }
}

function patchesOf(
  observer: GitopsObserver,
  observations: Observation[],
): CommandPatch[] {
  return observations.flatMap(observation => {
    const application = applicationOf(observation);
    return (application?.commands ?? []).flatMap(command =>
      observer.commands!(application!, {
        command,
        request: {},
        user: 'user:default/ada',
        now: CONTEXT.now,
      }),
    );
  });
}

/**
 * The suite that every observer MUST pass, over some objects of its kinds: it is pure, repeats
 * itself word for word, takes any object whatever is missing or wrong, believes no name, and each
 * command that it offers is one it carries out. For test runners with Jest's globals.
 *
 * @public
 */
// eslint-disable-next-line jest/no-export -- a suite for other packages to run
export function describeObserverContract(options: {
  observer: GitopsObserver;
  /** Recorded objects, at least one of each kind that means something. */
  objects: readonly KubernetesObject[];
}): void {
  const { observer, objects } = options;

  describe(`observer ${observer.id}`, () => {
    it('means something by each recorded object, and only what is well formed', () => {
      expect(objects.length).toBeGreaterThan(0);
      for (const object of objects) {
        const observations = observer.observe(object, CONTEXT);
        expect(observations).not.toEqual([]);
        expectWellFormed(observations, object.metadata.name);
        const [group] = object.apiVersion.split('/');
        const kinds = observer.resources
          .filter(({ kind }) => kind !== '*')
          .map(({ kind }) => kind);
        const groups = observer.resources
          .filter(({ kind }) => kind === '*')
          .map(resource => resource.group);
        expect([...kinds, ...groups]).toEqual(
          expect.arrayContaining([
            groups.includes(group) ? group : object.kind,
          ]),
        );
      }
    });

    it('is pure: it changes nothing, and says the same of the same object', () => {
      for (const object of objects) {
        const frozen = deepFreeze(structuredClone(object));
        const first = observer.observe(frozen, CONTEXT);
        expect(observer.observe(structuredClone(object), CONTEXT)).toEqual(
          first,
        );
        patchesOf(observer, deepFreeze(structuredClone(first)));
        const keysLater = observer
          .observe(frozen, {
            ...CONTEXT,
            now: new Date(CONTEXT.now.getTime() + 86_400_000),
          })
          .map(later =>
            later.type === 'application' ? later.deployments : [],
          );
        expect(keysLater).toEqual(
          first.map(now => (now.type === 'application' ? now.deployments : [])),
        );
      }
    });

    it('takes objects with unknown fields, with none, and without a status', () => {
      for (const object of objects) {
        const known = observer.observe(object, CONTEXT);
        const unknown = structuredClone(object) as Record<string, any>;
        unknown.spec = { ...unknown.spec, fromTheFuture: { a: [1] } };
        unknown.status = { ...unknown.status, fromTheFuture: ['x'] };
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
        const [fresh] = observer.observe(
          { ...bare, spec } as KubernetesObject,
          CONTEXT,
        );
        // What an engine has not said anything about is not healthy.
        expect(fresh?.type === 'application' && fresh.health).not.toBe(
          'healthy',
        );
      }
    });

    it('takes objects with a field of the wrong type anywhere', () => {
      let tried = 0;
      for (const object of objects) {
        for (const mutated of mutations(object)) {
          const observations = observer.observe(mutated, CONTEXT);
          expectWellFormed(observations, object.metadata.name);
          patchesOf(observer, observations);
          tried += 1;
        }
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
            expect([
              name,
              ...objects.map(other => other.metadata.name),
              ...observations.map(sourceNameOf),
            ]).toContain(patch.ref.name);
          }
        }
      }
    });

    it('carries out the commands that it offers, and says why it refuses the others', () => {
      for (const object of objects) {
        for (const observation of observer.observe(object, CONTEXT)) {
          const application = applicationOf(observation);
          if (!application) {
            continue;
          }
          for (const command of application.commands) {
            const patches = observer.commands!(application, {
              command,
              request: {},
              user: 'user:default/ada',
              now: CONTEXT.now,
            });
            expect(patches.length).toBeGreaterThan(0);
            for (const patch of patches) {
              expect(patch.ref.cluster).toBe(CONTEXT.cluster);
              expect(patch.ref.name).not.toBe('');
              expect(patch.plural).toBe(patch.plural.toLowerCase());
            }
          }
        }
      }
    });
  });
}

function sourceNameOf(observation: Observation): string | undefined {
  return observation.type === 'application'
    ? observation.sourceRef?.name
    : undefined;
}
