import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { KubernetesObject } from '../../types';
import {
  INPUT_PROVIDER,
  KUSTOMIZATION,
  NAMESPACE,
  RESOURCE_SET,
} from '../objects/kinds';
import { serviceFiles } from '../testing/manifests';
import { TestBed } from '../testing/TestBed';

const REPOSITORY = 'payments/orders';
const HOME = { namespace: 'flux-system', name: 'orders' };
const set = { ...RESOURCE_SET, ...HOME };
const provider = { ...INPUT_PROVIDER, ...HOME };
const kustomization = {
  ...KUSTOMIZATION,
  namespace: 'flux-system',
  name: 'orders-pr-7',
};

const ready = ({ status }: KubernetesObject) =>
  (status?.conditions ?? []).find((one: any) => one.type === 'Ready');

describe('Flux stand-in: ResourceSet and its provider of inputs', () => {
  let bed: TestBed;
  let commit: string;

  beforeEach(async () => {
    bed = await TestBed.start();
    commit = bed.commit(
      REPOSITORY,
      serviceFiles({ name: 'orders', environments: ['preview'], tag: '1.0.0' }),
    );
  });

  afterEach(() => bed.stop());

  function create(fields: { url?: string; sha?: string } = {}): void {
    const {
      url = `${bed.forge.url}/${REPOSITORY}`,
      sha = 'inputs.sha | quote',
    } = fields;
    bed.cluster.create({
      ...INPUT_PROVIDER,
      metadata: HOME,
      spec: {
        type: 'GiteaPullRequest',
        url,
        filter: { labels: ['preview'], excludeBranch: '^wip/' },
        skip: { labels: ['!ready'] },
        defaultValues: { host: 'example.com' },
      },
    });
    bed.cluster.create({
      ...RESOURCE_SET,
      metadata: HOME,
      spec: {
        inputsFrom: [{ ...INPUT_PROVIDER, name: 'orders' }],
        resources: [
          {
            ...NAMESPACE,
            metadata: {
              name: 'orders-pr-<< inputs.id >>',
              labels: { 'fairway.dev/pull-request': '<< inputs.id | quote >>' },
            },
          },
          {
            apiVersion: 'source.toolkit.fluxcd.io/v1',
            kind: 'GitRepository',
            metadata: {
              name: 'orders-pr-<< inputs.id >>',
              namespace: 'flux-system',
            },
            spec: {
              interval: '1h',
              url: bed.url(REPOSITORY),
              ref: { commit: `<< ${sha} >>` },
            },
          },
          {
            ...KUSTOMIZATION,
            metadata: {
              name: 'orders-pr-<< inputs.id >>',
              namespace: 'flux-system',
            },
            spec: {
              interval: '1h',
              path: './deploy/overlays/preview',
              prune: true,
              wait: true,
              targetNamespace: 'orders-pr-<< inputs.id >>',
              sourceRef: {
                kind: 'GitRepository',
                name: 'orders-pr-<< inputs.id >>',
              },
              images: [
                {
                  name: 'registry.test/orders',
                  newTag: 'pr-<< inputs.sha | trunc 7 >>',
                },
              ],
            },
          },
        ],
      },
    });
  }

  it('makes its objects for each labelled pull request, and takes them away', async () => {
    const labels = ['preview', 'ready'];
    bed.setPulls(REPOSITORY, [
      { number: 7, headSha: commit, labels },
      { number: 8, headSha: commit, labels: ['preview'] },
      { number: 9, headSha: commit, labels, branch: 'wip/x' },
    ]);
    create();
    const applied = await bed.eventually(
      kustomization,
      object => ready(object)?.status === 'True',
    );
    assert.equal(applied.status.lastAppliedRevision, `sha1:${commit}`);
    assert.equal(
      applied.metadata.labels!['resourceset.fluxcd.controlplane.io/name'],
      'orders',
    );
    const namespace = bed.cluster.get({ ...NAMESPACE, name: 'orders-pr-7' })!;
    assert.equal(namespace.metadata.labels!['fairway.dev/pull-request'], '7');
    const read = bed.cluster.get(provider)!;
    assert.deepEqual(read.status.exportedInputs, [
      {
        ...{ id: '7', sha: commit, branch: 'change', author: 'ada' },
        ...{ title: 'A change', host: 'example.com' },
      },
    ]);
    assert.equal(ready(read).reason, 'ReconciliationSucceeded');
    const done = await bed.eventually(
      set,
      ({ status }) => status?.inventory?.entries.length === 3,
    );
    assert.equal(ready(done).reason, 'ReconciliationSucceeded');
    assert.deepEqual(done.status.history[0].metadata, {
      inputs: '1',
      resources: '3',
    });

    bed.setPulls(REPOSITORY, []);
    await bed.eventuallyGone(kustomization);
    await bed.eventuallyGone({ ...NAMESPACE, name: 'orders-pr-7' });
    const empty = await bed.eventually(
      set,
      ({ status }) => status.inventory.entries.length === 0,
    );
    assert.equal(ready(empty).status, 'True');
  });

  it('goes with everything that it made', async () => {
    bed.setPulls(REPOSITORY, [
      { number: 7, headSha: commit, labels: ['preview', 'ready'] },
    ]);
    create();
    await bed.eventually(
      kustomization,
      object => ready(object)?.status === 'True',
    );
    await bed.eventually(set, object => ready(object)?.status === 'True');
    bed.cluster.delete(set);
    await bed.eventuallyGone(set);
    assert.equal(bed.cluster.get(kustomization), undefined);
    await bed.eventuallyGone({ ...NAMESPACE, name: 'orders-pr-7' });
  });

  it('says what it cannot read, and what its template lacks', async () => {
    create({ url: `${bed.forge.url}/payments/none` });
    const unread = await bed.eventually(
      provider,
      object => ready(object)?.status === 'False',
    );
    assert.match(ready(unread).message, /does not exist/);

    bed.setPulls(REPOSITORY, [
      { number: 7, headSha: commit, labels: ['preview', 'ready'] },
    ]);
    bed.cluster.patch(provider, {
      spec: { url: `${bed.forge.url}/${REPOSITORY}` },
    });
    bed.cluster.patch(set, {
      spec: {
        resources: [{ ...NAMESPACE, metadata: { name: '<< inputs.none >>' } }],
      },
    });
    const broken = await bed.eventually(
      set,
      object => ready(object)?.reason === 'BuildFailed',
    );
    assert.match(ready(broken).message, /no entry for key "none"/);
  });
});
