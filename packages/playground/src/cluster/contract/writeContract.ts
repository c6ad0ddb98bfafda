import assert from 'node:assert/strict';
import { it } from 'node:test';
import { KubernetesObject } from '../../types';
import {
  ContractSubject,
  freshDeployments,
  deployment,
  refusal,
  gitRepositories,
  gitRepository,
} from './contractSubject';

/** The part of the contract on POST, PUT and the patches. */
export function writeContract(subject: () => ContractSubject): void {
  it('refuses what exists, what changed meanwhile and what has no valid name', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    const created = await door.create(all, deployment('a'));
    const exists = await refusal(door.create(all, deployment('a')));
    assert.equal(exists.code, 409);
    assert.equal(exists.status.reason, 'AlreadyExists');

    const replaced = await door.replace(all, {
      ...created,
      spec: { ...created.spec, replicas: 5 },
    });
    assert.equal(replaced.spec.replicas, 5);
    const outdated = await refusal(door.replace(all, created));
    assert.equal(outdated.code, 409);
    assert.equal(outdated.status.reason, 'Conflict');

    const invalid = await refusal(door.create(all, deployment('Not_A_Name')));
    assert.equal(invalid.code, 422);
    assert.equal(invalid.status.reason, 'Invalid');
    const nowhere = await refusal(
      door.create({ ...all, namespace: 'nowhere' }, deployment('a')),
    );
    assert.equal(nowhere.code, 404);
    assert.match(nowhere.message, /namespaces "nowhere" not found/);
  });

  it('generates names', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    const template = deployment('');
    const body = {
      ...template,
      metadata: { generateName: 'job-' },
    } as unknown as KubernetesObject;
    const [one, two] = [
      await door.create(all, body),
      await door.create(all, body),
    ];
    assert.match(one.metadata.name, /^job-[a-z0-9]{5}$/);
    assert.notEqual(one.metadata.name, two.metadata.name);
  });

  it('merges by merge patch, and deletes with null', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    const created = await door.create(all, deployment('a', { x: '1', y: '2' }));
    const patched = await door.patch(all, 'a', {
      type: 'merge',
      body: { metadata: { labels: { x: null, z: '3' } } },
    });
    assert.deepEqual(patched.metadata.labels, { y: '2', z: '3' });
    assert.deepEqual(patched.spec, created.spec);
    assert.equal(patched.metadata.generation, 1);
  });

  it('applies a JSON patch as a whole or not at all', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    await door.create(all, deployment('a', { x: '1' }));
    const patched = await door.patch(all, 'a', {
      type: 'json',
      body: [
        { op: 'test', path: '/metadata/labels/x', value: '1' },
        { op: 'replace', path: '/spec/replicas', value: 4 },
      ],
    });
    assert.equal(patched.spec.replicas, 4);
    const failed = await refusal(
      door.patch(all, 'a', {
        type: 'json',
        body: [
          { op: 'replace', path: '/spec/replicas', value: 9 },
          { op: 'test', path: '/metadata/labels/x', value: '2' },
        ],
      }),
    );
    assert.equal(failed.code, 422);
    assert.equal((await door.get(all, 'a')).spec.replicas, 4);
  });

  it('merges lists by their key in a strategic merge patch, for built-in kinds only', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    await door.create(all, deployment('a'));
    const containers = [{ name: 'web', image: 'web:2' }, { name: 'side' }];
    const patched = await door.patch(all, 'a', {
      type: 'strategic',
      body: { spec: { template: { spec: { containers } } } },
    });
    assert.deepEqual(patched.spec.template.spec.containers, [
      { name: 'web', image: 'web:2', env: [{ name: 'A', value: '1' }] },
      { name: 'side' },
    ]);
    const sources = gitRepositories(all.namespace);
    await door.create(sources, gitRepository());
    const unsupported = await refusal(
      door.patch(sources, 'a', { type: 'strategic', body: {} }),
    );
    assert.equal(unsupported.code, 415);
  });

  it('keeps status and spec apart, and counts generations of the spec', async () => {
    const { door } = subject();
    const sources = gitRepositories(freshDeployments(subject()).namespace);
    const created = await door.create(sources, {
      ...gitRepository(),
      status: { observedGeneration: 9 },
    });
    assert.equal(created.status, undefined);
    assert.equal(created.metadata.generation, 1);
    const reported = await door.patch(sources, 'a', {
      type: 'merge',
      status: true,
      body: { spec: { interval: '9m' }, status: { observedGeneration: 1 } },
    });
    assert.deepEqual(reported.status, { observedGeneration: 1 });
    assert.equal(reported.spec.interval, '1m');
    assert.equal(reported.metadata.generation, 1);
    const changed = await door.patch(sources, 'a', {
      type: 'merge',
      body: { spec: { interval: '2m' }, status: { observedGeneration: 7 } },
    });
    assert.equal(changed.spec.interval, '2m');
    assert.deepEqual(changed.status, { observedGeneration: 1 });
    assert.equal(changed.metadata.generation, 2);
  });

  it('leaves the version as it is when nothing changes or the run is dry', async () => {
    const { door } = subject();
    const all = freshDeployments(subject());
    const created = await door.create(all, deployment('a'));
    const same = await door.patch(all, 'a', {
      type: 'merge',
      body: { spec: { replicas: 1 } },
    });
    assert.equal(
      same.metadata.resourceVersion,
      created.metadata.resourceVersion,
    );
    const dry = await door.patch(all, 'a', {
      type: 'merge',
      dryRun: true,
      body: { spec: { replicas: 8 } },
    });
    assert.equal(dry.spec.replicas, 8);
    assert.deepEqual(await door.get(all, 'a'), created);
  });
}
