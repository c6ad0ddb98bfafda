import {
  TestDatabases,
  mockServices,
  type TestDatabaseId,
} from '@backstage/backend-test-utils';
import { InputError } from '@backstage/errors';
import { ConnectionError } from '@fairway/plugin-gitops-node';
import { DatabaseGitopsStore } from '../store';
import { eventually } from '../__testUtils__/eventually';
import { CHART, CommandWorld, SOURCE } from './__testUtils__/CommandWorld';

jest.setTimeout(60_000);

const ids: TestDatabaseId[] = ['SQLITE_3'];
if (process.env.BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING) {
  ids.push('POSTGRES_15');
}
const databases = TestDatabases.create({ ids });

describe.each(databases.eachSupportedId())(
  'commands on a cluster, on %p',
  databaseId => {
    let store: DatabaseGitopsStore;
    let world: CommandWorld;

    beforeEach(async () => {
      const knex = await databases.init(databaseId);
      store = await DatabaseGitopsStore.create({
        database: mockServices.database({ knex, migrations: { skip: false } }),
      });
      world = new CommandWorld(store);
    });

    const lastRun = async () =>
      (
        await store.listCommandRuns({ entityRef: 'component:default/orders' })
      )[0];
    const written = () => world.patches.map(({ ref }) => ref.kind);
    const nextCommandAt = () => new Date(world.millis).toISOString();

    describe('are decided on the object as it is', () => {
      it('and not as it was when it was stored', async () => {
        world.application.operation = { phase: 'running' };
        world.put(world.application.ref, {
          observed: { operation: undefined, suspended: true },
        });
        await world.run('sync');
        expect(world.decidedOn).toMatchObject([
          {
            ...{ id: world.application.id, suspended: true },
            ...{ entityRef: 'component:default/orders' },
          },
        ]);
        expect(world.decidedOn[0].operation).toBeUndefined();
      });

      it('and not at all when it cannot be read', async () => {
        jest
          .spyOn(world.clusters, 'get')
          .mockRejectedValue(
            new ConnectionError('forbidden', 'Grant the credential get'),
          );
        await expect(world.run('sync')).rejects.toMatchObject({
          name: 'ServiceUnavailableError',
          message: expect.stringMatching(
            /^Nothing was asked for, because Application orders could not be read.*Grant the credential get/,
          ),
        });
        world.remove(world.application.ref);
        jest.restoreAllMocks();
        await expect(world.run('sync')).rejects.toMatchObject({
          name: 'NotFoundError',
        });
        expect(await store.openCommandRuns()).toEqual([]);
        expect(world.patches).toEqual([]);
      });

      it('anew when it changed before the write, and then told why not', async () => {
        const { commands } = world.observer;
        const changed = () => {
          world.put(world.application.ref, { observed: { suspended: true } });
          world.onPatch = () => {};
        };
        world.onPatch = changed;
        const { run } = await world.run('sync');
        expect(world.decidedOn.map(({ suspended }) => suspended)).toEqual([
          false,
          true,
        ]);
        expect(world.patches).toMatchObject([
          { patch: { asked: run.requestedAt } },
        ]);

        world.put(world.application.ref, { observed: { suspended: false } });
        world.onPatch = changed;
        world.observer.commands = (application, context) => {
          if (application.suspended) {
            throw new InputError('It is suspended by now');
          }
          return commands!(application, context);
        };
        world.millis += 1_000;
        await expect(world.run('refresh')).rejects.toThrow(/suspended by now/);
        expect(world.patches).toHaveLength(1);
        expect(await lastRun()).toMatchObject({
          ...{ command: 'refresh', state: 'failed' },
          message: 'It is suspended by now',
        });
      });

      it('a few times, when it changes again and again', async () => {
        world.onPatch = () => {
          world.put(world.application.ref, {});
        };
        await expect(world.run('sync')).rejects.toMatchObject({
          name: 'ConflictError',
        });
        expect(world.decidedOn).toHaveLength(5);
        expect((await lastRun()).state).toBe('failed');
        expect(world.patches).toEqual([]);
      });

      it('with a word on what is not known', async () => {
        const { commands } = world.observer;
        world.observer.commands = (...of) =>
          commands!(...of).map(patch => ({
            ...{ ...patch, note: 'its windows are not known' },
          }));
        const { message, run } = await world.run('sync');
        expect(message).toBe(
          'Asked Flux to sync orders; its windows are not known',
        );
        expect(run.message).toBe(message);
      });
    });

    describe('of several writes', () => {
      beforeEach(() => {
        world.prepares = [{ ref: SOURCE }, { ref: CHART, optional: true }];
      });

      it('go on when the one before succeeded, and end with the last', async () => {
        const progress = jest.spyOn(world.observer, 'progress');
        const { run } = await world.run('sync');
        expect(written()).toEqual(['Source']);
        const replicas = [world.follower(), world.follower()];
        const look = async () => {
          world.millis += 6_000;
          await Promise.all(replicas.map(replica => replica.look()));
        };
        await look();
        expect(written()).toEqual(['Source']);

        const fetched = { state: 'succeeded', message: 'Fetched' } as const;
        const source = world.say(run.requestedAt, fetched, SOURCE);
        // One hears of it, and need not wait for the look.
        await replicas[0].observed(world.watch, [source]);
        await eventually(() =>
          expect(written()).toEqual(['Source', 'Application']),
        );
        await replicas[0].stop();
        expect(await world.stateOf(run.id)).toMatchObject({
          state: 'running',
          message:
            'Source orders-source is ready, and Application orders was asked',
        });
        await look();
        expect(new Set(written().slice(1))).toEqual(new Set(['Application']));

        progress.mockClear();
        world.say(run.requestedAt, { state: 'succeeded', message: 'Applied' });
        world.millis += 6_000;
        await replicas[1].look();
        expect(progress.mock.lastCall).toMatchObject([
          { kind: 'Application' },
          { id: run.id },
          { before: { kind: 'Source' } },
        ]);
        expect(await world.stateOf(run.id)).toMatchObject({
          ...{ state: 'succeeded', message: 'Applied' },
          finishedAt: expect.any(String),
        });
      });

      it('end with the first that fails', async () => {
        const { run } = await world.run('sync');
        world.say(
          run.requestedAt,
          { state: 'failed', message: 'No route to host' },
          SOURCE,
        );
        world.millis += 6_000;
        await world.follower().look();
        expect(await world.stateOf(run.id)).toMatchObject({
          ...{ state: 'failed', message: 'No route to host' },
        });
        expect(written()).toEqual(['Source']);
      });

      it('are refused when the first would fail', async () => {
        world.say(
          nextCommandAt(),
          { state: 'failed', message: 'The source is suspended' },
          SOURCE,
        );
        await expect(world.run('sync')).rejects.toMatchObject({
          ...{ name: 'InputError', message: 'The source is suspended' },
        });
        expect(await store.openCommandRuns()).toEqual([]);
        expect(world.patches).toEqual([]);
      });

      it('begin with what is there, and leave alone what was asked later', async () => {
        world.put(CHART, {});
        world.prepares[0].optional = true;
        world.remove(SOURCE);
        const { run } = await world.run('sync');
        expect(written()).toEqual(['Chart']);
        world.say(run.requestedAt, { state: 'succeeded' }, CHART);
        world.say(run.requestedAt, {
          ...{ state: 'superseded', message: 'Somebody asked later' },
        });
        world.millis += 6_000;
        await world.follower().look();
        expect(written()).toEqual(['Chart']);
        expect(await world.stateOf(run.id)).toMatchObject({
          ...{ state: 'superseded', message: 'Somebody asked later' },
        });
      });

      it('tell what was done when the cluster takes only a part', async () => {
        const { run } = await world.run('sync');
        world.say(run.requestedAt, { state: 'succeeded' }, SOURCE);
        const follower = world.follower();
        const look = async (error: Error | undefined) => {
          world.onPatch = () => {
            if (error) {
              throw error;
            }
          };
          world.millis += 6_000;
          await follower.look();
          return world.stateOf(run.id);
        };
        // It is tried again, because nobody knows whether it arrived.
        expect(
          await look(new ConnectionError('unreachable', 'No answer')),
        ).toMatchObject({ state: 'requested' });
        expect(
          await look(new ConnectionError('forbidden', 'Grant patch')),
        ).toMatchObject({
          state: 'failed',
          message:
            'Only a part was done: Source orders-source took it, Application orders did not: Grant patch',
        });
        expect(written()).toEqual(['Source']);
      });
    });

    it('give way to the next one where the object keeps the last request alone', async () => {
      const { commands } = world.observer;
      world.observer.commands = (...of) =>
        commands!(...of).map(patch => ({ ...patch, supersedes: true }));
      const first = await world.run('sync');
      world.millis += 1_000;
      const second = await world.run('sync');
      expect(await world.stateOf(first.run.id)).toMatchObject({
        state: 'superseded',
        message: expect.stringContaining(
          `user:default/ada asked for it again at ${second.run.requestedAt}`,
        ),
        finishedAt: second.run.requestedAt,
      });
      expect((await store.openCommandRuns()).map(({ run }) => run)).toEqual([
        second.run,
      ]);
      world.millis += 1_000;
      const all = await Promise.all(
        [1, 2, 3].map(() => world.run('sync').then(({ run }) => run.id)),
      );
      const [open, ...others] = await store.openCommandRuns();
      expect(others).toEqual([]);
      expect(all).toContain(open.run.id);
    });
  },
);
