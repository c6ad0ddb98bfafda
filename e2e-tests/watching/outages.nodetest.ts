import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  allApplications,
  eventually,
  FlakyPort,
  untilState,
  watchOf,
  Worlds,
  type WorldUnderFaults,
} from './harness';

const FIVE_MINUTES = 300;
/** Times that are written down are in whole seconds, and a machine may be busy. */
const SKEW_TOLERANCE = 5;

describe('a watched cluster', { concurrency: true }, () => {
  let worlds: Worlds;
  let port: FlakyPort;

  before(async () => {
    worlds = await Worlds.start([
      {
        name: 'gone',
        async reachedAt({ url }) {
          port = new FlakyPort(url);
          await port.reserve();
          return port.url;
        },
        prepare: ({ truth }) => truth.becomes('unreachable'),
      },
      { name: 'silent' },
      {
        name: 'mute',
        prepare({ faults, truth }) {
          truth.becomes('unreachable');
          faults.silent = true;
        },
      },
      { name: 'misdirected' },
      { name: 'ahead', clockSkewSeconds: FIVE_MINUTES },
      { name: 'behind', clockSkewSeconds: -FIVE_MINUTES },
    ]);
  });

  after(async () => {
    await worlds?.stop();
    await port?.shut();
  });

  /** What was known stays, with the time until which it was true. */
  async function expectStale({ name, scripts }: WorldUnderFaults) {
    const { watch } = await watchOf(worlds.backend, name);
    const stored = (await allApplications(worlds.backend)).filter(
      ({ ref }) => ref.cluster === name,
    );
    assert.deepEqual(
      new Set(stored.map(one => one.ref.name)),
      new Set(scripts.flatMap(one => one.applications.map(app => app.name))),
    );
    for (const { ref, staleSince } of stored) {
      assert.ok(staleSince, `${ref.name} is said to be true now`);
      if (ref.kind === 'Application') {
        assert.equal(staleSince, watch?.lastSeenAt);
      }
    }
  }

  it('is known when it is not there at start, comes, goes and comes back', async () => {
    const world = worlds.get('gone');
    const { argocd, truth } = world;
    const { message } = await untilState(worlds.backend, 'gone', 'unreachable');
    assert.ok(message);
    argocd.deploy('app-0');
    truth.becomes('seen');
    await port.open();
    await worlds.untilWatched(world);

    truth.becomes('unreachable');
    await port.shut();
    await untilState(worlds.backend, 'gone', 'unreachable');
    await eventually(() => expectStale(world));
    const { since } = (await watchOf(worlds.backend, 'gone')).cluster!;
    let attempts = 0;
    await eventually(() => {
      // One for each of some attempts to reach it.
      attempts += 1;
      argocd.deploy('app-1');
      argocd.setHealth('app-2', attempts % 2 ? 'Degraded' : 'Progressing');
      assert.ok(attempts >= 3);
    });
    argocd.delete('app-3');
    world.stir();
    world.cluster.compact();
    // It says since when, not since the last attempt.
    assert.equal((await watchOf(worlds.backend, 'gone')).cluster?.since, since);
    truth.becomes('seen');
    await port.open();
    await worlds.inStep(world);
    await eventually(async () => {
      const { cluster } = await watchOf(worlds.backend, 'gone');
      assert.equal(cluster?.state, 'connected');
    });
    await worlds.expectTruth(world);
  });

  for (const when of ['suddenly', 'from the start']) {
    it(`is noticed when it accepts and never answers, ${when}`, async () => {
      const world = worlds.get(when === 'suddenly' ? 'silent' : 'mute');
      const { argocd, faults, name, truth } = world;
      if (when === 'suddenly') {
        await worlds.untilWatched(world);
        truth.becomes('unreachable');
        faults.silent = true;
      }
      argocd.deploy('app-0');
      const before = argocd.applications.length;
      argocd.delete('app-1');
      if (when === 'suddenly') {
        world.stir();
      }
      const { message } = await untilState(worlds.backend, name, 'unreachable');
      assert.match(message ?? '', /does not answer|did not answer/);
      if (when === 'suddenly') {
        // The deletion was not seen.
        await eventually(async () => {
          const stored = (await allApplications(worlds.backend)).filter(
            ({ ref }) => ref.cluster === name && ref.kind === 'Application',
          );
          assert.equal(stored.length, before);
          assert.ok(stored.every(({ staleSince }) => staleSince));
        });
      }
      argocd.deploy('app-2');
      truth.becomes('seen');
      faults.silent = false;
      await worlds.inStep(world);
      world.stir();
      await worlds.inStep(world);
      await worlds.expectTruth(world);
    });
  }

  it('is unreachable, with all its kinds, when something before it answers 404', async () => {
    const world = worlds.get('misdirected');
    const { argocd, faults, name, truth } = world;
    await worlds.untilWatched(world);
    truth.becomes('unreachable');
    faults.misdirected = true;
    faults.dropWatches();
    const { message } = await untilState(worlds.backend, name, 'unreachable');
    assert.match(message ?? '', /answers 404/);
    await eventually(() => expectStale(world));
    argocd.deploy('app-0');
    argocd.delete('app-1');
    world.stir();
    truth.becomes('seen');
    faults.misdirected = false;
    await worlds.inStep(world);
    await worlds.expectTruth(world);
  });

  for (const [name, skew] of [
    ['ahead', FIVE_MINUTES],
    ['behind', -FIVE_MINUTES],
  ] as const) {
    it(`is recorded as it is when its clock is five minutes ${name}, and that is said`, async () => {
      const world = worlds.get(name);
      const { argocd } = world;
      await worlds.inStep(world);
      argocd.deploy('app-0');
      argocd.deploy('app-1');
      argocd.setHealth('app-1', 'Degraded');
      world.stir();
      await worlds.inStep(world);
      argocd.setHealth('app-1', 'Healthy');
      world.stir();
      await worlds.inStep(world);
      await eventually(async () => {
        const { cluster } = await watchOf(worlds.backend, name);
        const said = cluster?.clockSkewSeconds ?? 0;
        assert.ok(Math.abs(said - skew) <= SKEW_TOLERANCE, `${said} seconds`);
      });
      const { cluster } = await watchOf(worlds.backend, 'silent');
      assert.equal(cluster?.clockSkewSeconds, undefined);
      await worlds.expectTruth(world);
    });
  }
});
