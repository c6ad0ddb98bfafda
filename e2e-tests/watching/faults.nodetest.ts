import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  allApplications,
  ArgocdScript,
  eventually,
  expectStoreEquals,
  FlakyPort,
  TestBackend,
  TestCluster,
  untilStoreEquals,
  watchOf,
  WIDGETS,
} from './harness';

const APPLICATIONS = { group: 'argoproj.io', resource: 'applications' };
const PROJECTS = 'argoproj.io/v1alpha1/appprojects';
const SECONDS_TO_NOTICE = 60;

/** Waits until the watch of the applications is said to be in a state. */
function untilState(
  backend: TestBackend,
  cluster: string,
  state: string,
  withinSeconds = SECONDS_TO_NOTICE,
) {
  return eventually(
    async () => {
      const { watch } = await watchOf(backend, cluster);
      assert.equal(watch?.state, state);
      return watch!;
    },
    { withinSeconds },
  );
}

/** Every application of the cluster is there still, and said to be as old as it is. */
async function expectStale(backend: TestBackend, script: ArgocdScript) {
  const { watch } = await watchOf(backend, script.cluster.name);
  const stored = (await allApplications(backend)).filter(
    ({ ref }) => ref.cluster === script.cluster.name,
  );
  assert.deepEqual(
    stored.map(({ ref }) => ref.name).sort(),
    script.applications.map(({ name }) => name).sort(),
  );
  for (const { ref, staleSince } of stored) {
    assert.ok(staleSince, `${ref.name} is said to be true now`);
    assert.equal(staleSince, watch?.lastSeenAt);
  }
}

function scriptOf(cluster: TestCluster, applications: number): ArgocdScript {
  const script = new ArgocdScript(cluster);
  for (let index = 0; index < applications; index += 1) {
    script.create(`app-${index}`);
  }
  return script;
}

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

describe('the watcher under faults', () => {
  const clusters = new Map<string, TestCluster>();
  const scripts = new Map<string, ArgocdScript>();
  let port: FlakyPort;
  let backend: TestBackend;
  const script = (name: string) => scripts.get(name)!;

  before(async () => {
    for (const name of [
      ...['drops', 'crd', 'forbidden', 'gone', 'silent', 'skew', 'burst'],
      ...['unreadable', 'widgets'],
    ]) {
      const cluster = await TestCluster.start({
        name,
        clockSkewSeconds: name === 'skew' ? 300 : 0,
      });
      clusters.set(name, cluster);
      scripts.set(name, scriptOf(cluster, name === 'burst' ? 100 : 10));
    }
    clusters.get('crd')!.faults.hide(APPLICATIONS);
    port = new FlakyPort(clusters.get('gone')!.url);
    await port.reserve();
    backend = await TestBackend.start({
      clusters: [...clusters.values()].map(({ name, url, token }) => ({
        ...{ name, token },
        url: name === 'gone' ? port.url : url,
      })),
      features: ['./widgets'],
    });
  });

  after(async () => {
    await backend?.kill();
    await port?.shut();
    await Promise.all([...clusters.values()].map(cluster => cluster.stop()));
  });

  // Each has a cluster of its own, and they wait for the most part.
  describe('of one kind', { concurrency: true }, () => {
    it('misses nothing when connections drop, also in mid-event and after 410', async () => {
      const argocd = script('drops');
      const { cluster } = argocd;
      await untilStoreEquals(backend, [argocd]);

      cluster.faults.cutWatchesMidEvent();
      argocd.deploy('app-0');
      argocd.fallBehind('app-1');
      await untilStoreEquals(backend, [argocd], { withinSeconds: 30 });

      // While no watch is open: changed, made, deleted; and the server forgets all that.
      cluster.faults.dropWatches();
      argocd.deploy('app-2');
      argocd.deploy('app-2');
      argocd.setHealth('app-3', 'Degraded');
      argocd.create('late');
      argocd.delete('app-4');
      cluster.compact();
      await untilStoreEquals(backend, [argocd], { withinSeconds: 30 });

      cluster.faults.writeToWatches('{"type":"MODIFIED","object":{"kind":"App');
      argocd.deploy('app-5');
      await untilStoreEquals(backend, [argocd], { withinSeconds: 30 });
      // A name that is used again is another application, and its history goes on.
      argocd.deploy('late');
      await untilStoreEquals(backend, [argocd]);
      assert.equal(
        (await untilState(backend, 'drops', 'connected')).message,
        undefined,
      );
      // Watches that were given up are closed at the cluster, too.
      await eventually(async () => {
        const { cluster: status } = await watchOf(backend, 'drops');
        const watched = status!.resources.filter(
          ({ resource, state }) =>
            state === 'connected' && !resource.endsWith('/*'),
        );
        assert.ok(cluster.faults.openWatches <= watched.length);
      });
    });

    it('watches a kind as soon as it is installed, and forgets it with its objects', async () => {
      const argocd = script('crd');
      const { faults } = argocd.cluster;
      await untilState(backend, 'crd', 'not-installed');
      // The others of the engine are there.
      await eventually(async () => {
        const { cluster } = await watchOf(backend, 'crd', PROJECTS);
        assert.equal(cluster?.state, 'connected');
      });
      faults.showAll();
      await untilStoreEquals(backend, [argocd]);
      argocd.deploy('app-0');
      await untilStoreEquals(backend, [argocd]);

      const show = faults.hide(APPLICATIONS);
      faults.dropWatches();
      await untilState(backend, 'crd', 'not-installed');
      const left = await allApplications(backend);
      assert.deepEqual(
        left.filter(({ ref }) => ref.cluster === 'crd'),
        [],
      );
      argocd.deploy('app-1');
      show();
      await untilStoreEquals(backend, [argocd]);
    });

    it('says which kind is forbidden, and hides no other', async () => {
      const argocd = script('forbidden');
      const { faults } = argocd.cluster;
      await untilStoreEquals(backend, [argocd]);

      const allow = faults.forbid(APPLICATIONS);
      faults.dropWatches();
      const { message } = await untilState(backend, 'forbidden', 'forbidden');
      assert.match(
        message ?? '',
        /cannot (list|watch).*grant it get, list and watch/,
      );
      argocd.deploy('app-0');
      argocd.delete('app-1');
      argocd.create('new');
      argocd.delete('new');
      const projects = await watchOf(backend, 'forbidden', PROJECTS);
      await eventually(async () => {
        const { watch } = await watchOf(backend, 'forbidden', PROJECTS);
        assert.equal(watch?.state, 'connected');
      });
      assert.equal(projects.cluster?.state, 'forbidden');
      const stale = (await allApplications(backend)).filter(
        ({ ref }) => ref.cluster === 'forbidden',
      );
      // What may not be seen is not taken for deleted.
      assert.equal(stale.length, 10);
      assert.ok(stale.every(({ staleSince }) => staleSince));
      allow();
      await untilStoreEquals(backend, [argocd]);

      // To list and not to watch is no connection.
      const allowWatch = faults.forbid({ ...APPLICATIONS, verb: 'watch' });
      faults.dropWatches();
      await untilState(backend, 'forbidden', 'forbidden');
      argocd.deploy('app-2');
      allowWatch();
      await untilState(backend, 'forbidden', 'connected');
      await untilStoreEquals(backend, [argocd]);
    });

    it('knows a cluster that is not there at start, comes, goes and comes back', async () => {
      const argocd = script('gone');
      const { message } = await untilState(backend, 'gone', 'unreachable');
      assert.ok(message);
      argocd.deploy('app-0');
      await port.open();
      await untilStoreEquals(backend, [argocd]);

      await port.shut();
      await untilState(backend, 'gone', 'unreachable');
      const since = (await watchOf(backend, 'gone')).cluster?.since;
      await expectStale(backend, argocd);
      for (let round = 0; round < 3; round += 1) {
        argocd.deploy('app-1');
        argocd.setHealth('app-2', round % 2 ? 'Degraded' : 'Progressing');
        await pause(500);
      }
      argocd.delete('app-3');
      argocd.cluster.compact();
      // It says since when, not since the last attempt.
      assert.equal((await watchOf(backend, 'gone')).cluster?.since, since);
      await port.open();
      await untilStoreEquals(backend, [argocd]);
      await eventually(async () => {
        const { cluster } = await watchOf(backend, 'gone');
        assert.equal(cluster?.state, 'connected');
      });
    });

    it('notices a server that accepts and never answers', async () => {
      const argocd = script('silent');
      const { faults } = argocd.cluster;
      await untilStoreEquals(backend, [argocd]);
      faults.silent = true;
      argocd.deploy('app-0');
      argocd.delete('app-1');
      const { message } = await untilState(backend, 'silent', 'unreachable');
      assert.match(message ?? '', /does not answer|did not answer/);
      // The deletion was not seen.
      const stored = await allApplications(backend);
      const those = stored.filter(({ ref }) => ref.cluster === 'silent');
      assert.equal(those.length, 10);
      assert.ok(those.every(({ staleSince }) => staleSince));
      argocd.deploy('app-2');
      faults.silent = false;
      await untilStoreEquals(backend, [argocd]);
    });

    it('says how far a clock is off', async () => {
      const argocd = script('skew');
      await untilStoreEquals(backend, [argocd]);
      argocd.deploy('app-0');
      await untilStoreEquals(backend, [argocd]);
      await eventually(async () => {
        const { cluster } = await watchOf(backend, 'skew');
        const skew = cluster?.clockSkewSeconds ?? 0;
        assert.ok(Math.abs(skew - 300) <= 5, `${skew} seconds`);
      });
      const { cluster } = await watchOf(backend, 'drops');
      assert.equal(cluster?.clockSkewSeconds, undefined);
    });

    it('goes on with the rest when an object makes no sense at all', async () => {
      const argocd = script('unreadable');
      const { faults } = argocd.cluster;
      await untilStoreEquals(backend, [argocd]);
      const repair = faults.mangle(
        { ...APPLICATIONS, name: 'app-0' },
        () => '{"metadata":null}',
      );
      argocd.setHealth('app-0', 'Degraded');
      argocd.deploy('app-1');
      await eventually(async () => {
        const { watch } = await watchOf(backend, 'unreadable');
        assert.match(
          watch?.problems?.[0]?.message ?? '',
          /without metadata.name/,
        );
      });
      // What was known of it stays, and the others are as they are.
      await eventually(async () => {
        const stored = (await allApplications(backend)).filter(
          ({ ref }) => ref.cluster === 'unreadable',
        );
        assert.equal(stored.length, 10);
        const [broken, deployed] = ['app-0', 'app-1'].map(name =>
          stored.find(({ ref }) => ref.name === name),
        );
        assert.equal(broken?.health, 'healthy');
        assert.equal(
          deployed?.revision,
          argocd.applications.find(({ name }) => name === 'app-1')
            ?.revisions[1],
        );
      });
      repair();
      faults.dropWatches();
      await untilStoreEquals(backend, [argocd]);
      await eventually(async () => {
        const { watch } = await watchOf(backend, 'unreadable');
        assert.equal(watch?.problems, undefined);
      });
    });

    it('finds the kinds of a group as they come and go, and says what it cannot read', async () => {
      const { objects } = script('widgets').cluster;
      const names = async () =>
        (await allApplications(backend))
          .filter(({ ref }) => ref.cluster === 'widgets')
          .filter(({ ref }) => ref.kind !== 'Application')
          .map(({ ref }) => `${ref.kind}/${ref.name}`)
          .sort();
      const watch = async (plural: string) =>
        (await watchOf(backend, 'widgets', `${WIDGETS}/v1/${plural}`)).watch;
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
        assert.deepEqual(await names(), [
          'Gear/one',
          'Gear/two',
          'Lever/three',
        ]);
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
    });
  });

  it('keeps up with 200 changes a second', async () => {
    const argocd = script('burst');
    await untilStoreEquals(backend, [argocd], { withinSeconds: 60 });
    let index = 0;
    for (let tick = 0; tick < 150; tick += 1) {
      for (let change = 0; change < 20; change += 1) {
        argocd.change(index);
        index += 1;
      }
      await pause(100);
    }
    await untilStoreEquals(backend, [argocd], { withinSeconds: 30 });
    const { watch } = await watchOf(backend, 'burst');
    assert.equal(watch?.state, 'connected');
    await expectStoreEquals(backend, argocd);
  });
});
