import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Renderer } from './rendering';
import { overlayFile, serviceFiles } from './testing/manifests';
import { TestBed } from './testing/TestBed';

const REPOSITORY = 'payments/orders';

describe('Renderer', () => {
  let bed: TestBed;
  let directory: string;

  beforeEach(async () => {
    bed = await TestBed.start();
    directory = path.join(bed.directory, 'renders');
  });

  afterEach(() => bed.stop());

  const render = (renderer: Renderer, revision: string, folder: string) =>
    renderer.render({
      gitDirectory: bed.forge.gitDirectory(bed.url(REPOSITORY))!,
      revision,
      path: folder,
    });
  const builds = () => readdirSync(directory).length;
  const imageOf = async (renderer: Renderer, revision: string) => {
    const { objects } = await render(renderer, revision, 'deploy/overlays/dev');
    const deployment = objects.find(({ kind }) => kind === 'Deployment')!;
    return deployment.spec.template.spec.containers[0].image;
  };

  it('builds again only when a folder that it reads has changed', async () => {
    const renderer = new Renderer({ directory });
    const environments = ['dev', 'production'];
    const files = serviceFiles({ name: 'orders', environments, tag: '1.0.0' });
    const first = bed.commit(REPOSITORY, { ...files, 'main.ts': '1' });
    assert.equal(await imageOf(renderer, first), 'registry.test/orders:1.0.0');
    assert.equal(builds(), 1);

    const other = overlayFile({
      name: 'orders',
      environment: 'production',
      tag: '2.0.0',
    });
    const elsewhere = bed.commit(REPOSITORY, { ...other, 'main.ts': '2' });
    assert.equal(
      await imageOf(renderer, elsewhere),
      'registry.test/orders:1.0.0',
    );
    assert.equal(builds(), 1, 'code and other environments cost nothing');

    const base = bed.commit(REPOSITORY, {
      'deploy/base/deployment.yaml': files[
        'deploy/base/deployment.yaml'
      ].replace('registry.test/orders', 'registry.test/moved'),
    });
    assert.equal(await imageOf(renderer, base), 'registry.test/moved');
    assert.equal(builds(), 2, 'the base, which the overlay reaches out to');

    const restarted = new Renderer({ directory });
    assert.equal(await imageOf(restarted, first), 'registry.test/orders:1.0.0');
    assert.equal(builds(), 2, 'kept for the next start');
  });

  it('says what is wrong without naming folders that change', async () => {
    const renderer = new Renderer({ directory });
    const broken = bed.commit(REPOSITORY, {
      'deploy/kustomization.yaml': 'resources: [nowhere]\n',
      'plain/object.yaml': 'kind: ConfigMap\n',
    });
    await assert.rejects(render(renderer, broken, 'deploy'), {
      name: 'RenderError',
      message: /^Error: accumulating resources.*nowhere/s,
    });
    await assert.rejects(
      render(renderer, broken, 'deploy'),
      (error: Error) => !error.message.includes('/tmp/'),
    );
    await assert.rejects(render(renderer, broken, 'plain'), {
      message: /^Failed to unmarshal "object.yaml"/,
    });
    await assert.rejects(render(renderer, broken, '../outside'), {
      message: '../outside: app path does not exist',
    });
    const fixed = bed.commit(REPOSITORY, {
      'deploy/nowhere/kustomization.yaml': 'resources: [map.yaml]\n',
      'deploy/nowhere/map.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\n',
    });
    const { objects } = await render(renderer, fixed, 'deploy');
    assert.deepEqual(
      objects.map(({ metadata }) => metadata.name),
      ['map'],
    );
  });
});
