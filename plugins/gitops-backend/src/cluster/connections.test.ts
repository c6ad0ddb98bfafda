import { mockServices } from '@backstage/backend-test-utils';
import type { ClusterResourceStatus } from '@fairway/plugin-gitops-common';
import {
  ConnectionError,
  type GitopsConnection,
  type GitopsObserver,
  type KubernetesObject,
  type ObjectEvent,
  type ObjectPage,
} from '@fairway/plugin-gitops-node';
import { eventually } from '../__testUtils__/eventually';
import type { ClusterApi } from './ClusterApi';
import type { RegisteredCluster, WatchedApplication } from './ClusterRegistry';
import { ClusterWatcher } from './ClusterWatcher';
import { objectKey, type WatchSink } from './WatchedResource';

const resource = {
  group: 'argoproj.io',
  versions: ['v1alpha1'],
  kind: 'Application',
  plural: 'applications',
};
const observer: GitopsObserver = {
  id: 'argocd',
  resources: [resource, { ...resource, kind: 'Rollout', plural: 'rollouts' }],
  observe: () => [],
};

function app(name: string): KubernetesObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd' },
  };
}

/** An installation in memory, whose answers a test decides. */
class FakeConnection implements GitopsConnection {
  readonly title = 'Main';
  readonly observer = 'argocd';
  readonly resources = [resource];
  readonly name: string;
  page: ObjectPage = { items: [app('a'), app('b')], resourceVersion: '7' };
  failure?: Error;
  /** Undefined: no answer. */
  isUp = true;
  gone: string[] = [];
  lists = 0;
  readonly #events: ObjectEvent[] = [];
  #wake?: () => void;

  constructor(name: string) {
    this.name = name;
  }

  async listPage() {
    this.lists += 1;
    if (this.failure) {
      throw this.failure;
    }
    return this.page;
  }

  send(event: ObjectEvent) {
    this.#events.push(event);
    this.#wake?.();
  }

  async *watch(
    _resource: unknown,
    { signal }: { signal?: AbortSignal },
  ): AsyncGenerator<ObjectEvent> {
    while (!signal?.aborted) {
      const event = this.#events.shift();
      if (event) {
        yield event;
      } else {
        await new Promise<void>(resolve => {
          this.#wake = resolve;
          signal?.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    }
    throw signal?.reason;
  }

  async probe() {
    if (!this.isUp) {
      throw new ConnectionError('unreachable', 'Nobody there');
    }
    return { date: new Date(Date.now() - 120_000) };
  }

  async get(): Promise<KubernetesObject> {
    return app('a');
  }

  async isGone({ ref }: { ref: { name: string } }) {
    return this.gone.includes(ref.name);
  }

  async execute() {}
}

describe('ClusterWatcher with connections', () => {
  const objects = new Set<string>();
  const states = new Map<string, ClusterResourceStatus>();
  const skews = new Map<string, number | undefined>();
  let registered: readonly RegisteredCluster[];
  let connection: FakeConnection;
  let watcher: ClusterWatcher;
  let clusters: Array<{ name: string; title: string }> | Error;

  let observing: Error | undefined;

  const sink: WatchSink = {
    async observe({ cluster }, seen) {
      if (observing) {
        const error = observing;
        observing = undefined;
        throw error;
      }
      seen.forEach(object => objects.add(`${cluster} ${objectKey(object)}`));
      return [];
    },
    async remove({ cluster }, object) {
      objects.delete(`${cluster} ${object}`);
    },
    async listed({ cluster }, listed) {
      for (const key of objects) {
        const [of, object] = key.split(' ');
        if (of === cluster && !listed.has(object)) {
          objects.delete(key);
        }
      }
    },
    async status({ cluster, key }, status) {
      const isNew = !states.has(`${cluster} ${key}`);
      states.set(`${cluster} ${key}`, status);
      return { isNew };
    },
  };
  const state = () =>
    states.get(`${connection.name} argocd:argoproj.io/applications`);
  const start = () => {
    watcher = new ClusterWatcher({
      // Only the list of clusters is asked for here.
      api: {
        listClusters: async () => {
          if (clusters instanceof Error) {
            throw clusters;
          }
          return clusters;
        },
        listPage: async () => {
          throw new ConnectionError('not-installed', 'Unknown');
        },
        probe: async () => ({}),
      } as unknown as ClusterApi,
      connections: [connection],
      observers: [observer],
      sink,
      registry: {
        exclusive: true,
        acquireLease: async () => true,
        releaseLease: async () => {},
        setClusters: async all => {
          registered = all;
        },
        addClusters: async more => {
          registered = more;
        },
        failWatches: async () => {},
        putClockSkew: async (cluster, seconds) => {
          skews.set(cluster, seconds);
        },
        listWatches: async () => [],
        forgetWatch: async () => {},
        missingApplications: async ({ cluster }, listed) =>
          [...objects]
            .map(key => key.split(' '))
            .filter(([of, object]) => of === cluster && !listed.has(object))
            .map(([, object]): WatchedApplication => {
              const [namespace, name] = object.split('/');
              const { apiVersion, kind } = app(name);
              return {
                object,
                application: {
                  ref: { cluster, apiVersion, kind, namespace, name },
                },
              };
            }),
      },
      logger: mockServices.logger.mock(),
      times: {
        initialBackoffMillis: 10,
        maximumBackoffMillis: 40,
        lookAgainMillis: 30,
        watchSeconds: 60,
        silenceMillis: 60_000,
        graceMillis: 300,
        seenEveryMillis: 0,
        probeEveryMillis: 50,
        answerWithinMillis: 500,
        clustersEveryMillis: 50,
      },
    });
    watcher.start();
  };

  beforeEach(() => {
    [objects, states, skews].forEach(each => each.clear());
    registered = [];
    clusters = [{ name: 'local', title: 'Local' }];
    connection = new FakeConnection('argo');
  });

  afterEach(() => watcher.stop());

  it('watches a connection like a cluster, and says what it is', async () => {
    start();
    await eventually(() => expect(state()?.state).toBe('connected'));
    expect(registered).toEqual([
      { name: 'local', title: 'Local', connection: 'kubernetes' },
      { name: 'argo', title: 'Main', connection: 'argocd' },
    ]);
    connection.send({ type: 'ADDED', object: app('c') });
    connection.send({ type: 'DELETED', object: app('a') });
    await eventually(() =>
      expect([...objects].sort()).toEqual(['argo argocd/b', 'argo argocd/c']),
    );
    // Kinds that it does not serve are not asked for.
    expect([...states.keys()].filter(key => key.startsWith('argo '))).toEqual([
      'argo argocd:argoproj.io/applications',
    ]);
    await eventually(() =>
      expect(Math.abs((skews.get('argo') ?? 0) + 120)).toBeLessThan(5),
    );

    connection.isUp = false;
    await eventually(() =>
      expect(state()).toMatchObject({
        state: 'unreachable',
        message: expect.stringContaining('Nobody there'),
      }),
    );
    connection.isUp = true;
    await eventually(() => expect(state()?.state).toBe('connected'));
  });

  it('lists again at once when something could not be recorded, however quiet it is', async () => {
    start();
    await eventually(() => expect(state()?.state).toBe('connected'));
    observing = new Error('The database is locked');
    connection.page = { items: [app('a'), app('c')], resourceVersion: '9' };
    connection.send({ type: 'ADDED', object: app('c') });
    await eventually(() =>
      expect([...objects].sort()).toEqual(['argo argocd/a', 'argo argocd/c']),
    );
  });

  it('takes nothing that is hidden for deleted', async () => {
    start();
    await eventually(() => expect(objects.size).toBe(2));
    connection.failure = new ConnectionError('forbidden', 'Token revoked');
    connection.send({
      type: 'ERROR',
      object: { ...app('x'), code: 410, message: 'too old' },
    });
    await eventually(() =>
      expect(state()).toMatchObject({
        state: 'forbidden',
        message: 'Token revoked',
      }),
    );
    expect(objects.size).toBe(2);

    connection.failure = undefined;
    connection.page = {
      items: [],
      resourceVersion: '9',
      partial: { message: 'Project payments is hidden' },
    };
    connection.gone = ['a'];
    await eventually(() => {
      expect([...objects]).toEqual(['argo argocd/b']);
      expect(state()).toMatchObject({
        state: 'connected',
        message: 'Project payments is hidden',
      });
    });
  });

  it('refuses a connection that has the name of a cluster, and says so', async () => {
    connection = new FakeConnection('local');
    start();
    await eventually(() =>
      expect(
        states.get('local (connection) argocd:argoproj.io/applications'),
      ).toMatchObject({
        state: 'unreachable',
        message: expect.stringMatching(/same name.*another name/),
      }),
    );
    expect(registered.map(({ name }) => name)).toEqual([
      'local',
      'local (connection)',
    ]);
    expect(connection.lists).toBe(0);
  });

  it('needs no Kubernetes plugin', async () => {
    clusters = new ConnectionError('unreachable', 'Not installed');
    start();
    await eventually(() => expect(objects.size).toBe(2));
    expect(registered.map(({ name }) => name)).toEqual(['argo']);
  });

  it('forgets a cluster only when it is missing for a while', async () => {
    start();
    await eventually(() => expect(registered).toHaveLength(2));
    const seen: number[] = [];
    clusters = [];
    await eventually(() => {
      seen.push(registered.length);
      expect(registered.map(({ name }) => name)).toEqual(['argo']);
    });
    expect(seen[0]).toBe(2);
  });
});
