import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { KubernetesObject } from '../../types';
import { RunningCluster } from '../createCluster';
import { Collection, Door, Refusal, WatchLine } from './Door';

/** A cluster to check, and the way into it. */
export interface ContractSubject {
  door: Door;
  running: RunningCluster;
  stop(): Promise<void>;
}

type Deployment = KubernetesObject;

/**
 * The contract of the Kubernetes API that Fairway relies on, over any door.
 *
 * Each test has a namespace of its own, so that what it lists and watches is its own.
 */
export function clusterContract(
  name: string,
  start: () => Promise<ContractSubject>,
): void {
  describe(name, () => {
    let subject: ContractSubject;
    before(async () => {
      subject = await start();
    });
    after(() => subject?.stop());

    describe('list', () => listContract(() => subject));
    describe('watch', () => watchContract(() => subject));
    describe('write', () => writeContract(() => subject));
    describe('apply', () => applyContract(() => subject));
    describe('delete', () => deleteContract(() => subject));
    describe('log', () => logContract(() => subject));
  });
}

/** The deployments of a new namespace. */
function freshDeployments({ running }: ContractSubject): Collection {
  const namespace = `test-${randomUUID().slice(0, 8)}`;
  running.cluster.create({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  return { group: 'apps', version: 'v1', plural: 'deployments', namespace };
}

function deployment(
  name: string,
  labels: Record<string, string> = {},
): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: {
      replicas: 1,
      template: {
        spec: {
          containers: [
            { name: 'web', image: 'web:1', env: [{ name: 'A', value: '1' }] },
          ],
        },
      },
    },
  };
}

async function refusal(answer: Promise<unknown>): Promise<Refusal> {
  const error = await answer.then(
    () => assert.fail('the request was not refused'),
    reason => reason,
  );
  assert.ok(error instanceof Refusal, `not a refusal: ${error}`);
  assert.equal(error.status.kind, 'Status');
  assert.equal(error.status.status, 'Failure');
  assert.equal(error.status.code, error.code);
  return error;
}

const names = (objects: KubernetesObject[]) =>
  objects.map(object => object.metadata.name);

function listContract(subject: () => ContractSubject): void {
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

function watchContract(subject: () => ContractSubject): void {
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

  it('loses the connection in the middle of a line when a fault says so', async () => {
    const { door, running } = subject();
    const all = freshDeployments(subject());
    const watch = await door.watch(all, {});
    running.faults.cutWatchesMidEvent();
    await door.create(all, deployment('a'));
    assert.equal(await watch.next(), undefined);
    const again = await door.watch(all, {});
    assert.deepEqual(await again.take(1), ['ADDED a']);
    again.close();
  });
}

function writeContract(subject: () => ContractSubject): void {
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

function gitRepositories(namespace: string): Collection {
  return {
    group: 'source.toolkit.fluxcd.io',
    version: 'v1',
    plural: 'gitrepositories',
    namespace,
  };
}

function gitRepository(): KubernetesObject {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'a' },
    spec: { interval: '1m', url: 'http://127.0.0.1/a.git' },
  };
}

function applyContract(subject: () => ContractSubject): void {
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

function deleteContract(subject: () => ContractSubject): void {
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

function logContract(subject: () => ContractSubject): void {
  it('gives the log of a container', async () => {
    const { door, running } = subject();
    const { namespace } = freshDeployments(subject());
    const pod = { apiVersion: 'v1', kind: 'Pod', namespace, name: 'web-1' };
    running.cluster.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web-1', namespace },
      spec: { containers: [{ name: 'web' }] },
    });
    for (const line of ['one', 'two', 'three']) {
      running.cluster.appendLog(pod, line);
    }
    const log = (query: { tailLines?: number; previous?: boolean }) =>
      door.log({ namespace, name: 'web-1' }, { container: 'web', ...query });
    assert.equal(await log({}), 'one\ntwo\nthree\n');
    assert.equal(await log({ tailLines: 2 }), 'two\nthree\n');
    const none = await refusal(log({ previous: true }));
    assert.equal(none.code, 400);
    running.cluster.rotateLog(pod);
    running.cluster.appendLog(pod, 'four');
    assert.equal(await log({ previous: true }), 'one\ntwo\nthree\n');
    assert.equal(await log({}), 'four\n');
  });
}
