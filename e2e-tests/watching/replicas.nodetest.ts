import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import knex from 'knex';
import {
  ArgocdScript,
  eventually,
  SHORT_TIMES,
  TestBackend,
  TestCluster,
  untilStoreEquals,
  watchOf,
} from './harness';

/** Of any PostgreSQL that the tests were told of; see CONTRIBUTING.md. */
const connection = Object.entries(process.env).find(([name]) =>
  /^BACKSTAGE_TEST_DATABASE_POSTGRES\d+_CONNECTION_STRING$/.test(name),
)?.[1];

const SERVICES = 12;
/** A dead replica is missed after 15 seconds, and the other one looks every 2. */
const TAKEOVER_SECONDS = 30;

/** What browsers hear, on a connection that is renewed until it stands. */
class SignalListener {
  heard = 0;
  readonly #url: string;
  #socket?: WebSocket;
  #stopped = false;

  constructor(backend: TestBackend) {
    this.#url = `${backend.baseUrl.replace('http', 'ws')}/api/signals`;
    void this.#connect();
  }

  stop() {
    this.#stopped = true;
    this.#socket?.close();
  }

  /** The first WebSocket request after a start is lost: the plugin listens from then on. */
  async #connect() {
    while (!this.#stopped && this.#socket?.readyState !== WebSocket.OPEN) {
      this.#socket?.close();
      const socket = new WebSocket(this.#url);
      this.#socket = socket;
      socket.onopen = () =>
        socket.send(JSON.stringify({ action: 'subscribe', channel: 'gitops' }));
      socket.onmessage = () => {
        this.heard += 1;
      };
      socket.onerror = () => undefined;
      await pause(1_000);
    }
  }
}

test(
  'two replicas on one PostgreSQL',
  { skip: connection ? false : 'it needs a PostgreSQL; .ci/run brings one' },
  async t => {
    const prefix = `fairway_${randomBytes(4).toString('hex')}_`;
    const clusters: TestCluster[] = [];
    const running: TestBackend[] = [];
    const start = async () => {
      const backend = await TestBackend.start({
        clusters: clusters.map(({ name, url, token }) => ({
          ...{ name, url, token },
        })),
        database: { client: 'pg', connection: connection!, prefix },
        // Two backends and a database: patient enough for a machine that is busy with them.
        gitops: { watch: { ...SHORT_TIMES, probe: '3s', answer: '10s' } },
        features: [
          '@backstage/plugin-events-backend',
          '@backstage/plugin-signals-backend',
        ],
      });
      running.push(backend);
      return backend;
    };
    let scripts: ArgocdScript[];

    before(async () => {
      clusters.push(
        await TestCluster.start({ name: 'eu-1' }),
        await TestCluster.start({ name: 'eu-2' }),
      );
      scripts = clusters.map(cluster => new ArgocdScript(cluster));
      for (const script of scripts) {
        for (let n = 0; n < SERVICES; n += 1) {
          script.create(`service-${n}`);
        }
      }
    });

    after(async () => {
      await Promise.all(running.map(backend => backend.kill()));
      await Promise.all(clusters.map(cluster => cluster.stop()));
      await dropDatabases(prefix);
    });

    /** Kinds that are watched, by the word of the backend. */
    const watched = async (backend: TestBackend, cluster: TestCluster) => {
      const status = await watchOf(backend, cluster.name);
      return status.cluster!.resources.filter(
        ({ state }) => state === 'connected',
      ).length;
    };

    /** Deployments and changes of health all the time, fewer than a history forgets in a takeover. */
    const change = () => {
      let stopped = false;
      const done = (async () => {
        for (let index = 0; !stopped; index += 1) {
          for (const script of scripts) {
            // Every service in turn: each is deployed every four seconds.
            const name = `service-${Math.floor(index / 3) % SERVICES}`;
            if (index % 3 === 0) {
              script.deploy(name);
            } else {
              script.setHealth(name, index % 2 ? 'Degraded' : 'Healthy');
            }
          }
          await pause(100);
        }
      })();
      return async () => {
        stopped = true;
        await done;
      };
    };

    await t.test('watch each cluster once between them', async () => {
      const first = await start();
      await untilStoreEquals(first, scripts);
      const second = await start();
      await untilStoreEquals(second, scripts);
      for (const cluster of clusters) {
        const kinds = await watched(second, cluster);
        assert.ok(kinds > 0);
        assert.equal(cluster.faults.openWatches, kinds);
      }
    });

    await t.test('tell the browsers of either', async () => {
      const [first, second] = running;
      const listeners = [first, second].map(one => new SignalListener(one));
      try {
        let index = 0;
        await eventually(async () => {
          index += 1;
          scripts[0].setHealth('service-0', index % 2 ? 'Degraded' : 'Healthy');
          await pause(500);
          assert.ok(
            listeners.every(({ heard }) => heard > 0),
            `heard: ${listeners.map(({ heard }) => heard)}`,
          );
        });
      } finally {
        listeners.forEach(listener => listener.stop());
      }
      await untilStoreEquals(second, scripts);
    });

    for (const round of ['first', 'second']) {
      await t.test(
        `go on without the ${round}, when it is killed in the middle`,
        async () => {
          const [doomed, survivor] = running;
          const stopChanging = change();
          let killedAt = 0;
          try {
            await pause(2_000);
            await doomed.kill();
            killedAt = Date.now();
            running.shift();
            await eventually(
              async () => {
                for (const cluster of clusters) {
                  assert.equal(
                    cluster.faults.openWatches,
                    await watched(survivor, cluster),
                  );
                }
              },
              { withinSeconds: TAKEOVER_SECONDS },
            );
          } finally {
            await stopChanging();
          }
          await untilStoreEquals(survivor, scripts, {
            withinSeconds: TAKEOVER_SECONDS,
          });
          t.diagnostic(
            `taken over and in step ${Date.now() - killedAt} ms after the kill`,
          );
          await start();
        },
      );
    }
  },
);

async function dropDatabases(prefix: string): Promise<void> {
  const db = knex({ client: 'pg', connection });
  try {
    const rows: Array<{ datname: string }> = await db('pg_database')
      .select('datname')
      .where('datname', 'like', `${prefix}%`);
    for (const { datname } of rows) {
      await db.raw('drop database ?? with (force)', [datname]);
    }
  } finally {
    await db.destroy();
  }
}
