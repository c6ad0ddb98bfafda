import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  ContractSubject,
  freshDeployments,
  deployment,
  refusal,
  names,
} from './contractSubject';

/** The part of the contract on GET and LIST. */
export function listContract(subject: () => ContractSubject): void {
  it('pages through one consistent state with limit and continue', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await door.create(all, deployment(name));
    }
    const first = await door.list(all, { limit: 2 });
    assert.deepEqual(names(first.items), ['a', 'b']);
    await door.delete(all, 'd');
    await door.create(all, deployment('bb'));
    const second = await door.list(all, {
      limit: 2,
      continue: first.metadata.continue,
    });
    const third = await door.list(all, {
      limit: 2,
      continue: second.metadata.continue,
    });
    assert.deepEqual(names(second.items), ['c', 'd']);
    assert.deepEqual(names(third.items), ['e']);
    assert.equal(third.metadata.continue, undefined);
    assert.equal(
      third.metadata.resourceVersion,
      first.metadata.resourceVersion,
    );
    const now = await door.list(all);
    assert.deepEqual(names(now.items), ['a', 'b', 'bb', 'c', 'e']);
  });

  it('answers 410 for a page of a state that was compacted, and offers to go on', async () => {
    const { door, running } = subject();
    const all = freshDeployments(subject());
    for (const name of ['a', 'b', 'c']) {
      await door.create(all, deployment(name));
    }
    const first = await door.list(all, { limit: 1 });
    await door.create(all, deployment('d'));
    running.compact();
    const gone = await refusal(
      door.list(all, { limit: 1, continue: first.metadata.continue }),
    );
    assert.equal(gone.code, 410);
    assert.equal(gone.status.reason, 'Expired');
    const rest = await door.list(all, {
      continue: gone.status.metadata.continue,
    });
    assert.deepEqual(names(rest.items), ['b', 'c', 'd']);
  });

  it('selects by labels and fields', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    await door.create(all, deployment('a', { tier: 'web', team: 'x' }));
    await door.create(all, deployment('b', { tier: 'db', team: 'x' }));
    await door.create(all, deployment('c', { team: 'y' }));
    const selected = async (labelSelector: string) =>
      names((await door.list(all, { labelSelector })).items);
    assert.deepEqual(await selected('team=x'), ['a', 'b']);
    assert.deepEqual(await selected('team==x,tier!=db'), ['a']);
    assert.deepEqual(await selected('tier notin (web)'), ['b', 'c']);
    assert.deepEqual(await selected('tier in (web, db),team'), ['a', 'b']);
    assert.deepEqual(await selected('!tier'), ['c']);
    const one = await door.list(all, { fieldSelector: 'metadata.name=b' });
    assert.deepEqual(names(one.items), ['b']);
    const wrong = await refusal(door.list(all, { labelSelector: 'a in b' }));
    assert.equal(wrong.code, 400);
    const unknown = await refusal(
      door.list(all, { fieldSelector: 'spec.replicas=1' }),
    );
    assert.equal(unknown.code, 400);
  });

  it('answers 404 for an object and for a kind that do not exist', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    const missing = await refusal(door.get(all, 'nobody'));
    assert.equal(missing.code, 404);
    assert.equal(missing.status.reason, 'NotFound');
    assert.deepEqual(missing.status.details, {
      name: 'nobody',
      group: 'apps',
      kind: 'deployments',
    });
    const kind = await refusal(door.list({ ...all, plural: 'nothings' }));
    assert.equal(kind.code, 404);
  });

  it('answers 403 where a fault forbids it, and works again after', async () => {
    const { door, running } = subject();
    const all = freshDeployments(subject());
    const allow = running.faults.forbid({
      verb: 'list',
      resource: 'deployments',
      namespace: all.namespace,
    });
    const denied = await refusal(door.list(all));
    allow();
    assert.equal(denied.code, 403);
    assert.equal(denied.status.reason, 'Forbidden');
    assert.deepEqual((await door.list(all)).items, []);
  });
}
