import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  ContractSubject,
  freshDeployments,
  deployment,
  refusal,
} from './contractSubject';

/** The part of the contract on server-side apply. */
export function applyContract(subject: () => ContractSubject): void {
  it('creates, takes nothing from others, and removes what its manager leaves out', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    const wanted = deployment('a', { team: 'x', tier: 'web' });
    const created = await door.patch(all, 'a', {
      type: 'apply',
      fieldManager: 'engine',
      body: wanted,
    });
    assert.equal(created.metadata.generation, 1);
    await door.patch(all, 'a', {
      type: 'merge',
      fieldManager: 'person',
      body: { metadata: { labels: { note: 'mine' } } },
    });

    const less = deployment('a', { team: 'x' });
    delete less.spec.template.spec.containers[0].env;
    const applied = await door.patch(all, 'a', {
      type: 'apply',
      fieldManager: 'engine',
      body: less,
    });
    assert.deepEqual(applied.metadata.labels, { team: 'x', note: 'mine' });
    assert.deepEqual(applied.spec.template.spec.containers, [
      { name: 'web', image: 'web:1' },
    ]);
    assert.equal(applied.metadata.generation, 2);
    const again = await door.patch(all, 'a', {
      type: 'apply',
      fieldManager: 'engine',
      body: less,
    });
    assert.equal(
      again.metadata.resourceVersion,
      applied.metadata.resourceVersion,
    );
  });

  it('refuses what another manager owns, until it is forced', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    const body = deployment('a');
    await door.patch(all, 'a', { type: 'apply', fieldManager: 'one', body });
    const other = deployment('a');
    other.spec = { replicas: 7 };
    const conflict = await refusal(
      door.patch(all, 'a', {
        type: 'apply',
        fieldManager: 'two',
        body: other,
      }),
    );
    assert.equal(conflict.code, 409);
    assert.deepEqual(conflict.status.details?.causes, [
      {
        reason: 'FieldManagerConflict',
        message: 'conflict with "one" using apps/v1',
        field: '.spec.replicas',
      },
    ]);
    const forced = await door.patch(all, 'a', {
      type: 'apply',
      fieldManager: 'two',
      force: true,
      body: other,
    });
    assert.equal(forced.spec.replicas, 7);
    const back = await refusal(
      door.patch(all, 'a', { type: 'apply', fieldManager: 'one', body }),
    );
    assert.match(back.message, /conflict with "two"/);
  });

  it('lets managers share a field of the same value, and keeps it for the last', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    const apply = (fieldManager: string, labels: Record<string, string>) =>
      door.patch(all, 'a', {
        type: 'apply',
        fieldManager,
        body: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'a', labels },
        },
      });
    await apply('one', { shared: 'yes' });
    await apply('two', { shared: 'yes' });
    const kept = await apply('one', {});
    assert.deepEqual(kept.metadata.labels, { shared: 'yes' });
    const gone = await apply('two', {});
    assert.equal(gone.metadata.labels?.shared, undefined);
  });

  it('requires a field manager', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    const nobody = await refusal(
      door.patch(all, 'a', { type: 'apply', body: deployment('a') }),
    );
    assert.equal(nobody.code, 422);
  });
}
