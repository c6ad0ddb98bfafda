import { mockServices } from '@backstage/backend-test-utils';
import type { ClusterResourceStatus } from '@fairway/plugin-gitops-common';
import type { GitopsObserver } from '@fairway/plugin-gitops-node';
import { eventually } from '../__testUtils__/eventually';
import { ScriptedKubernetes } from './__testUtils__/ScriptedKubernetes';
import { ClusterConnection } from './ClusterConnection';
import { ClusterWatcher } from './ClusterWatcher';
import { objectKey, type AsOf, type WatchSink } from './WatchedResource';

const APPS = 'apis/argoproj.io/v1alpha1/applications';
const NEW_FLUX = 'apis/kustomize.toolkit.fluxcd.io/v1/kustomizations';
const OLD_FLUX = 'apis/kustomize.toolkit.fluxcd.io/v1beta2/kustomizations';

const observer: GitopsObserver = {
  id: 'test',
  resources: [
    {
      group: 'argoproj.io',
      versions: ['v1alpha1'],
      kind: 'Application',
      plural: 'applications',
    },
    {
      group: 'kustomize.toolkit.fluxcd.io',
      versions: ['v1', 'v1beta2'],
      kind: 'Kustomization',
      plural: 'kustomizations',
      labelSelector: 'team=a',
    },
  ],
  observe: () => [],
};

function app(name: string, fields: object = {}) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd' },
    ...fields,
  };
}

/** What a recorder would know, without one. */
class RecordingSink implements WatchSink {
  readonly objects = new Map<string, unknown>();
  readonly statuses: Array<ClusterResourceStatus & { cluster: string }> = [];
  readonly removals: Array<AsOf | undefined> = [];
  /** Keys of watches of which something is stored. */
  readonly known = new Set<string>();
  statusesFail = false;
  lists = 0;

  async observe(
    watch: { cluster: string },
    objects: Parameters<WatchSink['observe']>[1],
  ) {
    for (const object of objects) {
      this.objects.set(
        `${watch.cluster} ${object.kind} ${objectKey(object)}`,
        object,
      );
    }
    return [];
  }

  async remove(
    watch: { cluster: string; resource: { kind: string } },
    object: string,
    asOf?: AsOf,
  ) {
    this.removals.push(asOf);
    this.objects.delete(`${watch.cluster} ${watch.resource.kind} ${object}`);
  }

  async listed(
    watch: Parameters<WatchSink['listed']>[0],
    objects: ReadonlySet<string>,
  ) {
    this.lists += 1;
    const prefix = `${watch.cluster} ${watch.resource.kind} `;
    for (const key of this.objects.keys()) {
      if (key.startsWith(prefix) && !objects.has(key.slice(prefix.length))) {
        this.objects.delete(key);
      }
    }
  }

  async status(
    watch: { cluster: string; key: string },
    status: ClusterResourceStatus,
  ) {
    if (this.statusesFail) {
      throw new Error('The database is locked');
    }
    this.statuses.push({ cluster: watch.cluster, ...status });
    const isNew = !this.known.has(watch.key);
    this.known.add(watch.key);
    return { isNew };
  }

  names() {
    return [...this.objects.keys()].sort();
  }

  latest(resource: string, cluster = 'local') {
    return [...this.statuses]
      .reverse()
      .find(item => item.resource === resource && item.cluster === cluster);
  }
}

describe('ClusterWatcher', () => {
  let kubernetes: ScriptedKubernetes;
  let sink: RecordingSink;
  let connection: ClusterConnection;
  let watcher: ClusterWatcher;
  const setClusters = jest.fn(async (_clusters: unknown) => {});
  const failWatches = jest.fn(async (_message: string) => {});

  beforeEach(async () => {
    jest.clearAllMocks();
    kubernetes = new ScriptedKubernetes();
    kubernetes.install('local', APPS);
    kubernetes.install('local', NEW_FLUX);
    const baseUrl = await kubernetes.listen();
    sink = new RecordingSink();
    connection = new ClusterConnection({
      auth: mockServices.auth(),
      discovery: mockServices.discovery.mock({
        getBaseUrl: async () => baseUrl,
      }),
    });
    watcher = new ClusterWatcher({
      api: connection,
      observers: [observer],
      sink,
      registry: {
        exclusive: true,
        acquireLease: async () => true,
        releaseLease: async () => {},
        setClusters,
        addClusters: async () => {},
        failWatches,
        putClockSkew: async () => {},
        listWatches: async () => [],
        forgetWatch: async () => {},
        missingApplications: async () => [],
      },
      logger: mockServices.logger.mock(),
      times: {
        initialBackoffMillis: 10,
        maximumBackoffMillis: 40,
        lookAgainMillis: 30,
        watchSeconds: 1,
        silenceMillis: 2_000,
        graceMillis: 300,
        seenEveryMillis: 0,
        probeEveryMillis: 50,
        answerWithinMillis: 500,
        clustersEveryMillis: 30_000,
      },
    });
  });

  afterEach(async () => {
    await watcher.stop();
    await kubernetes.close();
  });

  it('lists by pages, then follows, and says so', async () => {
    kubernetes.pageSize = 2;
    ['a', 'b', 'c', 'd', 'e'].forEach(name =>
      kubernetes.put('local', APPS, app(name)),
    );
    watcher.start();
    await eventually(() => expect(kubernetes.openWatches()).toBe(2));
    expect(sink.names()).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map(name => `local Application argocd/${name}`),
    );
    // The items of a list do not name their kind; the watcher completes them.
    expect(sink.objects.get('local Application argocd/a')).toMatchObject({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
    });
    expect(setClusters).toHaveBeenCalledWith([
      { name: 'local', title: 'local', connection: 'kubernetes' },
    ]);

    const startedAt = Date.now();
    kubernetes.put('local', APPS, app('f'));
    kubernetes.delete({
      ...{ cluster: 'local', path: APPS },
      ...{ namespace: 'argocd', name: 'a' },
    });
    await eventually(() =>
      expect(sink.names().join()).toMatch(/^(?!.*\/a).*\/f$/),
    );
    // The version of the deletion, not the one before.
    expect(sink.removals).toEqual([{ version: { resourceVersion: '107' } }]);
    expect(Date.now() - startedAt).toBeLessThan(1000);
    expect(sink.latest('argoproj.io/v1alpha1/applications')).toMatchObject({
      state: 'connected',
      lastSeenAt: expect.any(String),
    });

    const [list, watch] = ['0', '1'].map(wanted =>
      kubernetes.requests.find(
        ({ path, query }) =>
          path.endsWith('kustomizations') &&
          (query.get('watch') ?? '0') === wanted,
      ),
    );
    expect(list?.query.get('labelSelector')).toBe('team=a');
    expect(list?.query.get('limit')).toBe('100');
    expect(Object.fromEntries(watch!.query)).toMatchObject({
      allowWatchBookmarks: 'true',
      resourceVersion: expect.stringMatching(/^\d+$/),
      timeoutSeconds: '1',
      labelSelector: 'team=a',
    });
    expect(watch?.headers['accept-encoding']).toBe('identity');
    expect(watch?.headers.authorization).toMatch(/^Bearer /);
  });

  it('goes on from the last event when a watch ends, without listing again', async () => {
    watcher.start();
    await eventually(() => expect(kubernetes.openWatches()).toBe(2));
    const { lists } = sink;
    kubernetes.put('local', APPS, app('a'));
    await eventually(() => expect(sink.names()).toHaveLength(1));
    kubernetes.send('local', APPS, {
      type: 'BOOKMARK',
      object: { metadata: { resourceVersion: '4711' } },
    });
    kubernetes.endWatches('politely');
    await eventually(() => expect(kubernetes.openWatches(APPS)).toBe(1));
    const watches = kubernetes.requests.filter(
      ({ path, query }) => path.endsWith(APPS) && query.has('watch'),
    );
    expect(watches[watches.length - 1].query.get('resourceVersion')).toBe(
      '4711',
    );
    expect(sink.lists).toBe(lists);
  });

  it('finds by a new list what it missed: after 410, and after a cut in mid-event', async () => {
    kubernetes.put('local', APPS, app('a'));
    kubernetes.put('local', APPS, app('b'));
    watcher.start();
    await eventually(() => expect(kubernetes.openWatches()).toBe(2));

    kubernetes.delete(
      { cluster: 'local', path: APPS, namespace: 'argocd', name: 'a' },
      { silently: true },
    );
    kubernetes.send('local', APPS, {
      type: 'ERROR',
      object: { kind: 'Status', code: 410, message: 'too old' },
    });
    await eventually(() =>
      expect(sink.names()).toEqual(['local Application argocd/b']),
    );
    await eventually(() => expect(kubernetes.openWatches(APPS)).toBe(1));

    kubernetes.write('local', APPS, '{"type":"MODIFIED","object":{"kind":"Ap');
    kubernetes.delete(
      { cluster: 'local', path: APPS, namespace: 'argocd', name: 'b' },
      { silently: true },
    );
    kubernetes.endWatches('cut');
    await eventually(() => expect(sink.names()).toEqual([]));
    await eventually(() =>
      expect(sink.latest('argoproj.io/v1alpha1/applications')?.state).toBe(
        'connected',
      ),
    );

    // The status of a watch can be 410 as well.
    let expired = 0;
    kubernetes.fault = ({ path, query }) => {
      if (path.endsWith(APPS) && query.has('watch') && expired === 0) {
        expired += 1;
        return { status: 410, body: { kind: 'Status', message: 'too old' } };
      }
      return undefined;
    };
    kubernetes.put('local', APPS, app('c'));
    kubernetes.endWatches('politely');
    await eventually(() => expect(expired).toBe(1));
    await eventually(() => expect(kubernetes.openWatches(APPS)).toBe(1));
    expect(sink.names()).toEqual(['local Application argocd/c']);
  });

  it('lists again when a watch says nothing for too long', async () => {
    watcher.start();
    await eventually(() => expect(kubernetes.openWatches()).toBe(2));
    const count = () =>
      kubernetes.requests.filter(
        ({ path, query }) => path.endsWith(APPS) && query.has('watch'),
      ).length;
    kubernetes.put('local', APPS, app('a'));
    await eventually(() => expect(sink.names()).toHaveLength(1));
    kubernetes.delete(
      { cluster: 'local', path: APPS, namespace: 'argocd', name: 'a' },
      { silently: true },
    );
    await eventually(() => expect(count()).toBe(2));
    expect(sink.names()).toEqual([]);
    expect(
      sink.statuses.filter(({ state }) => state === 'unreachable'),
    ).toEqual([]);
  });

  it('watches the version that the cluster serves, and waits for kinds that are missing', async () => {
    kubernetes.uninstall('local', NEW_FLUX);
    kubernetes.put('local', OLD_FLUX, {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1beta2',
      kind: 'Kustomization',
      metadata: { name: 'old', namespace: 'flux-system' },
    });
    kubernetes.uninstall('local', APPS);
    watcher.start();
    await eventually(() => {
      expect(kubernetes.openWatches(OLD_FLUX)).toBe(1);
      expect(sink.latest('argoproj.io/v1alpha1/applications')?.state).toBe(
        'not-installed',
      );
    });
    expect(
      sink.latest('kustomize.toolkit.fluxcd.io/v1beta2/kustomizations'),
    ).toMatchObject({ state: 'connected' });

    kubernetes.put('local', APPS, app('late'));
    await eventually(() =>
      expect(sink.names()).toContain('local Application argocd/late'),
    );
  });

  it('forgets what its API server does not know any more, and nothing when another answers', async () => {
    const latest = () => sink.latest('argoproj.io/v1alpha1/applications');
    kubernetes.put('local', APPS, app('a'));
    watcher.start();
    await eventually(() => expect(kubernetes.openWatches()).toBe(2));
    kubernetes.fault = ({ path }) =>
      path === 'clusters' ? undefined : { status: 404, body: 'Nothing here' };
    kubernetes.endWatches('cut');
    await eventually(() =>
      expect(latest()).toMatchObject({
        state: 'unreachable',
        message: expect.stringContaining('answers 404'),
      }),
    );
    expect(sink.names()).toEqual(['local Application argocd/a']);

    kubernetes.fault = undefined;
    await eventually(() => expect(latest()?.state).toBe('connected'));
    kubernetes.uninstall('local', APPS);
    kubernetes.endWatches('cut');
    await eventually(() => expect(latest()?.state).toBe('not-installed'));
    expect(sink.names()).toEqual([]);
  });

  it('states what is forbidden, and tells it from what does not answer', async () => {
    let broken: 'forbidden' | 'hang-up' | undefined = 'forbidden';
    kubernetes.fault = ({ path }) => {
      if (!path.endsWith(APPS) || !broken) {
        return undefined;
      }
      return broken === 'hang-up'
        ? 'hang-up'
        : {
            status: 403,
            body: { kind: 'Status', message: 'cannot list applications' },
          };
    };
    const latest = () => sink.latest('argoproj.io/v1alpha1/applications');
    watcher.start();
    await eventually(() =>
      expect(latest()).toMatchObject({
        state: 'forbidden',
        message: expect.stringMatching(/cannot list applications.*grant/),
      }),
    );
    // One kind that is forbidden hides no other.
    await eventually(() => expect(kubernetes.openWatches()).toBe(1));

    broken = 'hang-up';
    await eventually(() => expect(latest()?.state).toBe('unreachable'));
    const { since } = latest()!;
    const seen = sink.statuses.length;
    await eventually(() => expect(sink.statuses.length).toBeGreaterThan(seen));
    expect(latest()).toMatchObject({
      since,
      message: expect.stringContaining("Cluster 'local' did not answer"),
    });

    broken = undefined;
    await eventually(() => expect(latest()?.state).toBe('connected'));
  });

  it('lists again when something could not be recorded', async () => {
    const observe = jest.spyOn(sink, 'observe');
    watcher.start();
    await eventually(() => expect(kubernetes.openWatches()).toBe(2));
    observe.mockRejectedValueOnce(new Error('The database is locked'));
    kubernetes.put('local', APPS, app('a'));
    await eventually(() =>
      expect(sink.names()).toEqual(['local Application argocd/a']),
    );
  });

  it('says that nothing is watched when the clusters cannot be listed', async () => {
    kubernetes.fault = () => ({
      status: 403,
      body: { error: { message: 'Unauthorized' } },
    });
    watcher.start();
    // Again and again: who watched a cluster until now may have ended since.
    await eventually(() =>
      expect(failWatches.mock.calls.length).toBeGreaterThan(1),
    );
    expect(failWatches.mock.calls[0][0]).toMatch(
      /permission policy of the portal.*Unauthorized/,
    );
  });

  it('lists again when nothing is stored any more', async () => {
    kubernetes.put('local', APPS, app('a'));
    watcher.start();
    await eventually(() => expect(kubernetes.openWatches()).toBe(2));
    await eventually(() => expect(sink.names()).toHaveLength(1));
    // Another replica took the cluster for gone.
    sink.known.clear();
    sink.objects.clear();
    kubernetes.send('local', APPS, {
      type: 'BOOKMARK',
      object: { metadata: { resourceVersion: '200' } },
    });
    await eventually(() =>
      expect(sink.names()).toEqual(['local Application argocd/a']),
    );
  });

  it('says again what is not installed, and what could not be stored', async () => {
    kubernetes.uninstall('local', APPS);
    sink.statusesFail = true;
    const { lists } = sink;
    watcher.start();
    await eventually(() => expect(sink.lists).toBeGreaterThan(lists));
    sink.statusesFail = false;
    const said = () =>
      sink.statuses.filter(({ state }) => state === 'not-installed');
    await eventually(() => expect(said().length).toBeGreaterThan(2));
    expect(new Set(said().map(({ since }) => since)).size).toBe(1);
  });

  it('lists ever more seldom what its server forgets too soon, and says so', async () => {
    let forgets = true;
    kubernetes.fault = ({ path, query }) =>
      forgets && path.endsWith(APPS) && query.has('watch')
        ? { status: 410, body: { kind: 'Status', message: 'too old' } }
        : undefined;
    kubernetes.put('local', APPS, app('a'));
    watcher.start();
    const latest = () => sink.latest('argoproj.io/v1alpha1/applications');
    await eventually(() =>
      expect(latest()).toMatchObject({
        state: 'unreachable',
        lastSeenAt: expect.any(String),
        message: expect.stringMatching(
          /forgets versions too soon: too old.*watch-cache/,
        ),
      }),
    );
    const limits = kubernetes.requests
      .filter(({ path, query }) => path.endsWith(APPS) && query.has('limit'))
      .map(({ query }) => query.get('limit'));
    expect(limits.slice(0, 3)).toEqual(['100', '400', '1600']);
    // What a list shows is recorded all the same.
    kubernetes.put('local', APPS, app('b'));
    await eventually(() => expect(sink.names()).toHaveLength(2));
    expect(latest()?.state).toBe('unreachable');

    forgets = false;
    await eventually(() => {
      kubernetes.send('local', APPS, {
        type: 'BOOKMARK',
        object: { metadata: { resourceVersion: '200' } },
      });
      expect(latest()?.state).toBe('connected');
    });
    expect(latest()?.message).toBeUndefined();
  });

  it('ends every request when it stops', async () => {
    watcher.start();
    await eventually(() => expect(kubernetes.openWatches()).toBe(2));
    await watcher.stop();
    await eventually(() => expect(kubernetes.openWatches()).toBe(0));
    const { length } = kubernetes.requests;
    kubernetes.put('local', APPS, app('a'));
    expect(kubernetes.requests).toHaveLength(length);
    expect(sink.names()).toEqual([]);
  });

  describe('ClusterConnection', () => {
    const resource = {
      cluster: 'local',
      group: 'argoproj.io',
      version: 'v1alpha1',
      plural: 'applications',
    };
    const patch = (name: string) =>
      connection.patch({
        ref: {
          cluster: 'local',
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Application',
          namespace: 'argocd',
          name,
        },
        plural: 'applications',
        type: 'application/merge-patch+json',
        patch: { operation: { sync: {} } },
      });

    it('patches, whatever the name', async () => {
      kubernetes.fault = () => ({ status: 200, body: app('a') });
      await expect(patch('../../x?dryRun=All')).resolves.toEqual(app('a'));
      expect(kubernetes.requests[0]).toMatchObject({
        method: 'PATCH',
        cluster: 'local',
        path: 'proxy/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/..%2F..%2Fx%3FdryRun%3DAll',
        headers: { 'content-type': 'application/merge-patch+json' },
        body: '{"operation":{"sync":{}}}',
      });
      await expect(patch('..')).rejects.toMatchObject({ name: 'InputError' });
      expect(kubernetes.requests).toHaveLength(1);
    });

    it.each([
      [
        404,
        { kind: 'Status', reason: 'NotFound', details: { name: 'a' } },
        'NotFoundError',
      ],
      // Of a kind or a version that it does not serve.
      [
        404,
        { kind: 'Status', reason: 'NotFound', details: {} },
        'ServiceUnavailableError',
      ],
      [404, '404 page not found', 'ServiceUnavailableError'],
      [409, { kind: 'Status', message: 'conflict' }, 'ConflictError'],
      [422, { kind: 'Status', message: 'invalid' }, 'InputError'],
      [401, { kind: 'Status' }, 'ServiceUnavailableError'],
      [403, { kind: 'Status' }, 'ServiceUnavailableError'],
      [500, { error: { message: 'x' } }, 'ServiceUnavailableError'],
      [404, { error: { message: 'no cluster' } }, 'ServiceUnavailableError'],
    ])('answers %p %j as %s', async (status, body, name) => {
      kubernetes.fault = () => ({ status, body });
      await expect(
        connection.get(resource, { namespace: 'argocd', name: 'a' }),
      ).rejects.toMatchObject({ name });
    });
  });
});
