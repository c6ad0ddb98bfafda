import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  allApplications,
  eventually,
  PATIENT_TIMES,
  untilState,
  watchOf,
  WIDGETS,
  Worlds,
  type WorldUnderFaults,
} from './harness';

const APPLICATIONS = { group: 'argoproj.io', resource: 'applications' };
const SECRETS = { group: 'external-secrets.io', resource: 'externalsecrets' };
const SECRETS_WATCH = 'external-secrets.io/v1/externalsecrets';

function definitionOf(kind: string) {
  const plural = `${kind.toLowerCase()}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${WIDGETS}` },
    spec: {
      group: WIDGETS,
      names: { kind, plural },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true }],
    },
  };
}

function keyOf(kind: string, name: string) {
  return { apiVersion: `${WIDGETS}/v1`, kind, namespace: 'default', name };
}

function widget(kind: string, name: string, spec: object = {}) {
  return {
    apiVersion: `${WIDGETS}/v1`,
    kind,
    metadata: { name, namespace: 'default' },
    spec,
  };
}

describe('a kind', { concurrency: true }, () => {
  let worlds: Worlds;

  before(async () => {
    worlds = await Worlds.start(
      [
        {
          name: 'crd',
          prepare({ faults, truth }) {
            truth.becomes('not-installed', APPLICATIONS);
            faults.hide(APPLICATIONS);
          },
        },
        { name: 'forbidden' },
        { name: 'unwatchable' },
        { name: 'widgets' },
      ],
      { features: ['./widgets'], gitops: { watch: PATIENT_TIMES } },
    );
  });

  after(() => worlds?.stop());

  const applicationsOf = async ({ name }: WorldUnderFaults) =>
    (await allApplications(worlds.backend)).filter(
      ({ ref }) => ref.cluster === name && ref.kind === 'Application',
    );

  /** Everything but the Applications. */
  const restOf = ({ flux, facts }: WorldUnderFaults) => ({
    scripts: [flux, facts],
  });

  it('is watched as soon as it is installed, and forgotten with its objects', async () => {
    const world = worlds.get('crd');
    const { argocd, faults, truth } = world;
    await untilState(worlds.backend, 'crd', 'not-installed');
    // The others, of the same engine too, are there.
    await worlds.inStep(restOf(world));
    await eventually(async () => {
      const { cluster } = await watchOf(worlds.backend, 'crd');
      assert.equal(cluster?.state, 'connected');
    });
    truth.becomes('seen', APPLICATIONS);
    faults.showAll();
    await worlds.inStep(world);
    argocd.deploy('app-0');
    world.stir();
    await worlds.untilWatched(world);

    argocd.presence.allGone();
    truth.becomes('not-installed', APPLICATIONS);
    const show = faults.hide(APPLICATIONS);
    faults.dropWatches();
    await untilState(worlds.backend, 'crd', 'not-installed');
    assert.deepEqual(await applicationsOf(world), []);
    argocd.deploy('app-1');
    world.stir();
    await worlds.inStep(restOf(world));
    truth.becomes('seen', APPLICATIONS);
    show();
    await worlds.inStep(world);
    await worlds.expectTruth(world);
  });

  it('that is forbidden is called so, and hides no other', async () => {
    const world = worlds.get('forbidden');
    const { argocd, faults, truth } = world;
    await worlds.untilWatched(world);

    truth.becomes('forbidden', APPLICATIONS);
    const allow = faults.forbid(APPLICATIONS);
    faults.dropWatches();
    const { message } = await untilState(
      worlds.backend,
      'forbidden',
      'forbidden',
    );
    assert.match(
      message ?? '',
      /cannot (list|watch).*grant it get, list and watch/,
    );
    const before = argocd.applications.length;
    argocd.deploy('app-0');
    argocd.delete('app-1');
    argocd.create('new');
    argocd.delete('new');
    world.stir();
    await worlds.inStep(restOf(world));
    const { cluster } = await watchOf(worlds.backend, 'forbidden');
    assert.equal(cluster?.state, 'forbidden');
    // What may not be seen is not taken for deleted.
    const stale = await applicationsOf(world);
    assert.equal(stale.length, before);
    assert.ok(stale.every(({ staleSince }) => staleSince));
    truth.becomes('seen', APPLICATIONS);
    allow();
    await worlds.inStep(world);
    await worlds.expectTruth(world);
  });

  it('that may be listed and not watched is not connected', async () => {
    const world = worlds.get('unwatchable');
    const { argocd, faults, flux, truth } = world;
    await worlds.untilWatched(world);

    truth.becomes('forbidden', APPLICATIONS);
    truth.becomes('forbidden', SECRETS);
    const allow = [APPLICATIONS, SECRETS].map(kind =>
      faults.forbid({ ...kind, verb: 'watch' }),
    );
    faults.dropWatches();
    await untilState(worlds.backend, 'unwatchable', 'forbidden');
    await untilState(worlds.backend, 'unwatchable', 'forbidden', SECRETS_WATCH);
    argocd.deploy('app-2');
    world.stir();
    await worlds.inStep({ scripts: [flux] });
    truth.becomes('seen', APPLICATIONS);
    truth.becomes('seen', SECRETS);
    allow.forEach(again => again());
    await untilState(worlds.backend, 'unwatchable', 'connected');
    await worlds.inStep(world);
    await worlds.expectTruth(world);
  });

  it('of a group that is watched as a whole is found as it comes and goes, and what of it cannot be read is said', async () => {
    const world = worlds.get('widgets');
    const { objects } = world.cluster;
    const names = async () =>
      (await allApplications(worlds.backend))
        .filter(({ ref }) => ref.apiVersion.startsWith(WIDGETS))
        .map(({ ref }) => `${ref.kind}/${ref.name}`)
        .sort();
    const watch = async (plural: string) =>
      (await watchOf(worlds.backend, 'widgets', `${WIDGETS}/v1/${plural}`))
        .watch;
    await eventually(async () =>
      assert.equal((await watch('*'))?.state, 'not-installed'),
    );
    objects.create(definitionOf('Gear'));
    objects.create(widget('Gear', 'one'));
    objects.create(widget('Gear', 'two', { broken: true }));
    await eventually(async () =>
      assert.equal((await watch('gears'))?.problems?.length, 1),
    );
    assert.deepEqual(await names(), ['Gear/one']);
    const [problem] = (await watch('gears'))?.problems ?? [];
    assert.equal(problem.object, 'default/two');
    assert.match(problem.message, /spec.broken is set/);

    objects.create(definitionOf('Lever'));
    objects.create(widget('Lever', 'three'));
    await eventually(async () =>
      assert.deepEqual(await names(), ['Gear/one', 'Lever/three']),
    );
    objects.patch(keyOf('Gear', 'two'), { spec: { broken: null } });
    await eventually(async () => {
      assert.deepEqual(await names(), ['Gear/one', 'Gear/two', 'Lever/three']);
      assert.equal((await watch('gears'))?.problems, undefined);
    });

    objects.delete({
      ...{ apiVersion: 'apiextensions.k8s.io/v1', name: `gears.${WIDGETS}` },
      kind: 'CustomResourceDefinition',
    });
    await eventually(async () => {
      assert.deepEqual(await names(), ['Lever/three']);
      assert.equal(await watch('gears'), undefined);
    });
    world.stir();
    await worlds.inStep(world);
    await worlds.expectTruth(world);
  });
});
