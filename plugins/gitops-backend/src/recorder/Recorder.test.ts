import { TestDatabases, mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import type { Failure } from '@fairway/plugin-gitops-common';
import type { ObservedDeployment } from '@fairway/plugin-gitops-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  fakeObject,
  fakeObserver,
  type FakeSpec,
} from '../__testUtils__/fakeEngine';
import { eventually } from '../__testUtils__/eventually';
import { watchedResources } from '../cluster';
import { readGitopsConfig } from '../config';
import { DatabaseGitopsStore } from '../store';
import { EntityIndex } from './EntityIndex';
import { CatalogEntityResolver, type EntityResolver } from './EntityResolver';
import { HealthAlerts } from './HealthAlerts';
import { Recorder, type RecorderOptions } from './Recorder';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['SQLITE_3'] });
const [watch] = watchedResources('local', [fakeObserver]);
const ID = 'local~app~apps~orders';
const LABELS = {
  'backstage.io/kubernetes-id': 'orders',
  'fairway.dev/environment': 'production',
};

function component(name: string, annotations: Record<string, string> = {}) {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, namespace: 'default', annotations },
    spec: { type: 'service', lifecycle: 'production', owner: 'team-a' },
  };
}

/** Minute of a day on which everything happens. */
function at(minute: number): string {
  return new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString();
}

function entry(
  key: string,
  minute: number,
  fields: Partial<ObservedDeployment> = {},
): ObservedDeployment {
  return {
    key,
    revision: `rev-${key}`,
    finishedAt: at(minute),
    outcome: 'succeeded',
    ...fields,
  };
}

describe('Recorder', () => {
  let store: DatabaseGitopsStore;
  let recorder: Recorder;
  let index: EntityIndex;
  let now: Date;
  const listener = {
    applicationChanged: jest.fn(),
    applicationRemoved: jest.fn(),
    deploymentChanged: jest.fn(),
    failureOpened: jest.fn(),
    failureClosed: jest.fn(),
    factChanged: jest.fn(),
    clusterChanged: jest.fn(),
    healthAlert: jest.fn(),
  };
  const onDeploymentRecorded = jest.fn();

  function createRecorder(resolver?: EntityResolver) {
    return new Recorder({
      store,
      listener,
      onDeploymentRecorded,
      resolver: resolver ?? {
        ready: true,
        resolve: object => index.resolve(object),
        get: ref => index.get(ref),
      },
      config: readGitopsConfig(
        new ConfigReader({
          gitops: {
            argocd: { instances: [{ name: 'a', url: 'https://argo.test' }] },
          },
        }),
      ),
      logger: mockServices.logger.mock(),
      now: () => now,
    });
  }

  beforeEach(async () => {
    jest.clearAllMocks();
    const knex = await databases.init('SQLITE_3');
    store = await DatabaseGitopsStore.create({
      database: mockServices.database({ knex, migrations: { skip: false } }),
    });
    index = new EntityIndex([component('orders')]);
    now = new Date(at(0));
    recorder = createRecorder();
  });

  async function observe(
    application: FakeSpec['application'],
    options: { minute: number; labels?: Record<string, string> },
  ) {
    now = new Date(at(options.minute));
    await recorder.observe(watch, [
      fakeObject('orders', { application }, options.labels ?? LABELS),
    ]);
  }

  async function deployments() {
    const { items } = await store.listDeployments({ applicationId: [ID] });
    return items.reverse();
  }

  async function failures(): Promise<Failure[]> {
    return (await deployments()).flatMap(item => item.failures);
  }

  const short = (items: Awaited<ReturnType<typeof deployments>>) =>
    items.map(item =>
      [item.revision, item.counted ? item.kind : item.notCountedReason].join(
        ' ',
      ),
    );

  it('adopts the newest of a history, and records what follows once, in order', async () => {
    const history = [entry('1', -50), entry('2', -40)];
    await observe({ revision: 'rev-2', deployments: history }, { minute: 0 });
    expect(short(await deployments())).toEqual(['rev-2 adoption']);

    const longer = [
      ...history,
      entry('3', 1, { images: ['r.test/orders:3'], initiatedBy: 'ada' }),
      entry('4', 2, { revision: 'rev-3' }),
      entry('5', 3, { revision: 'rev-2' }),
    ];
    const observed = { revision: 'rev-2', deployments: longer };
    await observe(observed, { minute: 4 });
    const expected = [
      'rev-2 adoption',
      'rev-3 release',
      'rev-3 same-revision',
      'rev-2 rollback',
    ];
    expect(short(await deployments())).toEqual(expected);
    expect((await deployments())[1]).toMatchObject({
      previousRevision: 'rev-2',
      version: '3',
      author: 'ada',
      tier: 'production',
      entityRef: 'component:default/orders',
    });
    expect(onDeploymentRecorded).toHaveBeenCalledTimes(2);

    // A day of events again: by the same recorder, by a new one, shuffled, and after a deletion.
    jest.clearAllMocks();
    await observe(observed, { minute: 5 });
    recorder = createRecorder();
    await observe(observed, { minute: 6 });
    await observe({ ...observed, deployments: longer.slice(2) }, { minute: 7 });
    await observe({ revision: 'rev-2', deployments: history }, { minute: 8 });
    await recorder.remove(watch, 'apps/orders');
    await observe(observed, { minute: 9 });
    expect(short(await deployments())).toEqual(expected);
    expect(onDeploymentRecorded).not.toHaveBeenCalled();
  });

  it('writes nothing for an observation that it knows', async () => {
    await observe({ revision: 'rev-1' }, { minute: 0 });
    const apply = jest.spyOn(store, 'recording');
    await observe({ revision: 'rev-1' }, { minute: 1 });
    expect(apply).not.toHaveBeenCalled();
    expect(listener.applicationChanged).toHaveBeenCalledTimes(1);
    await observe({ revision: 'rev-2' }, { minute: 2 });
    expect(apply).toHaveBeenCalledTimes(1);
  });

  it('records observations of one application one after the other', async () => {
    const history = Array.from({ length: 8 }, (_, n) => entry(`${n}`, n));
    await Promise.all(
      history.map((_, n) =>
        recorder.observe(watch, [
          fakeObject(
            'orders',
            { application: { deployments: history.slice(0, n + 1) } },
            LABELS,
          ),
        ]),
      ),
    );
    expect(short(await deployments())).toEqual([
      'rev-0 adoption',
      ...history.slice(1).map(({ revision }) => `${revision} configuration`),
    ]);
  });

  it('counts production only, and says why not the others', async () => {
    const history = [entry('1', 1), entry('2', 2)];
    const preview = { ...LABELS, 'fairway.dev/pull-request': '7' };
    await observe({ deployments: [history[0]] }, { minute: 1 });
    await observe({ deployments: history }, { minute: 2, labels: preview });
    await observe(
      { deployments: [...history, entry('3', 3)] },
      { minute: 3, labels: { ...LABELS, 'fairway.dev/environment': 'dev' } },
    );
    expect(short(await deployments())).toEqual([
      'rev-1 adoption',
      'rev-2 preview',
      'rev-3 not-production',
    ]);
    await observe(
      { deployments: [] },
      { minute: 4, labels: { 'fairway.dev/environment': 'nowhere' } },
    );
    const application = await store.getApplication(ID);
    expect(application).toMatchObject({ environment: 'nowhere' });
    expect(application?.tier).toBeUndefined();
  });

  it('remembers what was rendered by the engine, and from which commit', async () => {
    const drySource = { repoUrl: 'ftp://git.example.com/dry', path: 'overlay' };
    const history = [entry('1', 0)];
    const hydrated = { drySource, revision: 'rev-1', originRevision: 'dry-1' };
    await observe({ ...hydrated, deployments: history }, { minute: 1 });
    // What does not run yet was not rendered from what runs.
    history.push(entry('2', 2, { outcome: 'failed' }));
    await observe({ ...hydrated, deployments: history }, { minute: 3 });
    const waiting = await store.deploymentsToAttribute(10);
    expect(
      waiting.map(({ from, deployment }) => [
        from.dry,
        deployment.originRevision,
      ]),
    ).toEqual([
      [drySource, 'dry-1'],
      [drySource, undefined],
    ]);
  });

  describe('failures', () => {
    const first = entry('1', 0);
    const second = entry('2', 10);
    const degraded = { health: 'degraded' as const, healthMessage: 'Crash' };

    beforeEach(async () => {
      await observe({ revision: 'rev-1', deployments: [first] }, { minute: 0 });
    });

    it('opens by health, reopens and ends, and tells the owner once', async () => {
      const run = { revision: 'rev-2', deployments: [first, second] };
      await observe({ ...run, health: 'progressing' }, { minute: 11 });
      await expect(failures()).resolves.toEqual([]);
      await observe({ ...run, ...degraded }, { minute: 12 });
      await observe({ ...run, ...degraded, images: ['x'] }, { minute: 13 });
      const [failure] = await failures();
      expect(await failures()).toEqual([failure]);
      expect(failure).toMatchObject({
        signal: 'health',
        reason: 'Crash',
        startedAt: at(12),
        deploymentId: (await deployments())[1].id,
      });

      // Crash loops go to and fro; that is one failure and one message.
      await observe({ ...run, health: 'progressing' }, { minute: 14 });
      await observe({ ...run, ...degraded }, { minute: 15 });
      expect(listener.healthAlert).toHaveBeenCalledTimes(1);
      expect(listener.healthAlert).toHaveBeenCalledWith(
        expect.objectContaining({ id: ID, health: 'degraded' }),
        'group:default/team-a',
      );
      await observe(run, { minute: 20 });
      await expect(failures()).resolves.toEqual([
        { ...failure, endedAt: at(20) },
      ]);
      expect(listener.healthAlert).toHaveBeenCalledTimes(2);
      expect(listener.failureClosed).toHaveBeenCalledTimes(1);

      await observe({ ...run, ...degraded }, { minute: 25 });
      await expect(failures()).resolves.toEqual([failure]);
      await observe(run, { minute: 30 });
      await expect(failures()).resolves.toEqual([
        { ...failure, endedAt: at(30) },
      ]);
    });

    it('tells the owner later when that did not work, and once when it did', async () => {
      const run = { revision: 'rev-2', deployments: [first, second] };
      listener.healthAlert.mockRejectedValueOnce(new Error('No such plugin'));
      await observe({ ...run, ...degraded }, { minute: 12 });
      expect(listener.healthAlert).toHaveBeenCalledTimes(1);

      // By another process, which knows only what is stored.
      const other = new HealthAlerts({
        ...{ store, listener, now: () => now },
        ...{ config: {}, resolver: {}, logger: mockServices.logger.mock() },
      } as unknown as RecorderOptions);
      await other.sendDue();
      expect(listener.healthAlert).toHaveBeenCalledTimes(1);
      await observe({ ...run, health: 'progressing' }, { minute: 14 });
      await other.sendDue();
      expect(listener.healthAlert).toHaveBeenCalledTimes(1);
      await observe({ ...run, ...degraded }, { minute: 16 });
      await Promise.all([other.sendDue(), other.sendDue()]);
      expect(listener.healthAlert).toHaveBeenCalledTimes(2);
      expect(listener.healthAlert).toHaveBeenLastCalledWith(
        expect.objectContaining({ id: ID, health: 'degraded' }),
        'group:default/team-a',
      );

      await observe(run, { minute: 20 });
      expect(listener.healthAlert).toHaveBeenCalledTimes(3);
      now = new Date(at(30));
      await other.sendDue();
      expect(listener.healthAlert).toHaveBeenCalledTimes(3);

      // What nobody could be told for an hour is no news.
      listener.healthAlert.mockRejectedValueOnce(new Error('No such plugin'));
      await observe({ ...run, ...degraded }, { minute: 31 });
      expect(listener.healthAlert).toHaveBeenCalledTimes(4);
      now = new Date(at(92));
      await other.sendDue();
      expect(listener.healthAlert).toHaveBeenCalledTimes(4);
    });

    it('is not blamed on a deployment that is long done, or came later', async () => {
      const run = { revision: 'rev-2', deployments: [first, second] };
      await observe(run, { minute: 11 });
      await observe({ ...run, ...degraded }, { minute: 71 });
      await observe(
        {
          ...degraded,
          healthSince: at(71),
          revision: 'rev-3',
          deployments: [first, second, entry('3', 75)],
        },
        { minute: 76 },
      );
      await expect(failures()).resolves.toEqual([]);
    });

    it('opens and ends in a cluster whose clock is ahead', async () => {
      const run = { revision: 'rev-2', deployments: [first, second] };
      await observe(
        { ...run, ...degraded, healthSince: at(11) },
        { minute: 5 },
      );
      await expect(failures()).resolves.toMatchObject([
        { signal: 'health', startedAt: at(5) },
      ]);
      await observe({ ...run, healthSince: at(12) }, { minute: 7 });
      await expect(failures()).resolves.toMatchObject([{ endedAt: at(7) }]);

      const failed = entry('3', 13, { outcome: 'failed' });
      const retried = {
        revision: 'rev-3',
        deployments: [first, second, failed],
      };
      await observe({ ...retried, health: 'progressing' }, { minute: 8 });
      await observe(retried, { minute: 9 });
      const [, reconcile] = await failures();
      expect(reconcile).toMatchObject({ signal: 'reconcile' });
      // It does not end before it began.
      expect(reconcile.endedAt).toBe(reconcile.startedAt);
    });

    it('opens by a reconciliation that failed, and ends with the repair', async () => {
      const failed = entry('2', 10, { outcome: 'failed', message: 'No kind' });
      const operation = { phase: 'failed' as const, revision: 'rev-2' };
      const run = { revision: 'rev-2', deployments: [first, failed] };
      await observe({ ...run, operation }, { minute: 11 });
      const [failure] = await failures();
      expect(failure).toMatchObject({
        signal: 'reconcile',
        reason: 'No kind',
        startedAt: at(10),
      });
      // What ran before runs on: healthy, but not what Git says.
      await observe({ ...run, operation, images: ['x'] }, { minute: 12 });
      expect((await failures())[0].endedAt).toBeUndefined();
      // Trying again fails again: that is no other deployment.
      const retried = { ...failed, key: '2b', finishedAt: at(13) };
      const repair = entry('3', 20);
      await observe(
        { revision: 'rev-3', deployments: [first, failed, retried, repair] },
        { minute: 21 },
      );
      expect(short(await deployments())).toEqual([
        'rev-1 adoption',
        'rev-2 configuration',
        'rev-2 same-revision',
        'rev-3 configuration',
      ]);
      await expect(failures()).resolves.toEqual([
        { ...failure, endedAt: at(20) },
      ]);
    });

    it('is neither ended nor kept by a dry run, which takes the place of the operation', async () => {
      const failed = entry('2', 10, { outcome: 'failed' });
      const run = { revision: 'rev-2', deployments: [first, failed] };
      const dryRun = (phase: 'succeeded' | 'failed', revision: string) => ({
        operation: { phase, revision, dryRun: true },
      });
      await observe(
        { ...run, operation: { phase: 'failed', revision: 'rev-2' } },
        { minute: 11 },
      );
      for (const phase of ['succeeded', 'failed'] as const) {
        await observe({ ...run, ...dryRun(phase, 'rev-2') }, { minute: 12 });
        await expect(failures()).resolves.toEqual([
          expect.not.objectContaining({ endedAt: expect.anything() }),
        ]);
      }
      await observe(
        {
          revision: 'rev-1',
          deployments: [first],
          ...dryRun('failed', 'rev-1'),
        },
        { minute: 14 },
      );
      await expect(failures()).resolves.toMatchObject([{ endedAt: at(14) }]);
    });

    it('counts the first success after a failure of the same revision', async () => {
      const failed = entry('2', 10, { outcome: 'failed' });
      const success = { ...second, key: '3', finishedAt: at(12) };
      await observe(
        { revision: 'rev-2', deployments: [first, failed, success] },
        { minute: 13 },
      );
      expect(short(await deployments())).toEqual([
        'rev-1 adoption',
        'rev-2 configuration',
        'rev-2 configuration',
      ]);
      await expect(failures()).resolves.toMatchObject([{ endedAt: at(12) }]);
    });

    it('opens by a fact about the deployment in progress', async () => {
      await recorder.observe(watch, [
        fakeObject('rollout', {
          fact: {
            kind: 'rollout',
            targetNamespace: 'orders',
            failure: { signal: 'rollout-aborted', reason: 'Error rate' },
          },
        }),
      ]);
      await expect(failures()).resolves.toMatchObject([
        { signal: 'rollout-aborted', reason: 'Error rate' },
      ]);
      await expect(
        store.listFacts({ entityRefs: ['component:default/orders'] }),
      ).resolves.toMatchObject([
        { kind: 'rollout', environment: 'production' },
      ]);
    });
  });

  it('joins a source, and follows it', async () => {
    const sourceRef = {
      ...{ cluster: 'local', namespace: 'apps', name: 'repo' },
      ...{ apiVersion: 'fake.example.com/v1beta1', kind: 'Source' },
    };
    const source = (revision?: string, message?: string, ready = !message) =>
      recorder.observe(watch, [
        fakeObject('repo', {
          source: {
            ...{ url: 'https://git.test/a.git', targetRevision: 'main' },
            ...{ revision, message, ready },
          },
        }),
      ]);
    const a = 'a'.repeat(40);
    const b = 'b'.repeat(40);
    await observe({ revision: a, sourceRef, sync: 'synced' }, { minute: 0 });
    await expect(store.getApplication(ID)).resolves.toMatchObject({
      sync: 'unknown',
      syncMessage: expect.stringContaining('apps/repo is not there'),
    });
    await source(a);
    await expect(store.getApplication(ID)).resolves.toMatchObject({
      sync: 'synced',
      desiredRevision: a,
      source: {
        repoUrl: 'https://git.test/a.git',
        targetRevision: 'main',
        path: 'deploy',
      },
    });
    now = new Date(at(5));
    await source(b);
    await expect(store.getApplication(ID)).resolves.toMatchObject({
      sync: 'out-of-sync',
      syncSince: at(5),
      syncMessage: 'aaaaaaa runs, Source apps/repo has bbbbbbb',
      desiredRevision: b,
    });
    await observe({ revision: b, sourceRef }, { minute: 6 });
    await expect(store.getApplication(ID)).resolves.toMatchObject({
      sync: 'synced',
      syncSince: at(6),
    });
    // What was fetched before says nothing of what is there now.
    await source(b, 'authentication required');
    await expect(store.getApplication(ID)).resolves.toMatchObject({
      sync: 'unknown',
      syncMessage: expect.stringContaining('authentication required'),
      desiredRevision: b,
      conditions: [
        {
          type: 'SourceNotReady',
          message: 'Source apps/repo: authentication required',
        },
      ],
    });
    await source(b, 'it is suspended', true);
    await expect(store.getApplication(ID)).resolves.toMatchObject({
      sync: 'synced',
      conditions: [{ type: 'SourceSuspended' }],
    });
    await source(undefined, 'authentication required');
    await expect(store.getApplication(ID)).resolves.toMatchObject({
      sync: 'unknown',
      syncMessage: 'authentication required',
    });
    await recorder.remove(watch, 'apps/repo');
    await expect(store.getApplication(ID)).resolves.toMatchObject({
      sync: 'unknown',
      syncMessage: expect.stringContaining('is not there'),
    });
  });

  it('leaves out of sync what has not applied its own newest change', async () => {
    const sourceRef = {
      ...{ cluster: 'local', namespace: 'apps', name: 'repo' },
      ...{ apiVersion: 'fake.example.com/v1beta1', kind: 'Source' },
    };
    const revision = 'a'.repeat(40);
    await recorder.observe(watch, [
      fakeObject('repo', { source: { revision } }),
    ]);
    const syncMessage = 'kustomize build failed';
    await observe(
      { ...{ revision, sourceRef }, sync: 'out-of-sync', syncMessage },
      { minute: 0 },
    );
    await expect(store.getApplication(ID)).resolves.toMatchObject({
      ...{ sync: 'out-of-sync', syncMessage, desiredRevision: revision },
    });
  });

  it('joins what a source is made from, and follows that too', async () => {
    const named = (name: string) => ({
      ...{ cluster: 'local', namespace: 'apps', name, kind: 'Source' },
      apiVersion: 'fake.example.com/v1beta1',
    });
    const chart = (revision: string, originRevision?: string) =>
      recorder.observe(watch, [
        fakeObject('chart', {
          source: {
            ...{ revision, originRevision, path: 'deploy/chart' },
            sourceRef: named('repo'),
          },
        }),
      ]);
    const repository = (url: string, message?: string) =>
      recorder.observe(watch, [
        fakeObject('repo', {
          source: { url, targetRevision: 'main', message, ready: !message },
        }),
      ]);
    const released = {
      sourceRef: named('chart'),
      sourceRevision: '1.2.0',
      revision: '1.2.0 (values aaaaaaa)',
      desiredRevision: '1.2.0 (values aaaaaaa)',
      originRevision: 'c'.repeat(12),
      source: { type: 'helm' as const, chart: 'orders' },
      // Nothing says so but its source.
      suspended: true,
    };
    // Its history is read when all of that has been seen, which says where it is.
    const toBackfill = async () =>
      (await store.applicationsToBackfill(9)).length;
    await observe(released, { minute: 0 });
    expect(await toBackfill()).toBe(0);
    await chart('1.2.0', 'c'.repeat(40));
    expect(await toBackfill()).toBe(0);
    await expect(store.getApplication(ID)).resolves.toMatchObject({
      sync: 'synced',
      originRevision: 'c'.repeat(40),
    });
    await repository('https://git.test/charts.git');
    expect(await toBackfill()).toBe(1);
    expect((await store.getApplication(ID))?.source).toEqual({
      type: 'helm',
      repoUrl: 'https://git.test/charts.git',
      targetRevision: 'main',
      path: 'deploy/chart',
    });
    await repository('https://git.test/moved.git', 'no route to host');
    await expect(store.getApplication(ID)).resolves.toMatchObject({
      sync: 'unknown',
      syncMessage: expect.stringContaining('Source apps/repo fetched last'),
      source: { repoUrl: 'https://git.test/moved.git' },
      conditions: [{ message: 'Source apps/repo: no route to host' }],
    });
    await repository('https://git.test/moved.git');
    await chart('1.3.0', 'd'.repeat(40));
    await expect(store.getApplication(ID)).resolves.toMatchObject({
      sync: 'out-of-sync',
      syncMessage: '1.2.0 (values aaaaaaa) runs, Source apps/chart has 1.3.0',
      desiredRevision: '1.3.0',
      // What runs was built from the commit that it was built from.
      originRevision: 'c'.repeat(40),
    });
    // An engine that does not say what it took cannot be compared.
    await observe({ ...released, sourceRevision: undefined }, { minute: 1 });
    await expect(store.getApplication(ID)).resolves.toMatchObject({
      sync: 'synced',
      desiredRevision: '1.2.0 (values aaaaaaa)',
    });
  });

  it('knows since when, of an engine that goes over the same again and again', async () => {
    const seen = async (
      health: 'healthy' | 'progressing' | 'degraded',
      minute: number,
      attempt = '1/rev-1',
    ) => {
      await observe({ health, attempt, healthSince: at(minute) }, { minute });
      return (await store.getApplication(ID))?.healthSince;
    };
    expect(await seen('healthy', 1)).toBe(at(1));
    expect(await seen('progressing', 10)).toBe(at(10));
    expect(await seen('progressing', 11)).toBe(at(10));
    expect(await seen('healthy', 12)).toBe(at(1));
    expect(await seen('healthy', 22)).toBe(at(1));
    // Another one is news, also when it comes through `progressing`.
    expect(await seen('progressing', 30)).toBe(at(30));
    expect(await seen('degraded', 31)).toBe(at(31));
    expect(await seen('progressing', 41)).toBe(at(41));
    expect(await seen('degraded', 42)).toBe(at(31));
    // So is another attempt.
    expect(await seen('progressing', 50, '1/rev-2')).toBe(at(50));
    expect(await seen('degraded', 51, '1/rev-2')).toBe(at(51));
    expect(await seen('degraded', 55, '1/rev-2')).toBe(at(51));
  });

  it('counts another change of the same revision, and records no guess twice', async () => {
    const first = entry('1', 0);
    const history = [
      first,
      entry('2', 5, { revision: 'rev-1', changed: true }),
      entry('3', 6, { revision: 'rev-1' }),
    ];
    await observe({ deployments: [first] }, { minute: 0 });
    await observe({ deployments: history }, { minute: 7 });
    const recorded = [
      'rev-1 adoption',
      'rev-1 configuration',
      'rev-1 same-revision',
    ];
    expect(short(await deployments())).toEqual(recorded);
    for (const minute of [10, 20, 30]) {
      // The engine keeps no history: its time is that of the last look.
      const guess = entry(`now/${minute}`, minute, { revision: 'rev-1' });
      await observe(
        { deployments: [{ ...guess, inferred: true }] },
        { minute },
      );
    }
    expect(short(await deployments())).toEqual(recorded);
    for (const [turn, revision] of ['rev-4', 'rev-1'].entries()) {
      const minute = 40 + turn;
      const guess = entry(`now/${minute}`, minute, { revision });
      await observe(
        { deployments: [{ ...guess, inferred: true }] },
        { minute },
      );
    }
    expect(short(await deployments())).toEqual([
      ...recorded,
      'rev-4 configuration',
      'rev-1 rollback',
    ]);
    // The same event by another name, as after an upgrade.
    await observe(
      {
        deployments: [entry('other', 41, { revision: 'rev-1', changed: true })],
      },
      { minute: 42 },
    );
    expect(await deployments()).toHaveLength(5);
  });

  it('keeps the commit that something was built from', async () => {
    await observe({ deployments: [entry('1', 0)] }, { minute: 0 });
    const built = entry('2', 5, { originRevision: 'b'.repeat(40) });
    const runs = { revision: 'rev-3', originRevision: 'c'.repeat(40) };
    const history = [entry('1', 0), built, entry('3', 6)];
    await observe({ ...runs, deployments: history }, { minute: 7 });
    expect(
      (await deployments()).map(({ originRevision }) => originRevision),
    ).toEqual([undefined, 'b'.repeat(40), 'c'.repeat(40)]);
  });

  it('forgets what is gone, and keeps what cannot be read', async () => {
    await recorder.observe(watch, [
      fakeObject('orders', { application: {}, fact: {} }, LABELS),
    ]);
    await recorder.observe(watch, [fakeObject('orders', { broken: true })]);
    await expect(store.countApplications()).resolves.toMatchObject({
      applications: 1,
    });
    await observe({}, { minute: 1 });
    await recorder.observe(watch, [
      fakeObject('orders', { application: { images: ['x'] } }, LABELS),
    ]);
    await expect(store.listFacts({})).resolves.toEqual([]);
    await recorder.listed(watch, new Set(['apps/other']), at(2));
    await expect(store.countApplications()).resolves.toMatchObject({
      applications: 0,
    });
    expect(listener.applicationRemoved).toHaveBeenCalledTimes(1);
  });

  it('joins a component that is registered later', async () => {
    index = new EntityIndex([]);
    await observe({ deployments: [entry('1', 0)] }, { minute: 0 });
    expect((await store.getApplication(ID))?.entityRef).toBeUndefined();

    const catalog = catalogServiceMock({ entities: [] });
    const read = jest.spyOn(catalog, 'queryEntities');
    const resolver = new CatalogEntityResolver({
      auth: mockServices.auth(),
      catalog,
      logger: mockServices.logger.mock(),
      times: {
        everyMillis: 60_000,
        eagerEveryMillis: 5,
        eagerForMillis: 9_000,
      },
    });
    recorder = createRecorder(resolver);
    let attempts = 0;
    resolver.start(async () => {
      attempts += 1;
      if (attempts === 2) {
        throw new Error('The database is away; the change is told again');
      }
      await recorder.rejoin();
    });
    try {
      await eventually(() => expect(resolver.ready).toBe(true));
      // Its label names a component that nobody knows yet: so the catalog is read at once.
      await observe({ images: ['x'] }, { minute: 1 });
      const readings = read.mock.calls.length;
      await eventually(() =>
        expect(read.mock.calls.length).toBeGreaterThan(readings),
      );
      catalog.queryEntities = async () => ({
        items: [component('orders')],
        totalItems: 1,
        pageInfo: {},
      });
      await eventually(async () =>
        expect(await store.getApplication(ID)).toMatchObject({
          entityRef: 'component:default/orders',
        }),
      );
      expect((await deployments())[0].entityRef).toBe(
        'component:default/orders',
      );
    } finally {
      await resolver.stop();
    }
  });

  it('keeps what it knows of components until the catalog was read', async () => {
    await observe({}, { minute: 0 });
    recorder = createRecorder({
      ready: false,
      resolve: () => undefined,
      get: () => undefined,
    });
    await observe({ images: ['x'] }, { minute: 1 });
    await expect(store.getApplication(ID)).resolves.toMatchObject({
      entityRef: 'component:default/orders',
      images: ['x'],
    });
  });

  it('decides to whom an object belongs, by label before annotations', () => {
    index = new EntityIndex([
      component('by-id', { 'backstage.io/kubernetes-id': 'shop' }),
      component('named'),
      component('argo', { 'argocd/app-name': 'one, other/two' }),
      component('selected', { 'argocd/app-selector': 'app=web,tier!=db' }),
      component('kube', {
        'backstage.io/kubernetes-label-selector': 'app in (api, web), !legacy',
      }),
      component('empty', { 'backstage.io/kubernetes-label-selector': '' }),
      component('wrong', { 'argocd/app-selector': 'app=(' }),
    ]);
    const owner = (
      labels: Record<string, string>,
      name = 'x',
      engine: 'argocd' | 'flux' = 'argocd',
    ) =>
      index.resolve({
        engine,
        labels,
        ref: {
          ...{ cluster: 'c', apiVersion: 'v1', kind: 'App' },
          ...{ namespace: 'other', name },
        },
      })?.name;
    expect(owner({ 'backstage.io/kubernetes-id': 'shop' })).toBe('by-id');
    expect(owner({ 'backstage.io/kubernetes-id': 'named' }, 'one')).toBe(
      'named',
    );
    expect(owner({ 'backstage.io/kubernetes-id': 'gone' }, 'one')).toBe('argo');
    expect(owner({}, 'two')).toBe('argo');
    expect(owner({}, 'one', 'flux')).toBeUndefined();
    expect(owner({ app: 'web' })).toBe('selected');
    expect(owner({ app: 'web' }, 'x', 'flux')).toBe('kube');
    expect(owner({ app: 'api', legacy: '' })).toBeUndefined();
    expect(owner({ app: 'db' })).toBeUndefined();
  });
});
