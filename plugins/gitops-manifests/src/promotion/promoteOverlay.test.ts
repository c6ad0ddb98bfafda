import { rm } from 'node:fs/promises';
import path from 'node:path';
import {
  changedLines,
  filesOf,
  handWritten,
} from '../__testUtils__/handWritten';
import { writeFiles } from '../__testUtils__/writeFiles';
import { changedTree } from '../edit';
import { validateFolder } from '../kustomize';
import { promoteOverlay } from './promoteOverlay';

jest.setTimeout(60_000);

const overlay = (environment: string) => ({
  environment,
  folder: `deploy/overlays/${environment}`,
});

const input = { from: overlay('dev'), to: overlay('staging') };

/** Dev has what staging lacks, and the other way round. */
function furtherTree() {
  const dev = 'deploy/overlays/dev';
  const tree = new Map(handWritten());
  tree.set(
    `${dev}/kustomization.yaml`,
    `${tree.get(`${dev}/kustomization.yaml`)}- path: memory.yaml
components: []
`,
  );
  tree.set(
    `${dev}/memory.yaml`,
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: orders}\nspec: {minReadySeconds: 5}\n',
  );
  tree.set(
    `${dev}/settings.env`,
    'QUEUE=orders-dev\nNODE_ENV=production\nRETRIES=3\n',
  );
  const staging = 'deploy/overlays/staging/kustomization.yaml';
  tree.set(
    staging,
    tree
      .get(staging)!
      .replace('images:\n', 'images:\n- name: sidecar\n  newTag: v1\n'),
  );
  return tree;
}

describe('promoteOverlay', () => {
  const tree = furtherTree();

  it.each([
    ['the same environment', { to: overlay('dev') }, 'another environment'],
    ['an environment with a path', { to: overlay('../x') }, 'to'],
    [
      'an environment that is not there',
      { to: overlay('qa') },
      'no kustomization.yaml',
    ],
    ['nothing to promote', { what: [] }, 'at least one kind'],
    ['what does not differ', { what: ['image:nginx'] }, 'does not differ'],
    [
      'a root that leads out',
      { from: { environment: 'a', folder: '../deploy' } },
      'folder',
    ],
  ])('refuses %s', (_what, change, rule) => {
    expect(() => promoteOverlay(tree, { ...input, ...change })).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringContaining(rule),
      }),
    );
  });

  it('promotes the images by default, and tells what else differs', () => {
    const { items, changes } = promoteOverlay(tree, input);
    expect(
      items.map(item => `${item.isSelected ? '*' : ' '} ${item.id}`),
    ).toEqual([
      '* image:registry.example.com/payments/orders',
      '* image:sidecar',
      '  replicas:orders',
      '  patch:patch.yaml',
      '  patch:memory.yaml',
      '  config:components',
      '  config:settings.env',
    ]);
    expect(items[0]).toMatchObject({ before: '1.8.2', after: '1.9.0' });
    expect(items[1]).not.toHaveProperty('after');
    expect(changedLines(tree, changes)).toMatchSnapshot();
    expect(promoteOverlay(changedTree(tree, changes), input).changes).toEqual(
      [],
    );
  });

  it('promotes one thing, and leaves the rest to the letter', () => {
    const what = ['image:registry.example.com/payments/orders'];
    const { changes } = promoteOverlay(tree, { ...input, what });
    expect(changedLines(tree, changes)).toBe(
      '# deploy/overlays/staging/kustomization.yaml\n-   newTag: "1.8.2"\n+   newTag: "1.9.0"',
    );
  });

  it('promotes everything with the names of the environment, in place', async () => {
    const what = ['image', 'replicas', 'patch', 'config'];
    const { changes } = promoteOverlay(tree, { ...input, what });
    expect(changedLines(tree, changes)).toMatchSnapshot();
    expect(
      promoteOverlay(changedTree(tree, changes), { ...input, what }),
    ).toEqual({ items: [], changes: [] });

    const root = await writeFiles(filesOf(tree, changes));
    const overlays = await validateFolder(path.join(root, 'deploy'));
    await rm(root, { recursive: true });
    const built = (name: string) =>
      JSON.stringify(overlays.find(one => one.name === name)!.objects);
    expect(built('staging')).toBe(
      // The generated name carries a hash of what is in it.
      built('dev')
        .replace(/(?<!fairway\.)\bdev\b/g, 'staging')
        .replace(
          /orders-settings-[a-z0-9]{10}/g,
          () => /orders-settings-[a-z0-9]{10}/.exec(built('staging'))![0],
        ),
    );
  });
});
