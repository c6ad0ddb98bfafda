import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  eventually,
  SHORT_TIMES,
  TestBackend,
  TestCluster,
  untilStoreEquals,
  watchOf,
  Witness,
  WorldUnderFaults,
} from './harness';

const OBJECTS = 10_000;
const CHANGE_EVERY_MILLIS = 20;
/** So many take a busy machine their time. */
const PATIENCE = { withinSeconds: 600 };
/** A page of the fleet, as people look at it, and often enough for them. */
const LOOKS = { rows: 50, everyMillis: 1_000 };

describe('10,000 objects', () => {
  let cluster: TestCluster;
  let world: WorldUnderFaults;
  let backend: TestBackend;
  let witness: Witness;
  let directory: string;

  // What Argo CD does meanwhile.
  let changing: NodeJS.Timeout | undefined;
  let index = 0;
  const startChanges = () => {
    const { argocd } = world;
    changing = setInterval(() => {
      index += 1;
      if (index % 10 === 0) {
        argocd.create(`late-${index}`);
      } else if (index % 10 === 5) {
        argocd.delete(`app-${index * 7}`);
      } else {
        // All over the list: what was listed already, and what was not.
        argocd.change(index * 37);
      }
    }, CHANGE_EVERY_MILLIS);
  };
  const stopChanges = () => clearInterval(changing);

  const start = async () => {
    backend = await TestBackend.start({
      clusters: [cluster],
      components: [world.component],
      database: { client: 'better-sqlite3', connection: { directory } },
      // Broken connections are noticed by their silence alone.
      plainProxy: true,
      gitops: { watch: { ...SHORT_TIMES, answer: '30s', silence: '6s' } },
    });
    witness = new Witness(backend, [world], LOOKS);
    // What the one before said stands until this one begins.
    world.truth.changesHands();
  };
  const stop = async () => {
    await witness.stop();
    await backend.kill();
  };
  /** @param before - since when it was for who watched it before */
  const untilConnected = (before?: string) =>
    eventually(async () => {
      const { watch } = await watchOf(backend, cluster.name);
      assert.equal(watch?.state, 'connected');
      assert.notEqual(watch.since, before);
    }, PATIENCE);
  const untilInStep = () => untilStoreEquals(backend, world.scripts, PATIENCE);

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'fairway-watching-'));
    cluster = await TestCluster.start();
    // A service has a page; nobody has one with so many applications.
    world = new WorldUnderFaults(cluster, {
      applications: OBJECTS,
      unregistered: true,
    });
  });

  after(async () => {
    stopChanges();
    await witness?.stop();
    await backend?.kill();
    await cluster?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('are listed in pages while they change', async () => {
    startChanges();
    await start();
    await untilConnected();
    await eventually(async () => {
      const { cluster: status } = await watchOf(backend, cluster.name);
      assert.ok(status!.applications > OBJECTS / 2);
    });
    stopChanges();
    world.stir();
    await untilInStep();
    await witness.expectTruth(cluster.name);
  });

  it('are as they are after the backend was killed in the middle of changes', async () => {
    startChanges();
    const before = index;
    await eventually(() => assert.ok(index > before + 100));
    const { watch } = await watchOf(backend, cluster.name);
    await stop();
    world.stir();
    await start();
    // What was known before is there from the start, and said to be as old as it is.
    await untilConnected(watch?.since);
    stopChanges();
    await untilInStep();
    await witness.expectTruth(cluster.name);
  });

  it('are followed though the proxy swallows that connections broke', async () => {
    cluster.faults.dropWatches();
    world.argocd.deploy('app-1');
    world.argocd.delete('app-2');
    world.stir();
    await untilInStep();
    await witness.expectTruth(cluster.name);
  });
});
