import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Controller } from '../types';
import {
  eventually,
  startTestForge,
  type TestForge,
} from '../forge/startTestForge';
import { createCi } from './createCi';

const OVERLAY = 'deploy/overlays/dev/kustomization.yaml';
const kustomization = `# The dev environment.
resources:
  - ../../base
images:
  # CI writes here.
  - name: registry.example.com/acme/shop
    newTag: none # until the first build
`;
const author = { name: 'Ada', email: 'ada@playground.example' };

let test: TestForge;
let ci: Controller;
const problems: string[] = [];
before(async () => {
  test = await startTestForge();
  ci = createCi({
    forge: test.forge,
    directory: test.directory,
    log: line => problems.push(line),
  });
  ci.start();
});
after(async () => {
  await ci.stop();
  await test.stop();
  assert.deepEqual(problems, []);
});

const push = (
  repository: string,
  files: Record<string, string | undefined>,
  message = 'feat: change',
) =>
  test.forge.commit({
    owner: 'acme',
    repository,
    branch: 'main',
    message,
    author,
    files: Object.entries(files).map(([path, content]) => ({ path, content })),
  });

async function main(repository: string, ...args: string[]): Promise<string> {
  const directory = test.forge.gitDirectory(`${test.url}/acme/${repository}`);
  assert.ok(directory);
  return (await test.git(directory, ...args)).trim();
}
const subject = (name: string) =>
  main(name, 'log', '-1', '--format=%s', 'main');

describe('CI', () => {
  it('turns a push into an image and a commit to dev, once', async () => {
    await test.forge.createRepository({ owner: 'acme', name: 'shop' });
    const files = { [OVERLAY]: kustomization, VERSION: '1.9\n', 'a.js': '1' };
    const first = await push('shop', files);
    const tag = `1.9.1-${first.slice(0, 7)}`;
    const image = `registry.example.com/acme/shop:${tag}`;
    await eventually(
      'the image is in dev',
      async () => (await subject('shop')) === `deploy(dev): ${image}`,
    );
    assert.equal(
      await main('shop', 'show', `main:${OVERLAY}`),
      kustomization.replace('none', tag).trim(),
    );
    assert.equal(
      await main('shop', 'log', '-1', '--format=%an <%ae>', 'main'),
      'ci-bot <ci-bot@playground.example>',
    );
    const images = await readFile(join(test.directory, 'images.json'), 'utf8');
    assert.deepEqual(JSON.parse(images), { [image]: first });
  });

  it('builds the newest of several pushes and leaves deploy/ alone', async () => {
    await push('shop', { 'deploy/notes.txt': 'x' }, 'chore: deploy only');
    await push('shop', { 'a.js': '2' });
    const last = await push('shop', { 'a.js': '3' });
    await eventually('the newest is in dev', async () =>
      (
        await main('shop', 'show', `main:${OVERLAY}`)
      ).includes(last.slice(0, 7)),
    );
    await ci.stop();
    ci.start();
    const log = await main('shop', 'log', '--format=%s', 'main');
    const builds = log.split('\n').filter(line => line.startsWith('deploy('));
    const runs = log.split('\n').filter(line => line.startsWith('feat:'));
    assert.equal(runs.length, 3);
    assert.ok(builds.length <= runs.length, log);
    assert.match(log, /^deploy\(dev\)/);
  });

  it('marks the image of a broken revision', async () => {
    const broken = await push('shop', { BROKEN: 'yes' });
    const end = `${broken.slice(0, 7)}-broken`;
    await eventually('the broken image is in dev', async () =>
      (await subject('shop')).endsWith(end),
    );
    const mended = await push('shop', { BROKEN: undefined });
    await eventually('the mended image is in dev', async () =>
      (await subject('shop')).endsWith(mended.slice(0, 7)),
    );
  });

  it('serves many repositories at once and ignores what is no service', async () => {
    const names = ['one', 'two', 'three'];
    for (const name of [...names, 'docs']) {
      await test.forge.createRepository({ owner: 'acme', name });
    }
    await push('docs', { 'README.md': 'x' }, 'docs: x');
    await Promise.all(
      names.map(name => push(name, { [OVERLAY]: kustomization, 'a.js': '1' })),
    );
    await eventually('all three are in dev', async () => {
      const subjects = await Promise.all(names.map(subject));
      return subjects.every(one => /:0\.1\.1-[0-9a-f]{7}$/.test(one));
    });
    await ci.stop();
    ci.start();
    assert.equal(await subject('docs'), 'docs: x');
  });
});
