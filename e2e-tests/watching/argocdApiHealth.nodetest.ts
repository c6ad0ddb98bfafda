import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { ArgocdObserver } from '@fairway/plugin-gitops-backend-module-argocd/src/ArgocdObserver';
import type {
  ApplicationObservation,
  KubernetesObject,
} from '@fairway/plugin-gitops-node';
import { ArgocdWorld } from './argocd/ArgocdWorld';
import { Follower } from './argocd/Follower';
import { testConnection } from './argocd/testConnection';
import { eventually } from './harness/eventually';

const cleanups: Array<() => Promise<void>> = [];

async function start(): Promise<ArgocdWorld> {
  const world = await ArgocdWorld.start();
  cleanups.push(() => world.stop());
  world.namespace('orders');
  const deployment = {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
    ...{ namespace: 'orders', name: 'orders' },
  };
  const { apiVersion, kind, ...metadata } = deployment;
  world.cluster.create({
    ...{ apiVersion, kind, metadata },
    spec: { replicas: 1, selector: {}, template: {} },
  });
  world.cluster.patchStatus(deployment, {
    observedGeneration: 1,
    conditions: [
      {
        ...{ type: 'Progressing', status: 'False' },
        reason: 'ProgressDeadlineExceeded',
      },
    ],
  });
  world.cluster.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'orders' },
  });
  return world;
}

async function follow(world: ArgocdWorld, names: string[]): Promise<Follower> {
  const follower = new Follower(testConnection(world));
  cleanups.push(() => follower.stop());
  await eventually(() => assert.deepEqual(follower.names, names));
  return follower;
}

/** As Argo CD 3 writes it: with the objects, and without the health of each. */
function application(world: ArgocdWorld, name: string, health: string): void {
  const namespace = 'orders';
  world.application(name, {
    status: {
      health: { status: health },
      resourceHealthSource: 'appTree',
      conditions: [],
      resources: [
        { version: 'v1', kind: 'ConfigMap', namespace, name: 'settings' },
        {
          group: 'apps',
          ...{ version: 'v1', kind: 'Deployment', namespace, name: 'orders' },
        },
        {
          group: 'apps',
          ...{ version: 'v1', kind: 'Deployment', namespace, name: 'worker' },
        },
      ].map(resource => ({ ...resource, status: 'Synced' })),
    },
  });
}

function observe(object: KubernetesObject | undefined): ApplicationObservation {
  const [observation] = new ArgocdObserver().observe(object!, {
    cluster: 'production',
    now: new Date('2026-02-22T09:00:00Z'),
  });
  return observation as ApplicationObservation;
}

const treesOf = (world: ArgocdWorld) =>
  world.api.requests
    .map(({ url }) => url)
    .filter(url => url.includes('/resource-tree'));

const DEGRADED =
  'Deployment orders: Deployment "orders" exceeded its progress deadline';

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
});

describe('the health of objects that Argo CD keeps apart', () => {
  it('is asked for once for each version of an application that is not healthy', async () => {
    const world = await start();
    application(world, 'sick', 'Degraded');
    application(world, 'well', 'Healthy');
    const follower = await follow(world, ['argocd/sick', 'argocd/well']);
    const { healthMessage, resources } = observe(
      follower.objects.get('argocd/sick'),
    );
    assert.equal(healthMessage, DEGRADED);
    assert.deepEqual(
      resources.map(({ name, health }) => [name, health]),
      [
        ['settings', undefined],
        ['orders', 'degraded'],
        ['worker', 'missing'],
      ],
    );
    assert.deepEqual(treesOf(world), [
      '/api/v1/applications/sick/resource-tree?appNamespace=argocd&project=default',
    ]);

    // What is listed again in the same version is complete, too.
    const before = follower.lists;
    world.api.faults.dropStreams();
    await eventually(() => assert.ok(follower.lists > before));
    assert.equal(
      observe(follower.objects.get('argocd/sick')).healthMessage,
      DEGRADED,
    );
    // Of what changes, Argo CD itself tells the health of the objects.
    world.change('sick', { metadata: { labels: { changed: 'yes' } } });
    await eventually(() => {
      const object = follower.objects.get('argocd/sick');
      assert.equal(object?.metadata.labels?.changed, 'yes');
      assert.equal(observe(object).healthMessage, DEGRADED);
    });
    assert.equal(treesOf(world).length, 1);
  });

  it('is left out when it cannot be had, and keeps nothing else waiting', async () => {
    const world = await start();
    const names = Array.from({ length: 30 }, (_, index) => `app-${index}`);
    names.forEach(name => application(world, name, 'Progressing'));
    world.api.faults.silentTrees = true;
    const follower = await follow(
      world,
      names.map(name => `argocd/${name}`).sort(),
    );
    assert.equal(follower.state, 'connected');
    assert.match(
      observe(follower.objects.get('argocd/app-7')).healthMessage!,
      /which object is progressing/,
    );
    // Those that were on their way, and none after them.
    assert.ok(treesOf(world).length <= 4, `${treesOf(world).length} trees`);
  });
});
