import { rm } from 'node:fs/promises';
import path from 'node:path';
import { filesOf, handWritten } from '../__testUtils__/handWritten';
import { orders } from '../__testUtils__/orders';
import { writeFiles } from '../__testUtils__/writeFiles';
import { changedTree } from '../edit';
import { validateFolder } from '../kustomize';
import { parseServiceModel } from '../model';
import { renderWorkload } from '../workload';
import { addOverlay } from './addOverlay';

jest.setTimeout(60_000);

const overlay = (environment: string) => ({
  environment,
  folder: `deploy/overlays/${environment}`,
});

const input = { from: overlay('staging'), environment: 'qa' };

describe('addOverlay', () => {
  const tree = handWritten();

  it.each([
    ['an environment with a path', { environment: '../x' }, 'environment'],
    ['an environment with capitals', { environment: 'QA' }, 'environment'],
    ['the name of another folder', { environment: 'base' }, 'base'],
    ['the sibling itself', { environment: 'staging' }, 'another environment'],
    [
      'a sibling that is not there',
      { from: overlay('test') },
      'no kustomization.yaml',
    ],
    [
      'the namespace of the sibling',
      { namespace: 'orders-staging' },
      'another',
    ],
    ['a namespace with a dot', { namespace: 'a.b' }, 'namespace'],
    ['replicas below zero', { replicas: -1 }, 'replicas'],
    [
      'a folder that leads out',
      { from: { environment: 'a', folder: '../a' } },
      'folder',
    ],
    ['an overlay that is there', { environment: 'dev' }, 'something else'],
  ])('refuses %s', (_what, change, rule) => {
    expect(() => addOverlay(tree, { ...input, ...change })).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringContaining(rule),
      }),
    );
  });

  it('refuses to copy what only its environment can decrypt', () => {
    const sealed = new Map(tree).set(
      'deploy/overlays/staging/sealed.yaml',
      'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: a}\n',
    );
    expect(() => addOverlay(sealed, input)).toThrow(/encrypted for its own/);
  });

  it('copies the sibling with the names of the environment, and tells which', () => {
    const added = addOverlay(tree, { ...input, replicas: 1 });
    expect(
      added.changes
        .map(({ path: file, content }) => `# ${file}\n${content}`)
        .join('\n'),
    ).toMatchSnapshot();
    expect(added.namespace).toBe('orders-qa');
    expect(
      added.renamings.map(({ file, from, to }) => [
        path.basename(file),
        from.trim().split('\n').at(-1)!.trim(),
        to.trim().split('\n').at(-1)!.trim(),
      ]),
    ).toEqual([
      ['kustomization.yaml', 'orders-staging', 'orders-qa'],
      ['kustomization.yaml', 'staging', 'qa'],
      [
        'kustomization.yaml',
        'fairway.dev/environment: staging',
        'fairway.dev/environment: qa',
      ],
      ['namespace.yaml', 'orders-staging', 'orders-qa'],
      [
        'patch.yaml',
        'postgres://db.orders-staging.svc/orders',
        'postgres://db.orders-qa.svc/orders',
      ],
      ['settings.env', 'QUEUE=orders-staging', 'QUEUE=orders-qa'],
    ]);
    const after = changedTree(tree, added.changes);
    expect(addOverlay(after, { ...input, replicas: 1 }).changes).toEqual([]);
  });

  it.each([
    ['written by hand', handWritten()],
    [
      'rendered',
      new Map(
        renderWorkload(parseServiceModel(orders)).map(file => [
          file.path,
          file.content,
        ]),
      ),
    ],
  ])('builds in a namespace of its own: %s', async (_what, files) => {
    const { changes } = addOverlay(files, { ...input, namespace: 'shop-qa' });
    const root = await writeFiles(filesOf(files, changes));
    const overlays = await validateFolder(path.join(root, 'deploy'));
    await rm(root, { recursive: true });
    const { objects } = overlays.find(({ name }) => name === 'qa')!;
    for (const { kind, metadata } of objects) {
      expect(kind === 'Namespace' ? metadata?.name : metadata?.namespace).toBe(
        'shop-qa',
      );
      expect(metadata?.labels?.['fairway.dev/environment']).toBe('qa');
    }
    expect(JSON.stringify(objects)).not.toContain('staging');
  });
});
