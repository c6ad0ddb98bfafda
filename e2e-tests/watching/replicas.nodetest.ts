import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  atRate,
  dropDatabases,
  eventually,
  newDatabasePrefix,
  NotificationLog,
  postgresConnection,
  SHORT_TIMES,
  SignalListener,
  TestBackend,
  TestCluster,
  untilStoreEquals,
  watchesOf,
  watchOf,
  Witness,
  WorldUnderFaults,
} from './harness';

/** So many that the history of each outlasts a takeover, at the rate at which they change. */
const SERVICES = 24;
/** The service whose health its owners hear of. */
const PAGED = 'app-0';
/** A dead replica is missed after 15 seconds, and the other one looks every 2. */
const TAKEOVER_SECONDS = 30;
/** As often as people look; the replicas need the machine as well. */
const LOOKS = { everyMillis: 1_000 };
const OWNER = 'group:default/owners';

test(
  'two replicas on one PostgreSQL',
  {
    skip: postgresConnection
      ? false
      : 'it needs a PostgreSQL; .ci/run brings one',
  },
  async t => {
    const prefix = newDatabasePrefix();
    const worlds: WorldUnderFaults[] = [];
    const running: TestBackend[] = [];
    const witnesses = new Map<TestBackend, Witness>();
    let notifications: NotificationLog;

    /** @param clusters - those that its configuration names */
    const start = async (clusters = worlds) => {
      const backend = await TestBackend.start({
        clusters: clusters.map(({ cluster: { name, url, token } }) => ({
          ...{ name, url, token },
        })),
        components: worlds.map(({ component }) => component),
        owner: OWNER,
        notificationsUrl: notifications.url,
        database: { client: 'pg', connection: postgresConnection!, prefix },
        // Two backends and a database: patient enough for a machine that is busy with them.
        gitops: { watch: { ...SHORT_TIMES, probe: '3s' } },
        features: [
          '@backstage/plugin-events-backend',
          '@backstage/plugin-signals-backend',
        ],
      });
      running.push(backend);
      return backend;
    };
    const inStep = (backend: TestBackend, of = worlds) =>
      untilStoreEquals(
        backend,
        of.flatMap(world => world.scripts),
      );

    /** Looks at the pages of a replica from now on. */
    const watchPages = (backend: TestBackend) => {
      witnesses.set(backend, new Witness(backend, worlds, LOOKS));
    };
    const expectTruth = async (backend: TestBackend) => {
      for (const { name } of worlds) {
        await witnesses.get(backend)!.expectTruth(name);
      }
    };
    const stopWatchingPages = async (backend: TestBackend) => {
      await witnesses.get(backend)?.stop();
      witnesses.delete(backend);
    };

    before(async () => {
      notifications = await NotificationLog.start();
      for (const name of ['eu-1', 'eu-2', 'eu-3']) {
        const cluster = await TestCluster.start({ name });
        worlds.push(
          new WorldUnderFaults(cluster, {
            ...{ applications: SERVICES, isShared: true },
          }),
        );
      }
    });

    after(async () => {
      await Promise.all([...witnesses.values()].map(one => one.stop()));
      await Promise.all(running.map(backend => backend.kill()));
      await Promise.all(worlds.map(({ cluster }) => cluster.stop()));
      await notifications?.stop();
      await dropDatabases(prefix);
    });

    /** Each kind of each cluster is watched once, by the word of the backend. */
    const untilWatchedOnce = (backend: TestBackend) =>
      eventually(async () => {
        for (const { cluster } of worlds) {
          const status = await watchOf(backend, cluster.name);
          assert.equal(cluster.faults.openWatches, watchesOf(status.cluster!));
        }
      });

    /** Deployments and changes of health, fewer than a history forgets in a takeover. */
    const change = (seconds: number) =>
      atRate({
        ...{ perSecond: 10, seconds },
        work(index) {
          // Every service in turn but the first.
          const name = `app-${1 + (Math.floor(index / 3) % (SERVICES - 1))}`;
          for (const { argocd } of worlds) {
            if (index % 3 === 0) {
              argocd.deploy(name);
            } else {
              argocd.setHealth(name, index % 3 === 1 ? 'Degraded' : 'Healthy');
            }
          }
        },
      });

    /** Id of the application that nothing else changes. */
    const pagedIn = ({ name }: WorldUnderFaults) =>
      `${name}~application~argocd~${PAGED}`;
    /** What the owners heard of it. */
    const paged = () =>
      worlds.map(world =>
        notifications
          .about({ id: pagedIn(world) })
          .map(title => (title.includes('degraded') ? 'degraded' : 'healthy')),
      );
    const expected: string[] = [];
    const setPagedHealth = (health: 'Degraded' | 'Healthy') => {
      expected.push(health.toLowerCase());
      worlds.forEach(({ argocd }) => argocd.setHealth(PAGED, health));
    };
    /** Each time once, whoever saw it. */
    const untilToldOnce = () =>
      eventually(() =>
        assert.deepEqual(
          paged(),
          worlds.map(() => expected),
        ),
      );

    /**
     * From a change of that application on: who is left lists each cluster anew, or shows the change
     * because it watched that one before.
     *
     * @returns milliseconds
     */
    const untilTakenOver = async (survivor: TestBackend) => {
      const since = Date.now();
      const left = new Set(worlds);
      worlds.forEach(world => {
        world.faults.beforePage = () => left.delete(world);
      });
      await eventually(
        async () => {
          for (const world of left) {
            const { health } = await survivor.api.getApplication(
              pagedIn(world),
            );
            assert.equal(health, expected[expected.length - 1], world.name);
            left.delete(world);
          }
        },
        { withinSeconds: TAKEOVER_SECONDS },
      );
      return Date.now() - since;
    };

    const expectSignals = async (...backends: TestBackend[]) => {
      const listeners = backends.map(one => new SignalListener(one));
      try {
        let index = 0;
        await eventually(() => {
          index += 1;
          worlds[0].argocd.setHealth(
            'app-1',
            index % 2 ? 'Progressing' : 'Healthy',
          );
          const heard = listeners.map(one => one.heard);
          assert.ok(
            heard.every(count => count > 0),
            `heard: ${heard}`,
          );
        });
      } finally {
        listeners.forEach(listener => listener.stop());
      }
      worlds[0].argocd.setHealth('app-1', 'Healthy');
    };

    await t.test(
      'watch each cluster once, also while their configurations differ',
      async () => {
        // A cluster is added: the one that began before does not know it.
        const older = await start(worlds.slice(0, 2));
        await inStep(older, worlds.slice(0, 2));
        const newer = await start();
        await inStep(newer);
        await inStep(older);
        await untilWatchedOnce(newer);
        watchPages(newer);
      },
    );

    await t.test('tell the browsers of either, and owners once', async () => {
      const [older, newer] = running;
      await expectSignals(older, newer);
      setPagedHealth('Degraded');
      await untilToldOnce();
      setPagedHealth('Healthy');
      await untilToldOnce();
      await inStep(newer);
      await expectTruth(newer);
    });

    await t.test(
      'do not undo each other when one hangs, and goes on later',
      async () => {
        const [older, newer] = running;
        older.freeze();
        // The one that hangs is told of this, and reads it when it is too late.
        setPagedHealth('Degraded');
        const changingMeanwhile = change(5);
        worlds.forEach(world => world.stir());
        const millis = await untilTakenOver(newer);
        t.diagnostic(`taken over ${millis} ms after it hung`);
        await changingMeanwhile;
        await inStep(newer);
        await untilToldOnce();

        setPagedHealth('Healthy');
        const changing = change(10);
        older.thaw();
        await changing;
        await inStep(newer);
        await inStep(older);
        await untilWatchedOnce(newer);
        await untilToldOnce();
        await expectTruth(newer);
      },
    );

    await t.test('go on while one is replaced', async () => {
      const [older, newer] = running;
      await older.kill();
      running.shift();
      const replacement = await start();
      await change(2);
      await inStep(replacement);
      await untilWatchedOnce(newer);
      await expectTruth(newer);
      await stopWatchingPages(newer);
    });

    await t.test(
      'go on when the one that watches is killed in the middle',
      async () => {
        const [doomed, survivor] = running;
        watchPages(survivor);
        const [{ revisions }] = worlds[0].argocd.applications.slice(-1);
        const before = revisions.length;
        const changing = change(15);
        // Every service was deployed once, so that much is under way.
        await eventually(() => assert.ok(revisions.length > before));
        await doomed.kill();
        running.shift();
        setPagedHealth('Degraded');
        worlds.forEach(world => world.stir());
        const killedAt = Date.now();
        const millis = await untilTakenOver(survivor);
        await untilWatchedOnce(survivor);
        const watched = Date.now() - killedAt;
        t.diagnostic(
          `taken over ${millis} ms after the kill, all watched after ${watched} ms`,
        );
        await changing;
        await inStep(survivor);
        await untilToldOnce();
        setPagedHealth('Healthy');
        await untilToldOnce();
        await expectSignals(survivor);
        await inStep(survivor);
        await expectTruth(survivor);
      },
    );
  },
);
