import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  allDeployments,
  allApplications,
  atRate,
  PATIENT_TIMES,
  Worlds,
} from './harness';

const PER_SECOND = 200;
const SECONDS = 60;
const APPLICATIONS = 100;
/**
 * Something happens to what is no Application after so many changes. Flux keeps five entries of a
 * history, so that nobody who is late could know of more.
 */
const STIR_EVERY = 2_400;

describe('200 changes a second for a minute', () => {
  let worlds: Worlds;

  before(async () => {
    worlds = await Worlds.start(
      [{ name: 'busy', applications: APPLICATIONS }, { name: 'quiet' }],
      { gitops: { watch: PATIENT_TIMES } },
    );
  });

  after(() => worlds?.stop());

  it('are followed: nothing is missing or twice, and what is said meanwhile is true', async t => {
    const world = worlds.get('busy');
    const quiet = worlds.get('quiet');
    await worlds.inStep(world);
    await worlds.inStep(quiet);
    const deployedBefore = world.argocd.applications.flatMap(
      ({ revisions }) => revisions,
    ).length;

    const { count, seconds } = await atRate({
      perSecond: PER_SECOND,
      seconds: SECONDS,
      work: index => {
        world.argocd.change(index);
        if (index % STIR_EVERY === 0) {
          world.stir();
        }
      },
    });
    // The clock that paces them catches up: the rate is that over the time that really passed.
    assert.ok(count >= PER_SECOND * SECONDS);
    assert.ok(count >= PER_SECOND * seconds);
    t.diagnostic(`${count} changes in ${seconds.toFixed(1)} seconds`);

    await worlds.inStep(world);
    await worlds.inStep(quiet);
    // With all of them well, no failure may last.
    world.argocd.applications.forEach(({ name }) =>
      world.argocd.setHealth(name, 'Healthy'),
    );
    await worlds.inStep(world);
    const deployed = world.argocd.applications.flatMap(
      ({ revisions }) => revisions,
    ).length;
    assert.ok(deployed - deployedBefore >= count / 5 - APPLICATIONS);
    const applications = (await allApplications(worlds.backend)).filter(
      ({ ref }) => ref.cluster === 'busy' && ref.kind === 'Application',
    );
    const recorded = await allDeployments(worlds.backend, applications);
    assert.equal(recorded.length, deployed);
    await worlds.expectTruth(world);
    await worlds.expectTruth(quiet);
  });
});
