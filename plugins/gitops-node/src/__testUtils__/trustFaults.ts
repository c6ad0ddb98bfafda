import { ObjectFields } from '../index';
import { faulty, good, saying, type Fault } from './faulty';

/** Observers that believe what stands in an object, or tell too much of it. */
export const trustFaults: Fault[] = [
  [
    'makes an address of a name',
    saying(({ ref }) => ({
      externalUrls: [`https://ui.example.com/deliveries/${ref.name}`],
    })),
    /^believes no name/,
    /which leads to "https:\/\/ui\.example\.com\/api\/v1\/secrets"/,
  ],
  [
    'links to what an object says',
    saying((_, { spec }) => ({
      externalUrls:
        typeof spec?.repository === 'string' &&
        spec.repository.startsWith('https://')
          ? [spec.repository]
          : [],
    })),
    /^believes no text/,
    /credentials in it|which leads to/,
  ],
  [
    'makes an id of a name by leaving something out',
    saying(({ ref }) => ({
      ref: { ...ref, name: ref.name.split('/').pop()! },
    })),
    /^believes no name/,
    /has the ref of its object/,
  ],
  [
    'keys by a name',
    saying(({ deployments, ref }) => ({
      deployments: deployments.map(one => ({
        ...one,
        key: `${ref.name}/${one.key}`,
      })),
    })),
    /^believes no name/,
    /key of a deployment has control characters/,
  ],
  [
    'refers to whatever a label names',
    saying(({ ref, labels }) => ({
      parent: labels.team
        ? { ...ref, kind: 'Team', name: labels.team }
        : undefined,
    })),
    /^believes no name/,
    /parent has a name that no object can have/,
  ],
  [
    'depends on whatever an object names',
    saying(({ ref }, { spec }) => ({
      dependsOn:
        typeof spec?.path === 'string' ? [{ ...ref, name: spec.path }] : [],
    })),
    /^believes no text/,
    /dependsOn has a name that no object can have/,
  ],
  [
    'repeats a message as it is',
    saying((_, { status }) => ({
      healthMessage:
        typeof status?.message === 'string' && status.message
          ? status.message
          : undefined,
    })),
    /^believes no text/,
    /control characters|more than anybody reads/,
  ],
  [
    'writes into the prototype of all objects',
    saying((said, { metadata }) => {
      const byKey: any = {};
      for (const [key, value] of Object.entries(metadata.labels ?? {})) {
        byKey[key] ??= {};
        byKey[key].team = value;
      }
      return said;
    }),
    /^believes no name/,
    /prototype of all objects/,
  ],
  [
    'leaks what somebody wrote into an address',
    saying((_, { spec }) => ({ source: { repoUrl: `${spec?.repository}` } })),
    /^lets no secret out/,
    /comes out after .*robot:/,
  ],
  [
    'leaks the data of an object',
    saying((_, { data }) => ({ destination: { server: data?.password } })),
    /^lets no secret out/,
    /a secret comes out/,
  ],
  [
    'leaks the data of an object in its encoded form',
    saying((_, { data }) => ({
      destination: { server: data?.password && btoa(data.password) },
    })),
    /^lets no secret out/,
    /a secret comes out/,
  ],
  [
    'tells all that an object lists',
    saying((_, { status }) => ({
      resources: Array.isArray(status?.resources)
        ? status.resources.map((one: any) => ({
            group: 'apps',
            version: 'v1',
            kind: 'Deployment',
            name: String(one?.name ?? 'x').slice(0, 50),
            namespace: 'n'.repeat(200),
          }))
        : [],
    })),
    /^tells a bounded part/,
    /5000 entries at status\.resources it says/,
  ],
  [
    'tells what became of all that was synced',
    faulty({
      progress(object, run) {
        const told = good.progress(object, run);
        const results = ObjectFields.of(object)
          .object('status')
          .list('resources')
          .map(one => ({
            group: 'apps',
            kind: 'Deployment',
            name: one.string('name') ?? 'x',
          }));
        return told && { ...told, results };
      },
    }),
    /^tells a bounded part/,
    /5000 results; limitResults/,
  ],
  [
    'looks at all entries for each',
    saying((_, { status }) => {
      const list = Array.isArray(status?.resources) ? status.resources : [];
      const some = list.filter(
        (_entry: unknown, index: number) => !(index % 50),
      );
      const twice = some.filter((one: any) =>
        list.some((other: any) => other?.name === one?.name && other !== one),
      );
      return { suspended: twice.length > 0 };
    }),
    /^tells a bounded part/,
    /it looks at all for each/,
  ],
];
