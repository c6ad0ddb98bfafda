import { rm } from 'node:fs/promises';
import path from 'node:path';
import { orders } from '../__testUtils__/orders';
import { writeFiles } from '../__testUtils__/writeFiles';
import { parseServiceModel } from '../model';
import { plainFile, type ManifestFile } from '../objects';
import { renderWorkload } from '../workload';
import { validateFolder } from './validateFolder';

// Each overlay is a process; a busy machine takes its time.
jest.setTimeout(60_000);

describe('validateFolder', () => {
  const roots: string[] = [];
  afterAll(() => Promise.all(roots.map(root => rm(root, { recursive: true }))));
  const withFiles = async (...files: ManifestFile[]) => {
    const root = await writeFiles([
      ...renderWorkload(parseServiceModel(orders)),
      ...files,
    ]);
    roots.push(root);
    return path.join(root, 'deploy');
  };
  const overlay = (resource: object) => [
    plainFile('deploy/overlays/extra/kustomization.yaml', {
      resources: ['extra.yaml'],
    }),
    plainFile('deploy/overlays/extra/extra.yaml', resource),
  ];

  it('refuses a Secret in Git, and says what to do', async () => {
    const folder = await withFiles(
      ...overlay({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'database' },
        stringData: { password: 'x' },
      }),
    );
    await expect(validateFolder(folder)).rejects.toThrow(
      /Overlay "extra": it holds the Secret "database".*ExternalSecret/,
    );
  });

  it('refuses an object that does not fit its schema', async () => {
    const folder = await withFiles(
      ...overlay({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'worker' },
        spec: { replicas: 'many' },
      }),
    );
    await expect(validateFolder(folder)).rejects.toThrow(
      /Overlay "extra": Deployment "worker" does not fit.*replicas/,
    );
  });

  it('says in the words of kustomize what does not build', async () => {
    const folder = await withFiles(
      plainFile('deploy/overlays/extra/kustomization.yaml', {
        resources: ['gone.yaml'],
      }),
    );
    await expect(validateFolder(folder)).rejects.toThrow(
      /Overlay "extra": kustomize refuses the folder: .*gone\.yaml/s,
    );
  });

  it('says how to get kustomize when there is none', async () => {
    await expect(
      validateFolder(await withFiles(), { binary: '/nowhere/kustomize' }),
    ).rejects.toMatchObject({
      name: 'NotFoundError',
      message: expect.stringContaining('Install kustomize'),
    });
  });

  it('gives up when kustomize hangs', async () => {
    await expect(
      validateFolder(await withFiles(), { timeoutMs: 1 }),
    ).rejects.toThrow(/did not finish within/);
  });

  it('says when there is nothing to build', async () => {
    await expect(validateFolder('/nowhere/deploy')).rejects.toThrow(
      /no folder "overlays"/,
    );
  });
});
