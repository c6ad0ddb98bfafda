import { mockServices } from '@backstage/backend-test-utils';
import type { ClusterResourceStatus } from '@fairway/plugin-gitops-common';
import {
  ConnectionError,
  type GitopsObserver,
  type KubernetesObject,
} from '@fairway/plugin-gitops-node';
import type { ClusterApi, ClusterResource } from './ClusterApi';
import { ClusterWatcher } from './ClusterWatcher';
import { objectKey, type WatchSink } from './WatchedResource';
import { DEFAULT_WATCH_TIMES } from './WatchTimes';

const TEN_MINUTES = 600;
/** Until `ClusterConnection` gives a request up. */
const GIVE_UP_SECONDS = 30;
const KINDS = ['applications', 'appprojects'];

const observer: GitopsObserver = {
  id: 'test',
  resources: KINDS.map(plural => ({
    ...{ group: 'argoproj.io', versions: ['v1alpha1'], plural },
    kind: plural,
  })),
  observe: () => [],
};

type Outage = 'refuses' | 'never answers';

/** A cluster in memory, by the clock of the test. */
class MemoryCluster implements ClusterApi {
  /** What it does with every request, */
  outage?: Outage;
  /** or with the lists of one kind. */
  broken?: string;
  readonly objects = new Map<string, KubernetesObject[]>();
  /** When each request came, in seconds. */
  readonly requests = new Map<string, number[]>();

  put(plural: string, name: string): void {
    const object = {
      ...{ apiVersion: 'argoproj.io/v1alpha1', kind: plural },
      metadata: { namespace: 'argocd', name },
    };
    this.objects.set(plural, [...(this.objects.get(plural) ?? []), object]);
  }

  async listClusters() {
    return [{ name: 'local', title: 'local' }];
  }

  async probe() {
    await this.#receive('probe', DEFAULT_WATCH_TIMES.answerWithinMillis / 1000);
    return {};
  }

  async listPage({ plural }: ClusterResource) {
    await this.#receive(plural, GIVE_UP_SECONDS);
    if (this.broken === plural) {
      throw new ConnectionError('unreachable', 'It answers with 500');
    }
    return { items: this.objects.get(plural) ?? [], resourceVersion: '1' };
  }

  // Nothing happens that a watch would tell.
  // eslint-disable-next-line require-yield
  async *watch(
    _resource: ClusterResource,
    { signal }: { signal?: AbortSignal },
  ): AsyncGenerator<never> {
    await new Promise(resolve => {
      signal?.addEventListener('abort', resolve, { once: true });
    });
  }

  async listKinds() {
    return [];
  }

  get(): never {
    throw new Error('Nobody asks');
  }

  patch(): never {
    throw new Error('Nobody asks');
  }

  /** Seconds between the requests of one kind, in order. */
  pauses(request: string): number[] {
    const times = this.requests.get(request) ?? [];
    return times.slice(1).map((time, index) => time - times[index]);
  }

  async #receive(request: string, giveUpSeconds: number): Promise<void> {
    const times = this.requests.get(request) ?? [];
    this.requests.set(request, [...times, Date.now() / 1000]);
    if (this.outage === 'never answers') {
      await new Promise(resolve => {
        setTimeout(resolve, giveUpSeconds * 1000);
      });
    }
    if (this.outage) {
      throw new ConnectionError('unreachable', `The cluster ${this.outage}`);
    }
  }
}

/** What was told of each kind. */
class MemorySink implements WatchSink {
  readonly stored = new Map<string, Set<string>>();
  readonly said = new Map<string, ClusterResourceStatus[]>();

  async observe(
    { resource }: Parameters<WatchSink['observe']>[0],
    objects: readonly KubernetesObject[],
  ) {
    const names = this.stored.get(resource.plural) ?? new Set();
    objects.forEach(object => names.add(objectKey(object)));
    this.stored.set(resource.plural, names);
    return [];
  }

  async remove() {}

  async listed(
    { resource }: Parameters<WatchSink['listed']>[0],
    objects: ReadonlySet<string>,
  ) {
    this.stored.set(resource.plural, new Set(objects));
  }

  async status(
    { resource }: Parameters<WatchSink['status']>[0],
    status: ClusterResourceStatus,
  ) {
    const said = this.said.get(resource.plural) ?? [];
    this.said.set(resource.plural, [...said, status]);
    return { isNew: said.length === 0 };
  }

  /** What was said of the state of a kind, without repetitions. */
  states(plural: string): string[] {
    return (this.said.get(plural) ?? [])
      .map(({ state }) => state)
      .filter((state, index, all) => state !== all[index - 1]);
  }
}

describe('ClusterWatcher, with the times of real clusters', () => {
  let cluster: MemoryCluster;
  let sink: MemorySink;
  let watcher: ClusterWatcher;

  const seconds = (count: number) =>
    jest.advanceTimersByTimeAsync(count * 1000);
  /** The most timers that wait at a time, second by second. */
  const mostTimers = async (count: number) => {
    let most = 0;
    for (let second = 0; second < count; second += 1) {
      await seconds(1);
      most = Math.max(most, jest.getTimerCount());
    }
    return most;
  };

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    cluster = new MemoryCluster();
    KINDS.forEach(kind => cluster.put(kind, 'one'));
    sink = new MemorySink();
    watcher = new ClusterWatcher({
      api: cluster,
      observers: [observer],
      sink,
      registry: {
        exclusive: true,
        acquireLease: async () => true,
        releaseLease: async () => {},
        setClusters: async () => {},
        addClusters: async () => {},
        failWatches: async () => {},
        putClockSkew: async () => {},
        listWatches: async () => [],
        forgetWatch: async () => {},
        missingApplications: async () => [],
      },
      logger: mockServices.logger.mock(),
    });
  });

  afterEach(async () => {
    const stopped = watcher.stop();
    await seconds(GIVE_UP_SECONDS);
    await stopped;
    const left = jest.getTimerCount();
    jest.useRealTimers();
    if (left > 0) {
      throw new Error(`${left} timers are left after the end`);
    }
  });

  it.each<Outage>(['refuses', 'never answers'])(
    'lists everything when a cluster is back that %s for ten minutes from the start',
    async outage => {
      const { probeEveryMillis, answerWithinMillis } = DEFAULT_WATCH_TIMES;
      cluster.outage = outage;
      watcher.start();
      const atFirst = await mostTimers(60);
      const since = sink.said.get('applications')!.at(-1)!.since;
      const later = await mostTimers(TEN_MINUTES - 60);
      expect(later).toBeLessThanOrEqual(atFirst);
      for (const kind of KINDS) {
        expect(sink.states(kind)).toEqual(['connecting', 'unreachable']);
      }
      // Since when it is so does not move, however often it is looked.
      expect(sink.said.get('applications')!.at(-1)!.since).toBe(since);

      // One small request at a time asks whether it is back, ever so often.
      const pauses = cluster.pauses('probe');
      const longest = (probeEveryMillis + answerWithinMillis) / 1000;
      expect(Math.max(...pauses)).toBeLessThanOrEqual(longest);
      expect(pauses.length).toBeGreaterThan(TEN_MINUTES / longest - 1);
      expect(pauses.slice(5).length).toBeLessThan(TEN_MINUTES / 8);
      const listsBefore = KINDS.map(kind => cluster.pauses(kind).length);
      listsBefore.forEach(lists => expect(lists).toBeLessThan(10));

      KINDS.forEach(kind => cluster.put(kind, 'two'));
      cluster.outage = undefined;
      await seconds(longest + 1);
      for (const [index, kind] of KINDS.entries()) {
        expect([...sink.stored.get(kind)!]).toEqual([
          'argocd/one',
          'argocd/two',
        ]);
        expect(sink.states(kind).at(-1)).toBe('connected');
        expect(cluster.pauses(kind).length).toBe(listsBefore[index] + 1);
      }
    },
  );

  it('tries a kind that cannot be listed again and again, never more seldom than it says', async () => {
    const { maximumBackoffMillis } = DEFAULT_WATCH_TIMES;
    const longest = maximumBackoffMillis / 1000;
    cluster.broken = 'applications';
    watcher.start();
    const atFirst = await mostTimers(60);
    const later = await mostTimers(TEN_MINUTES - 60);
    expect(later).toBeLessThanOrEqual(atFirst);
    expect(sink.states('applications')).toEqual(['connecting', 'unreachable']);
    expect(sink.states('appprojects')).toEqual(['connecting', 'connected']);

    const pauses = cluster.pauses('applications');
    expect(Math.max(...pauses)).toBeLessThanOrEqual(longest);
    // It has grown as far as it may, and no further.
    for (const pause of pauses.slice(-10)) {
      expect(pause).toBeGreaterThanOrEqual(longest / 2);
    }
    cluster.broken = undefined;
    await seconds(longest);
    expect(sink.states('applications').at(-1)).toBe('connected');
    expect([...sink.stored.get('applications')!]).toEqual(['argocd/one']);
  });
});
