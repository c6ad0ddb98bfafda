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
import { setImage } from './setImage';

jest.setTimeout(60_000);

const folder = 'deploy/overlays/staging';
const image = 'registry.example.com/payments/orders';
const digest = `sha256:${'0f'.repeat(32)}`;

describe('setImage', () => {
  const tree = handWritten();

  it.each([
    ['a tag with a space', { tag: '1 2' }, 'tag ("1 2")'],
    ['a tag with a line break', { tag: '1\nnewName: evil' }, 'tag'],
    ['a digest in capitals', { digest: `sha256:${'0F'.repeat(32)}` }, 'digest'],
    ['a digest that is too short', { digest: 'sha256:00' }, '64 hexadecimal'],
    ['an image with a tag', { image: `${image}:1`, tag: '2' }, 'image'],
    ['a name with a tag', { newName: 'example.com/a:1' }, 'newName'],
    ['nothing to set', {}, 'a tag, a digest or a newName'],
    ['a folder that leads out', { folder: '../x', tag: '1' }, 'folder'],
    [
      'a folder without an overlay',
      { folder: 'deploy', tag: '1' },
      'no kustomization.yaml',
    ],
    [
      'an image that nothing uses',
      { image: 'nginx', tag: '1' },
      `It uses: ${image}`,
    ],
    ['a field that nobody knows', { tag: '1', latest: true }, 'latest'],
  ])('refuses %s', (_what, change, rule) => {
    expect(() => setImage(tree, { folder, image, ...change })).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringContaining(rule),
      }),
    );
  });

  it('changes the tag and nothing else, and does nothing twice', () => {
    const changes = setImage(tree, { folder, image, tag: '1.9.0' });
    expect(changedLines(tree, changes)).toBe(
      `# ${folder}/kustomization.yaml\n-   newTag: "1.8.2"\n+   newTag: "1.9.0"`,
    );
    const after = changedTree(tree, changes);
    expect(setImage(after, { folder, image, tag: '1.9.0' })).toEqual([]);
  });

  it('lets no digest win over a tag, and no tag stay beside a digest', () => {
    const pinned = changedTree(tree, setImage(tree, { folder, image, digest }));
    expect(pinned.get(`${folder}/kustomization.yaml`)).toContain(
      `- name: ${image}\n  digest: ${digest}\nreplicas`,
    );
    const tagged = changedTree(
      pinned,
      setImage(pinned, { folder, image, tag: '1.8.2' }),
    );
    expect(tagged.get(`${folder}/kustomization.yaml`)).toContain(
      `- name: ${image}\n  newTag: 1.8.2\nreplicas`,
    );
    const both = setImage(tree, { folder, image, tag: '1.9.0', digest });
    expect(both[0].content).toContain(
      `  newTag: "1.9.0"\n  digest: ${digest}\n`,
    );
  });

  it('adds an entry that is missing, and kustomize builds what was asked for', async () => {
    const bare = new Map(tree).set(
      `${folder}/kustomization.yaml`,
      'resources: [../../base]\n',
    );
    const newName = 'mirror.example.com/orders';
    const changes = setImage(bare, { folder, image, tag: '2.0.0', newName });
    const root = await writeFiles(filesOf(bare, changes));
    const objects: any[] = await buildKustomization(path.join(root, folder));
    await rm(root, { recursive: true });
    const { containers } = objects.find(({ kind }) => kind === 'Deployment')
      .spec.template.spec;
    expect(containers[0].image).toBe(`${newName}:2.0.0`);
  });
});
