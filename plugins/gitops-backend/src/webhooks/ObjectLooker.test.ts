import { mockServices } from '@backstage/backend-test-utils';
import {
  ConnectionError,
  type GitopsConnection,
  type GitopsObserver,
} from '@fairway/plugin-gitops-node';
import { eventually } from '../__testUtils__/eventually';
import {
  ClusterConnection,
  objectKey,
  type AsOf,
  type WatchSink,
} from '../cluster';
import { ScriptedKubernetes } from '../cluster/__testUtils__/ScriptedKubernetes';
import { objectReader } from './createWebhooks';
import { ObjectLooker } from './ObjectLooker';

const NEW = 'apis/fake.test/v2/things';
const OLD = 'apis/fake.test/v1/things';

const observer: GitopsObserver = {
  id: 'fake',
  resources: [
    {
      group: 'fake.test',
      versions: ['v2', 'v1'],
      kind: 'Thing',
      plural: 'things',
    },
    { group: 'other.test', versions: ['v1'], kind: 'Other', plural: 'others' },
    {
      group: 'chosen.test',
      versions: ['v1'],
      kind: 'Thing',
      plural: 'things',
      labelSelector: 'team=a',
    },
  ],
  observe: () => [],
};

function thing(name: string) {
  return {
    apiVersion: 'fake.test/v1',
    kind: 'Thing',
    metadata: { namespace: 'apps', name },
  };
}

describe('ObjectLooker', () => {
  const seen: string[] = [];
  const removals: Array<AsOf | undefined> = [];
  let kubernetes: ScriptedKubernetes;
  let looker: ObjectLooker;
  let unreachable: string[];
  let connections: GitopsConnection[];
  /** Called before a removal. */
  let removing: () => void;

  const sink: Pick<WatchSink, 'observe' | 'remove'> = {
    async observe({ cluster }, objects) {
      seen.push(...objects.map(item => `${cluster} saw ${objectKey(item)}`));
      return [];
    },
    async remove({ cluster }, object, asOf) {
      removing();
      removals.push(asOf);
      seen.push(`${cluster} lost ${object}`);
    },
  };

  beforeEach(async () => {
    [seen, removals].forEach(list => list.splice(0));
    unreachable = [];
    connections = [];
    removing = () => {};
    kubernetes = new ScriptedKubernetes();
    kubernetes.clusters = [{ name: 'eu-1' }, { name: 'eu-2' }];
    ['a', 'b', 'hidden'].forEach(name =>
      kubernetes.put('eu-1', OLD, thing(name)),
    );
    kubernetes.put('eu-2', OLD, thing('a'));
    const baseUrl = await kubernetes.listen();
    looker = new ObjectLooker({
      observers: [observer],
      ...objectReader({
        api: new ClusterConnection({
          auth: mockServices.auth(),
          discovery: mockServices.discovery.mock({
            getBaseUrl: async () => baseUrl,
          }),
        }),
        get connections() {
          return connections;
        },
      }),
      isUnreachable: async ({ cluster }) => unreachable.includes(cluster),
      sink,
      logger: mockServices.logger.mock(),
    });
  });

  afterEach(async () => {
    looker.stop();
    await kubernetes.close();
  });

  const target = (name: string, fields: object = {}) => ({
    ...{ cluster: 'eu-1', kind: 'Thing', namespace: 'apps', name },
    ...fields,
  });
  const asked = (name: string) =>
    kubernetes.requests.filter(({ path }) => path.endsWith(`/${name}`)).length;

  it('hands on what is there, takes away what is gone, and leaves the rest to the watch', async () => {
    kubernetes.fault = ({ path }) =>
      path.endsWith('/hidden')
        ? { status: 403, body: { kind: 'Status', message: 'not yours' } }
        : undefined;
    const { length: accepted } = ['a', 'gone', 'hidden', 'b'].filter(
      name => looker.look([target(name)]) === 1,
    );
    expect(accepted).toBe(4);
    await eventually(() =>
      expect([...seen].sort()).toEqual([
        'eu-1 lost apps/gone',
        'eu-1 saw apps/a',
        'eu-1 saw apps/b',
      ]),
    );
    // Whoever recorded the object since then knows better.
    expect(removals).toEqual([
      {
        lookedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        version: { resourceVersion: '104' },
      },
    ]);
  });

  it('takes nothing for gone of which no version is served, or whose kind cannot be listed', async () => {
    kubernetes.uninstall('eu-1', OLD);
    looker.look([target('a')]);
    await eventually(() => {
      expect(asked('a')).toBe(2);
      // The server was asked whether it serves them at all.
      expect(asked('apis')).toBe(2);
    });

    kubernetes.install('eu-1', OLD);
    kubernetes.fault = ({ path, query }) =>
      path.endsWith(OLD) && query.has('limit')
        ? { status: 404, body: '404 page not found' }
        : undefined;
    looker.look([target('z')]);
    await eventually(() => {
      expect(asked('z')).toBe(2);
      expect(asked('things')).toBe(1);
    });

    // Nor when what stands between says so; what waits then is left to the watch as well.
    kubernetes.fault = ({ path }) =>
      path.endsWith('/y')
        ? { status: 404, body: { kind: 'Status', reason: 'NotFound' } }
        : undefined;
    await eventually(() => {
      looker.look([target('y')]);
      expect(asked('y')).toBeGreaterThan(1);
    });
    await eventually(() => {
      looker.look([target('x')]);
      expect(new Set(seen)).toEqual(new Set(['eu-1 lost apps/x']));
    });

    kubernetes.install('eu-1', NEW);
    kubernetes.uninstall('eu-1', OLD);
    looker.look([target('w')]);
    await eventually(() => expect(seen).toContain('eu-1 lost apps/w'));
    expect(new Set(seen).size).toBe(2);
  });

  it('sees what is made anew while it is taken away', async () => {
    removing = () => kubernetes.put('eu-1', OLD, thing('phoenix'));
    looker.look([target('phoenix')]);
    await eventually(() =>
      expect(seen).toEqual(['eu-1 lost apps/phoenix', 'eu-1 saw apps/phoenix']),
    );
  });

  it('asks a connection for what it serves alone', async () => {
    const get = jest.fn(async () => thing('a'));
    const connection = (name: string, of: string) =>
      ({
        ...{ name, title: name, observer: of, get },
        resources: [observer.resources[0]],
      } as Partial<GitopsConnection> as GitopsConnection);
    connections = [connection('argo', 'fake'), connection('mono', 'another')];
    looker.look([
      target('a', { cluster: 'mono' }),
      target('a', { cluster: 'argo', kind: 'Other' }),
      target('a', { cluster: 'argo' }),
    ]);
    await eventually(() => expect(seen).toEqual(['argo saw apps/a']));
    expect(get).toHaveBeenCalledTimes(1);
  });

  it('does not queue an object twice, nor look at kinds that nobody observes', async () => {
    const many = Array.from({ length: 50 }, () => target('a'));
    looker.look([...many, target('x', { kind: 'Stranger' })]);
    await eventually(() => expect(seen).toEqual(['eu-1 saw apps/a']));
    expect(asked('a')).toBe(2);
  });

  it('leaves to the watch what is too much', async () => {
    const flood = Array.from({ length: 5_000 }, (_, n) => target(`t${n}`));
    const accepted = looker.look(flood);
    expect(accepted).toBeLessThan(2_000);
    looker.stop();
  });

  it('lets no cluster wait for another that does not answer', async () => {
    const held: Array<() => void> = [];
    connections = [
      {
        ...{ name: 'dead', title: 'Dead', observer: 'fake' },
        resources: observer.resources,
        get: () =>
          new Promise<never>((_, reject) => {
            held.push(() =>
              reject(new ConnectionError('unreachable', 'Nobody there')),
            );
          }),
      } as Partial<GitopsConnection> as GitopsConnection,
    ];
    const ofDead = Array.from({ length: 100 }, (_, n) =>
      target(`t${n}`, { cluster: 'dead' }),
    );
    looker.look([...ofDead, target('a'), target('a', { cluster: 'eu-2' })]);
    await eventually(() =>
      expect([...seen].sort()).toEqual(['eu-1 saw apps/a', 'eu-2 saw apps/a']),
    );
    // And what waits for it is not asked for any more.
    const { length: begun } = held;
    expect(begun).toBeLessThan(10);
    held.forEach(fail => fail());
    looker.look([target('b')]);
    await eventually(() => expect(seen).toContain('eu-1 saw apps/b'));
    expect(held).toHaveLength(begun);

    // Where the watch says that it is down, it is not asked at all.
    unreachable = ['dead'];
    looker.look([target('c', { cluster: 'dead' }), target('hidden')]);
    await eventually(() => expect(seen).toContain('eu-1 saw apps/hidden'));
    expect(held).toHaveLength(begun);
  });
});
