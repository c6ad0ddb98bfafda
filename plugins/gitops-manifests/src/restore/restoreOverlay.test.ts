import { rm } from 'node:fs/promises';
import path from 'node:path';
import {
  changedLines,
  filesOf,
  handWritten,
} from '../__testUtils__/handWritten';
import { writeFiles } from '../__testUtils__/writeFiles';
import { changedTree } from '../edit';
import { buildKustomization } from '../kustomize';
import { restoreOverlay } from './restoreOverlay';

jest.setTimeout(60_000);

const folder = 'deploy/overlays/production';

/** What became of the service since: the image, a patch, a file, the base, and other things. */
function later() {
  const tree = new Map(handWritten());
  const file = `${folder}/kustomization.yaml`;
  tree.set(
    file,
    tree
      .get(file)!
      .replace('1.8.1', '1.9.0')
      .replace('- namespace.yaml', '- namespace.yaml\n- more.yaml'),
  );
  tree.set(
    `${folder}/more.yaml`,
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more}\n',
  );
  tree.set(
    `${folder}/patch.yaml`,
    tree.get(`${folder}/patch.yaml`)!.replace('info', 'debug'),
  );
  tree.set(
    'deploy/base/service.yaml',
    tree.get('deploy/base/service.yaml')!.replace('80', '81'),
  );
  tree.set('deploy/overlays/dev/patch.yaml', 'later');
  tree.set('README.md', 'later');
  return tree;
}

describe('restoreOverlay', () => {
  const past = handWritten();
  const tree = later();

  it.each([
    ['a folder that leads out', { folder: '../x' }, 'folder'],
    [
      'a folder without an overlay',
      { folder: 'deploy' },
      'no kustomization.yaml',
    ],
    ['a scope that nobody knows', { folder, scope: 'everything' }, 'scope'],
  ])('refuses %s', (_what, input, rule) => {
    expect(() => restoreOverlay(tree, past, input as never)).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringContaining(rule),
      }),
    );
  });

  it('refuses a time at which the environment did not exist', () => {
    expect(() => restoreOverlay(tree, new Map(), { folder })).toThrow(
      /did not exist at that commit/,
    );
  });

  it('restores the overlay, leaves everything else, and tells what is others now', async () => {
    const { changes, otherwise } = restoreOverlay(tree, past, { folder });
    expect(changedLines(tree, changes)).toMatchSnapshot();
    expect(otherwise).toEqual(['deploy/base/service.yaml']);
    const after = changedTree(tree, changes);
    expect(restoreOverlay(after, past, { folder }).changes).toEqual([]);
    expect(after.get('README.md')).toBe('later');

    const root = await writeFiles(filesOf(after));
    const objects = await buildKustomization(path.join(root, folder));
    await rm(root, { recursive: true });
    expect(JSON.stringify(objects)).toContain('orders:1.8.1');
    expect(JSON.stringify(objects)).toContain('"port":81');
  });

  it('restores only the images, or all that it was built from', () => {
    const images = restoreOverlay(tree, past, { folder, scope: 'images' });
    expect(changedLines(tree, images.changes)).toBe(
      `# ${folder}/kustomization.yaml\n-   newTag: "1.9.0"\n+   newTag: "1.8.1"`,
    );
    expect(images.otherwise).toEqual([
      `${folder}/more.yaml`,
      `${folder}/patch.yaml`,
      'deploy/base/service.yaml',
    ]);
    const all = restoreOverlay(tree, past, { folder, scope: 'all' });
    expect(all.changes.map(change => change.path)).toEqual([
      `${folder}/kustomization.yaml`,
      `${folder}/more.yaml`,
      `${folder}/patch.yaml`,
      'deploy/base/service.yaml',
    ]);
    expect(all.otherwise).toEqual([]);
  });
});
