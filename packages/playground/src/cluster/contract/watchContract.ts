import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  ContractSubject,
  freshDeployments,
  deployment,
} from './contractSubject';
import { WatchLine } from './Door';

/** The part of the contract on WATCH. */
export function watchContract(subject: () => ContractSubject): void {
  it('sends every change after a resourceVersion, in order and at once', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    await door.create(all, deployment('before'));
    const { metadata } = await door.list(all);
    await door.create(all, deployment('a'));
    const watch = await door.watch(all, {
      resourceVersion: metadata.resourceVersion,
    });
    assert.deepEqual(await watch.take(1), ['ADDED a']);
    await door.patch(all, 'a', {
      type: 'merge',
      body: { spec: { replicas: 2 } },
    });
    const changed = await watch.next();
    assert.equal(changed?.type, 'MODIFIED');
    assert.equal(changed?.object.spec.replicas, 2);
    await door.delete(all, 'a');
    const deleted = await watch.next();
    watch.close();
    assert.equal(deleted?.type, 'DELETED');
    assert.ok(
      Number(deleted?.object.metadata.resourceVersion) >
        Number(changed?.object.metadata.resourceVersion),
    );
  });

  it('begins with what exists when no resourceVersion is given', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    await door.create(all, deployment('a'));
    await door.create(all, deployment('b'));
    const watch = await door.watch(all, {});
    assert.deepEqual(await watch.take(2), ['ADDED a', 'ADDED b']);
    await door.create(all, deployment('c'));
    assert.deepEqual(await watch.take(1), ['ADDED c']);
    watch.close();
  });

  it('reports what enters and leaves a selection as added and deleted', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    const { metadata } = await door.list(all);
    const watch = await door.watch(all, {
      resourceVersion: metadata.resourceVersion,
      labelSelector: 'team in (x)',
    });
    const label = (team: string) =>
      door.patch(all, 'a', {
        type: 'merge',
        body: { metadata: { labels: { team } } },
      });
    await door.create(all, deployment('a', { team: 'y' }));
    await label('x');
    await door.patch(all, 'a', {
      type: 'merge',
      body: { spec: { replicas: 3 } },
    });
    await label('z');
    await label('y');
    await door.create(all, deployment('b', { team: 'x' }));
    assert.deepEqual(await watch.take(4), [
      'ADDED a',
      'MODIFIED a',
      'DELETED a',
      'ADDED b',
    ]);
    watch.close();
  });

  it('sends bookmarks from which a watch can go on, and ends at its timeout', async () => {
    const { door, running } = subject();
    const all = freshDeployments(subject());
    const { metadata } = await door.list(all);
    // A change of another kind moves the version without a line in this watch.
    running.cluster.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'other', namespace: all.namespace },
    });
    const watch = await door.watch(all, {
      resourceVersion: metadata.resourceVersion,
      allowWatchBookmarks: true,
      timeoutSeconds: 1,
    });
    const bookmark = await watch.next();
    assert.equal(bookmark?.type, 'BOOKMARK');
    assert.equal(bookmark?.object.kind, 'Deployment');
    const { resourceVersion } = bookmark!.object.metadata;
    assert.ok(Number(resourceVersion) > Number(metadata.resourceVersion));
    for (
      let line: WatchLine | undefined = bookmark;
      line;
      line = await watch.next()
    ) {
      assert.equal(line.type, 'BOOKMARK');
    }
    running.compact();
    await door.create(all, deployment('a'));
    const next = await door.watch(all, { resourceVersion });
    assert.deepEqual(await next.take(1), ['ADDED a']);
    next.close();
  });

  it('sends a 410 Status and ends when the resourceVersion was compacted', async () => {
    const { door, running } = subject();
    const all = freshDeployments(subject());
    const { metadata } = await door.list(all);
    await door.create(all, deployment('a'));
    running.compact();
    const watch = await door.watch(all, {
      resourceVersion: metadata.resourceVersion,
    });
    const line = await watch.next();
    assert.equal(line?.type, 'ERROR');
    assert.equal(line?.object.kind, 'Status');
    assert.equal(line?.object.code, 410);
    assert.equal(line?.object.reason, 'Expired');
    assert.equal(await watch.next(), undefined);
  });
}
