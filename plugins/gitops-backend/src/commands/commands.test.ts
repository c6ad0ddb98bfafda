import {
  TestDatabases,
  mockServices,
  type TestDatabaseId,
} from '@backstage/backend-test-utils';
import { InputError, NotFoundError } from '@backstage/errors';
import type { CommandResult, Fact } from '@fairway/plugin-gitops-common';
import {
  ConnectionError,
  type GitopsConnection,
} from '@fairway/plugin-gitops-node';
import { DatabaseGitopsStore } from '../store';
import { CommandWorld } from './__testUtils__/CommandWorld';

jest.setTimeout(60_000);

const ids: TestDatabaseId[] = ['SQLITE_3'];
if (process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING) {
  ids.push('POSTGRES_15');
}
const databases = TestDatabases.create({ ids });
const MINUTE = 60_000;

describe.each(databases.eachSupportedId())('commands on %p', databaseId => {
  let store: DatabaseGitopsStore;
  let world: CommandWorld;

  beforeEach(async () => {
    const knex = await databases.init(databaseId);
    store = await DatabaseGitopsStore.create({
      database: mockServices.database({ knex, migrations: { skip: false } }),
    });
    world = new CommandWorld(store);
  });

  describe('are carried out', () => {
    it('after they were stored, as the observer says', async () => {
      const project = (cluster: string, name: string) =>
        ({ kind: 'project', ref: { cluster, name } } as Fact);
      world.facts = [
        project('local', 'shop'),
        project('local', 'other'),
        project('remote', 'shop'),
      ];
      const storedAtWrite: number[] = [];
      world.onPatch = async () => {
        storedAtWrite.push((await store.openCommandRuns()).length);
      };
      const { run, message } = await world.run('sync', {
        prune: true,
        force: true,
        resources: [{ group: '', kind: 'Secret', name: 'a' }],
      });
      expect(storedAtWrite).toEqual([1]);
      expect(world.patches).toMatchObject([
        { ref: world.application.ref, patch: { asked: run.requestedAt } },
      ]);
      expect(world.contexts).toMatchObject([
        { user: 'user:default/ada', projects: [world.facts[0]] },
      ]);
      expect(message).toBe(
        'Asked Flux to sync orders only 1 object, with pruning, forced',
      );
      expect(run).toEqual({
        id: expect.stringMatching(/^[\w-]+$/),
        applicationId: world.application.id,
        command: 'sync',
        request: {
          prune: true,
          force: true,
          resources: [{ group: '', kind: 'Secret', name: 'a' }],
        },
        requestedBy: 'user:default/ada',
        requestedAt: world.contexts[0].now.toISOString(),
        state: 'requested',
        message,
      });
      expect(await world.stateOf(run.id)).toEqual(run);
    });

    it('not when the engine refuses them, and then nothing is stored', async () => {
      world.observer.commands = () => {
        throw new InputError('The sync window is closed');
      };
      await expect(world.run('sync')).rejects.toThrow(/window is closed/);
      expect(await store.openCommandRuns()).toEqual([]);
    });

    it('one sync at a time, however many ask at once', async () => {
      const answers = await Promise.allSettled([
        world.run('sync'),
        world.run('sync'),
        world.run('sync'),
      ]);
      const refused = answers.flatMap(answer =>
        answer.status === 'rejected' ? [answer.reason] : [],
      );
      expect(refused.map(({ name }) => name)).toEqual([
        'ConflictError',
        'ConflictError',
      ]);
      expect(refused[0].message).toMatch(
        /user:default\/ada asked for a sync of orders at .* not over yet/,
      );
      expect(refused[0].message).not.toContain('terminate');
      expect(world.patches).toHaveLength(1);
      await world.run('refresh');

      world.application.commands = ['refresh', 'terminate'];
      await expect(world.run('sync')).rejects.toThrow(
        /wait until it ends, or terminate it$/,
      );

      const [sync] = await store.openCommandRuns();
      await world
        .follower()
        .observed(world.watch, [
          world.say(sync.run.requestedAt, { state: 'succeeded' }),
        ]);
      await expect(world.run('sync')).resolves.toBeDefined();
    });

    it('and told to have failed when the cluster does not take them', async () => {
      world.onPatch = () => {
        throw new ConnectionError('forbidden', 'local forbids patch');
      };
      await expect(world.run('sync')).rejects.toThrow(/forbids patch/);
      const [run] = await store.listCommandRuns({
        entityRef: 'component:default/orders',
      });
      expect(run).toMatchObject({
        state: 'failed',
        message: expect.stringContaining('forbids patch'),
        finishedAt: expect.any(String),
      });
    });

    it('and looked for when the cluster does not say whether it took them', async () => {
      world.onPatch = () => {
        world.put(world.application.ref, {});
        throw new ConnectionError('unreachable', 'local did not answer');
      };
      const { run, message } = await world.run('sync');
      expect(message).toMatch(
        /^It is not known whether the command arrived: .*did not answer/,
      );
      expect(run).toMatchObject({ state: 'requested', message });
      expect((await store.openCommandRuns()).map(open => open.run)).toEqual([
        run,
      ]);
      await expect(world.run('sync')).rejects.toThrow(/not over yet/);

      world.say(run.requestedAt, { state: 'succeeded' });
      world.millis += 6_000;
      await world.follower().look();
      expect((await world.stateOf(run.id))?.state).toBe('succeeded');
    });

    it('by the connection that the application came through', async () => {
      const execute = jest.fn(async () => {});
      const get = jest.fn();
      const resource = { group: 'argoproj.io', plural: 'applications' };
      world.connections = [
        { name: 'local', resources: [resource], execute, get },
      ] as unknown as GitopsConnection[];
      const { run } = await world.run('sync');
      expect(execute).toHaveBeenCalledWith(
        world.application,
        world.contexts[0],
      );
      expect(world.patches).toEqual([]);

      get.mockResolvedValue(
        world.say(run.requestedAt, {
          ...{ state: 'failed', message: 'No such tag' },
        }),
      );
      world.millis += 6_000;
      await world.follower().look();
      expect(get).toHaveBeenCalledTimes(1);
      expect(await world.stateOf(run.id)).toMatchObject({
        state: 'failed',
        message: 'No such tag',
      });
    });

    it('and given up at once when the engine does not tell how they end', async () => {
      delete world.observer.progress;
      const { run } = await world.run('sync');
      expect(run).toMatchObject({ state: 'lost', finishedAt: run.requestedAt });
      expect(run.message).toMatch(/look at the application/);
    });
  });

  describe('are followed', () => {
    it('with each object that is recorded, until they end, once', async () => {
      const { run } = await world.run('sync');
      const follower = world.follower();
      world.changes.length = 0;
      const running = world.say(run.requestedAt, {
        state: 'running',
        message: 'Applying 3 objects',
      });
      await follower.observed(world.watch, [
        { ...running, metadata: { name: 'another', namespace: 'argocd' } },
      ]);
      await follower.observed({ ...world.watch, cluster: 'remote' }, [running]);
      expect(await world.stateOf(run.id)).toEqual(run);

      await follower.observed(world.watch, [running]);
      await follower.observed(world.watch, [running]);
      expect(await world.stateOf(run.id)).toEqual({
        ...run,
        state: 'running',
        message: 'Applying 3 objects',
      });
      await follower.observed(world.watch, [
        world.say(run.requestedAt, { state: 'requested' }),
      ]);
      expect((await world.stateOf(run.id))?.state).toBe('running');

      const finishedAt = '2026-03-01T10:00:05.000Z';
      const ended = world.say(run.requestedAt, {
        ...{ state: 'failed', message: 'Deployment is invalid', finishedAt },
      });
      await Promise.all(
        [follower, world.follower()].map(replica =>
          replica.observed(world.watch, [ended]),
        ),
      );
      await follower.observed(world.watch, [running]);
      expect(await world.stateOf(run.id)).toEqual({
        ...run,
        ...{ state: 'failed', message: 'Deployment is invalid', finishedAt },
      });
      expect(world.changes).toEqual([
        {
          applicationId: run.applicationId,
          entityRef: 'component:default/orders',
        },
        {
          applicationId: run.applicationId,
          entityRef: 'component:default/orders',
        },
      ]);
      expect(world.logger.info).toHaveBeenCalledTimes(1);
      expect(world.logger.info.mock.calls[0][0]).toMatch(
        /sync of .*orders.*user:default\/ada.*failed: Deployment is invalid/,
      );
    });

    it('and keep what became of each object', async () => {
      const { run } = await world.run('sync', { dryRun: true });
      const results: CommandResult[] = [
        {
          ...{ group: 'apps', kind: 'Deployment', name: 'orders' },
          ...{ status: 'synced', change: 'changed' },
        },
      ];
      const ended = world.say(run.requestedAt, {
        ...{ state: 'succeeded', results, omittedResults: 3 },
      });
      await world.follower().observed(world.watch, [ended]);
      const expected = {
        ...{ id: run.id, results, omittedResults: 3 },
      };
      expect(await world.stateOf(run.id)).toMatchObject(expected);
      expect(
        await store.listCommandRuns({ entityRef: 'component:default/orders' }),
      ).toMatchObject([expected]);
    });

    it('by a replica that saw the object before it knew of the command', async () => {
      const late = world.follower();
      const before = world.say('another time', { state: 'succeeded' });
      await late.observed(world.watch, [before]);
      const { run } = await world.run('suspend');
      // Nothing was open a moment ago, so it does not ask the database again at once.
      const done = world.say(run.requestedAt, { state: 'succeeded' });
      await late.observed(world.watch, [done]);
      expect((await world.stateOf(run.id))?.state).toBe('requested');

      await late.look();
      expect(world.reads).toBe(0);
      world.millis += 5_000;
      await late.look();
      expect(world.reads).toBe(1);
      expect((await world.stateOf(run.id))?.state).toBe('succeeded');
      await late.look();
      expect(world.reads).toBe(1);
    });

    it('until nothing is heard of them for ten minutes', async () => {
      const { run } = await world.run('sync');
      const follower = world.follower();
      world.readError = new ConnectionError(
        'unreachable',
        'Connection refused',
      );
      world.millis += 9 * MINUTE;
      await follower.look();
      expect((await world.stateOf(run.id))?.state).toBe('requested');
      world.millis += MINUTE;
      await follower.look();
      expect(await world.stateOf(run.id)).toMatchObject({
        state: 'lost',
        message: expect.stringMatching(
          /for 10 minutes: Connection refused; look at the application/,
        ),
      });
      await expect(world.run('sync')).resolves.toBeDefined();
    });

    it('as long as the engine works on them', async () => {
      const { run } = await world.run('sync');
      const follower = world.follower();
      world.say(run.requestedAt, { state: 'running' });
      for (let minutes = 0; minutes < 60; minutes += 6) {
        world.millis += 6 * MINUTE;
        await follower.look();
      }
      expect((await world.stateOf(run.id))?.state).toBe('running');
      world.readError = new NotFoundError('Gone');
      world.millis += MINUTE;
      await follower.look();
      expect(await world.stateOf(run.id)).toMatchObject({
        state: 'lost',
        message: expect.stringContaining('Application orders is gone'),
      });
    });

    it('without disturbing who records, when the database or the engine fails', async () => {
      const { run } = await world.run('sync');
      const object = world.say(run.requestedAt, { state: 'succeeded' });
      const broken = {
        ...world.observer,
        progress: () => {
          throw new Error('No such field');
        },
      };
      await expect(
        world
          .follower()
          .observed({ ...world.watch, observer: broken }, [object]),
      ).resolves.toBeUndefined();
      expect(world.logger.warn).toHaveBeenCalledTimes(1);
    });
  });

  it('are changes that readers hear of', async () => {
    const changedBy = async (work: () => Promise<unknown>) => {
      const before = await store.latestChange();
      await work();
      const { seq, ...changes } = await store.changesSince(before, 10);
      return changes;
    };
    const names = {
      applicationIds: [world.application.id],
      entityRefs: ['component:default/orders'],
      ...{ clusters: [], complete: true },
    };
    expect(await changedBy(() => world.run('sync'))).toEqual(names);
    const [{ run }] = await store.openCommandRuns();
    const follower = world.follower();
    const say = (state: 'running' | 'succeeded') =>
      follower.observed(world.watch, [world.say(run.requestedAt, { state })]);
    expect(await changedBy(() => say('running'))).toEqual(names);
    world.millis += MINUTE;
    expect(await changedBy(() => follower.look())).toMatchObject({
      applicationIds: [],
    });
    expect(await changedBy(() => say('succeeded'))).toEqual(names);
  });

  it('are listed by component while they matter, and forgotten after 30 days', async () => {
    const first = await world.run('refresh');
    world.millis += MINUTE;
    const second = await world.run('refresh');
    const sync = await world.run('sync');
    const list = async () =>
      (
        await store.listCommandRuns({ entityRef: 'component:default/orders' })
      ).map(({ id }) => id);
    const ended = await world.run('suspend');
    await world
      .follower()
      .observed(world.watch, [
        world.say(ended.run.requestedAt, { state: 'failed' }),
      ]);
    expect((await list()).sort()).toEqual(
      [first, second, sync, ended].map(({ run }) => run.id).sort(),
    );
    // Of what is over, the last of a kind; what is open stays, however old it is.
    world.millis += MINUTE;
    const again = await world.run('suspend');
    world.millis += 24 * 60 * MINUTE;
    expect((await list())[0]).toBe(again.run.id);
    expect(await list()).not.toContain(ended.run.id);
    expect(await list()).toHaveLength(4);

    world.readError = new NotFoundError('Gone');
    world.millis += MINUTE;
    await world.follower().look();
    world.millis += 31 * 24 * 60 * MINUTE;
    const third = await world.run('refresh');
    expect(await list()).toEqual([third.run.id]);
  });
});
