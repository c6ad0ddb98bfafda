import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  allApplications,
  eventually,
  PATIENT_TIMES,
  untilState,
  watchOf,
  Worlds,
  type WorldUnderFaults,
} from './harness';

const APPLICATIONS = { group: 'argoproj.io', resource: 'applications' };
/** Two pages of the larger size that is asked for after a list has failed. */
const LONG = 450;
/** Two pages of the usual size. */
const LONGER_THAN_A_PAGE = 150;

/**
 * In the middle of so many lists of applications: what was listed already goes and changes, what
 * was not comes, and the server forgets the version of the list, so that the next page is
 * answered with 410.
 *
 * @returns how many lists that happened to
 */
function spoilLists(
  { argocd, cluster, faults }: WorldUnderFaults,
  lists: number,
): () => number {
  let spoiled = 0;
  faults.beforePage = ({ resource, continued }) => {
    const isOurs = resource.plural === APPLICATIONS.resource && continued;
    if (isOurs && spoiled < lists) {
      spoiled += 1;
      const [gone, changed] = argocd.applications;
      argocd.delete(gone.name);
      argocd.deploy(changed.name);
      argocd.create(`late-${argocd.applications.length}-${spoiled}`);
      cluster.compact();
    }
  };
  return () => spoiled;
}

describe('a watch', { concurrency: true }, () => {
  let worlds: Worlds;
  let spoiledAtFirst: () => number;

  before(async () => {
    worlds = await Worlds.start(
      [
        { name: 'drops' },
        { name: 'unreadable' },
        { name: 'paged', applications: LONGER_THAN_A_PAGE },
        {
          name: 'long',
          applications: LONG,
          prepare: world => {
            spoiledAtFirst = spoilLists(world, 2);
          },
        },
      ],
      { gitops: { watch: PATIENT_TIMES } },
    );
  });

  after(() => worlds?.stop());

  it('misses nothing when connections drop, also in mid-event and after 410', async () => {
    const world = worlds.get('drops');
    const { argocd, cluster, faults } = world;
    await worlds.untilWatched(world);

    faults.cutWatchesMidEvent();
    argocd.deploy('app-0');
    argocd.fallBehind('app-1');
    world.stir();
    await worlds.untilWatched(world);

    // While no watch is open: changed, made, deleted; and the server forgets all that.
    faults.dropWatches();
    argocd.deploy('app-2');
    argocd.deploy('app-2');
    argocd.setHealth('app-3', 'Degraded');
    argocd.create('late');
    argocd.delete('app-4');
    world.stir();
    cluster.compact();
    await worlds.untilWatched(world);

    faults.writeToWatches('{"type":"MODIFIED","object":{"kind":"App');
    argocd.deploy('app-5');
    argocd.setHealth('app-3', 'Healthy');
    await worlds.inStep(world);
    argocd.deploy('late');
    world.stir();
    await worlds.inStep(world);
    assert.equal(
      (await untilState(worlds.backend, 'drops', 'connected')).message,
      undefined,
    );
    // Watches that were given up are closed at the cluster, too.
    await worlds.untilWatched(world);
    await worlds.expectTruth(world);
  });

  it('begins with a whole list, though versions are forgotten in the middle of one', async () => {
    const world = worlds.get('long');
    await worlds.inStep(world);
    assert.equal(spoiledAtFirst(), 2);
    await worlds.expectTruth(world);
  });

  it('is followed by a whole list, though its version is forgotten in the middle', async () => {
    const world = worlds.get('paged');
    const { argocd, cluster, faults } = world;
    await worlds.untilWatched(world);
    const spoiled = spoilLists(world, 1);
    faults.dropWatches();
    argocd.delete('app-30');
    argocd.deploy('app-31');
    cluster.compact();
    await worlds.inStep(world);
    assert.equal(spoiled(), 1);
    await worlds.expectTruth(world);
  });

  it('goes on with the rest when an object makes no sense at all', async () => {
    const world = worlds.get('unreadable');
    const { argocd, faults, flux, facts, name } = world;
    await worlds.untilWatched(world);
    const repair = faults.mangle(
      { ...APPLICATIONS, name: 'app-0' },
      () => '{"metadata":null}',
    );
    argocd.setHealth('app-0', 'Degraded');
    argocd.deploy('app-1');
    world.stir();
    await eventually(async () => {
      const { watch } = await watchOf(worlds.backend, name);
      assert.match(
        watch?.problems?.[0]?.message ?? '',
        /without metadata.name/,
      );
    });
    // What was known of it stays, and the others are as they are.
    await eventually(async () => {
      const stored = (await allApplications(worlds.backend)).filter(
        ({ ref }) => ref.cluster === name && ref.kind === 'Application',
      );
      assert.equal(stored.length, 10);
      const [broken, deployed] = ['app-0', 'app-1'].map(app =>
        stored.find(({ ref }) => ref.name === app),
      );
      assert.equal(broken?.health, 'healthy');
      assert.equal(
        deployed?.revision,
        argocd.applications.find(app => app.name === 'app-1')?.revisions[1],
      );
    });
    await worlds.inStep({ scripts: [flux, facts] });
    repair();
    faults.dropWatches();
    await worlds.inStep(world);
    await eventually(async () => {
      const { watch } = await watchOf(worlds.backend, name);
      assert.equal(watch?.problems, undefined);
    });
    await worlds.expectTruth(world);
  });
});
