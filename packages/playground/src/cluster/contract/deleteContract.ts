import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  ContractSubject,
  freshDeployments,
  deployment,
  refusal,
} from './contractSubject';

/** The part of the contract on DELETE. */
export function deleteContract(subject: () => ContractSubject): void {
  it('waits for finalizers', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    const held = deployment('a');
    held.metadata.finalizers = ['fairway.dev/hold'];
    await door.create(all, held);
    const { metadata } = await door.list(all);
    const watch = await door.watch(all, {
      resourceVersion: metadata.resourceVersion,
    });
    await door.delete(all, 'a');
    const deleting = await door.get(all, 'a');
    assert.ok(deleting.metadata.deletionTimestamp);
    const added = await refusal(
      door.patch(all, 'a', {
        type: 'merge',
        body: { metadata: { finalizers: ['fairway.dev/hold', 'x.dev/new'] } },
      }),
    );
    assert.equal(added.code, 422);
    await door.patch(all, 'a', {
      type: 'merge',
      body: { metadata: { finalizers: null } },
    });
    assert.deepEqual(await watch.take(2), ['MODIFIED a', 'DELETED a']);
    watch.close();
    assert.equal((await refusal(door.get(all, 'a'))).code, 404);
    assert.equal((await refusal(door.delete(all, 'a'))).code, 404);
  });

  it('collects what the deleted object owned', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    const owner = await door.create(all, deployment('a'));
    const replicaSets = { ...all, plural: 'replicasets' };
    await door.create(replicaSets, {
      ...deployment('a-1'),
      kind: 'ReplicaSet',
      metadata: {
        name: 'a-1',
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            name: 'a',
            uid: owner.metadata.uid!,
          },
        ],
      },
    });
    const watch = await door.watch(replicaSets, {});
    assert.deepEqual(await watch.take(1), ['ADDED a-1']);
    await door.delete(all, 'a');
    assert.deepEqual(await watch.take(1), ['DELETED a-1']);
    watch.close();
  });
}
