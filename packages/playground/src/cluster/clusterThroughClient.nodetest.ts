import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, TestContext } from 'node:test';
import {
  CoreV1Api,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  V1ConfigMap,
} from '@kubernetes/client-node';
import { ClientDoor, kubeConfigFor } from './contract/ClientDoor';
import { clusterContract } from './contract/clusterContract';
import { deployment, refusal } from './contract/contractSubject';
import { createCluster } from './createCluster';
import { Status } from './StatusError';

const TOKEN = 'secret';
const DEPLOYMENTS = {
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  namespace: 'default',
};

const temporaryDirectory = () => mkdtemp(join(tmpdir(), 'playground-cluster-'));

clusterContract('Kubernetes API through the official client', async () => {
  const directory = await temporaryDirectory();
  const running = createCluster({ port: 0, directory, token: TOKEN });
  await running.start();
  return {
    running,
    door: new ClientDoor(kubeConfigFor(running.url, TOKEN)),
    async stop() {
      await running.stop();
      await rm(directory, { recursive: true });
    },
  };
});

/** A started cluster that ends with the test. */
async function startCluster(t: TestContext, directory?: string) {
  const home = directory ?? (await temporaryDirectory());
  const running = createCluster({ port: 0, directory: home, token: TOKEN });
  await running.start();
  t.after(async () => {
    await running.stop();
    await rm(home, { recursive: true, force: true });
  });
  const config = kubeConfigFor(running.url, TOKEN);
  return { running, config, door: new ClientDoor(config), directory: home };
}

describe('the official client against the cluster', { timeout: 60_000 }, () => {
  it('finds kinds by discovery, those of a new CustomResourceDefinition too', async t => {
    const { config } = await startCluster(t);
    const objects = KubernetesObjectApi.makeApiClient(config);
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        names: { plural: 'widgets', kind: 'Widget' },
        scope: 'Namespaced',
        versions: [{ name: 'v1', served: true, storage: true }],
      },
    };
    const widget = {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'a', namespace: 'default' },
      spec: { size: 1 },
    };
    await assert.rejects(objects.create(widget));
    await objects.create(definition);
    await objects.create(widget);
    const applied = await objects.patch(
      { ...widget, spec: { size: 2 } } as typeof widget,
      undefined,
      undefined,
      'engine',
      true,
      PatchStrategy.ServerSideApply,
    );
    assert.equal(applied.spec.size, 2);
    const list = await objects.list<typeof widget>(
      'example.com/v1',
      'Widget',
      'default',
    );
    assert.equal(list.items[0].spec.size, 2);
  });

  it('keeps an informer in step, through the loss of its watch', async t => {
    const { running, config } = await startCluster(t);
    const core = config.makeApiClient(CoreV1Api);
    const informer = makeInformer<V1ConfigMap>(
      config,
      '/api/v1/namespaces/default/configmaps',
      () => core.listNamespacedConfigMap({ namespace: 'default' }),
    );
    const seen: string[] = [];
    const waiting = new Map<string, () => void>();
    const on = (verb: 'add' | 'update' | 'delete') =>
      informer.on(verb, object => {
        const entry = `${verb} ${object.metadata?.name}`;
        seen.push(entry);
        waiting.get(entry)?.();
      });
    (['add', 'update', 'delete'] as const).forEach(on);
    const until = (entry: string) =>
      new Promise<void>(resolve => {
        if (seen.includes(entry)) {
          resolve();
        }
        waiting.set(entry, resolve);
      });
    let failed: () => void = () => {};
    const failure = new Promise<void>(resolve => {
      failed = resolve;
    });
    informer.on('error', () => failed());
    const configMap = (name: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'default' },
    });

    running.cluster.create(configMap('a'));
    await informer.start();
    await until('add a');
    await core.patchNamespacedConfigMap({
      name: 'a',
      namespace: 'default',
      body: [{ op: 'add', path: '/data', value: { x: 'y' } }],
    });
    await until('update a');
    running.faults.dropWatches();
    await failure;
    running.cluster.create(configMap('b'));
    running.cluster.delete({ ...configMap('a'), ...configMap('a').metadata });
    await informer.start();
    await until('add b');
    await until('delete a');
    await informer.stop();
  });

  it('loses a watch in the middle of a line when a fault says so', async t => {
    const { running, door } = await startCluster(t);
    const watch = await door.watch(DEPLOYMENTS, {});
    running.faults.cutWatchesMidEvent();
    await door.create(DEPLOYMENTS, deployment('a'));
    assert.equal(await watch.next(), undefined);
    const again = await door.watch(DEPLOYMENTS, {});
    assert.deepEqual(await again.take(1), ['ADDED a']);
    again.close();
  });

  it('refuses a request without the token', async t => {
    const { running } = await startCluster(t);
    const url = `${running.url}/api/v1/pods`;
    const wrong = { authorization: 'Bearer wrong' };
    for (const response of [
      await fetch(url),
      await fetch(url, { headers: wrong }),
    ]) {
      assert.equal(response.status, 401);
      const status = (await response.json()) as Status;
      assert.equal(status.kind, 'Status');
      assert.equal(status.reason, 'Unauthorized');
    }
    assert.equal((await fetch(`${running.url}/readyz`)).status, 200);
  });

  it('goes on after a restart, with versions that were never given out', async t => {
    const first = await startCluster(t);
    const { door, running } = first;
    const created = await door.create(DEPLOYMENTS, deployment('a'));
    const { metadata } = await door.list(DEPLOYMENTS);
    await door.patch(DEPLOYMENTS, 'a', {
      type: 'apply',
      fieldManager: 'engine',
      force: true,
      body: deployment('a', { team: 'x' }),
    });
    const before = await door.get(DEPLOYMENTS, 'a');
    await running.stop();

    const second = await startCluster(t, first.directory);
    assert.deepEqual(await second.door.get(DEPLOYMENTS, 'a'), before);
    const watch = await second.door.watch(DEPLOYMENTS, {
      resourceVersion: metadata.resourceVersion,
    });
    const line = await watch.next();
    assert.equal(line?.object.code, 410);
    const changed = await second.door.patch(DEPLOYMENTS, 'a', {
      type: 'apply',
      fieldManager: 'engine',
      force: true,
      body: deployment('a'),
    });
    assert.equal(changed.metadata.labels?.team, undefined);
    assert.equal(changed.metadata.uid, created.metadata.uid);
    assert.ok(
      Number(changed.metadata.resourceVersion) >
        Number(before.metadata.resourceVersion),
    );
  });

  it('empties a namespace that is deleted', async t => {
    const { running, config, door } = await startCluster(t);
    const core = config.makeApiClient(CoreV1Api);
    await core.createNamespace({ body: { metadata: { name: 'team' } } });
    const held = deployment('a');
    held.metadata.finalizers = ['fairway.dev/hold'];
    const all = { ...DEPLOYMENTS, namespace: 'team' };
    await door.create(all, held);
    const watch = await door.watch(all, {});
    assert.deepEqual(await watch.take(1), ['ADDED a']);
    const gone = new Promise<void>(resolve => {
      running.cluster.watch({ apiVersion: 'v1', kind: 'Namespace' }, event => {
        if (event.type === 'DELETED' && event.object.metadata.name === 'team') {
          resolve();
        }
      });
    });
    await core.deleteNamespace({ name: 'team' });
    assert.deepEqual(await watch.take(1), ['MODIFIED a']);
    const refused = await refusal(door.create(all, deployment('b')));
    assert.equal(refused.code, 403);
    await door.patch(all, 'a', {
      type: 'merge',
      body: { metadata: { finalizers: [] } },
    });
    await gone;
    watch.close();
    await assert.rejects(core.readNamespace({ name: 'team' }));
  });
});
