import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { useActions } from '../__testUtils__/useActions';

jest.setTimeout(120_000);

const cache = {
  name: 'cart-cache',
  owner: 'group:default/payments',
  engine: 'argocd',
  chart: {
    repository: 'https://charts.example.com/stable',
    name: 'redis',
    version: '20.1.0',
  },
  values: 'architecture: standalone # for now\n',
  cloneUrl: 'https://git.example.com/payments/cart-cache.git',
  environments: [
    { name: 'dev', policy: 'automated' },
    { name: 'production', version: '', values: 'architecture: replication' },
  ],
  targetPath: './service',
  registrationPath: './registration',
};

const { run, workspace } = useActions();
const read = (file: string) =>
  readFileSync(path.join(workspace.path, file), 'utf8');

describe('gitops:chart:wrap', () => {
  it('writes a chart for Argo CD, and says what it needs', async () => {
    const { output } = await run('gitops:chart:wrap', cache);

    expect(output).toMatchObject({
      path: './service/deploy',
      method: 'kustomize',
      registrationFiles: [
        'argocd/cart-cache/project.yaml',
        'argocd/cart-cache/dev.yaml',
        'argocd/cart-cache/production.yaml',
      ],
      needs: [expect.stringContaining('--enable-helm')],
    });
    expect(output.markdown).toContain('Labels and patches reach every object');
    const overlay = 'service/deploy/overlays/production';
    expect(parse(read(`${overlay}/kustomization.yaml`)).helmCharts).toEqual([
      expect.objectContaining({ name: 'redis', version: '20.1.0' }),
    ]);
    expect(read(`${overlay}/values.yaml`)).toBe(
      'architecture: replication # for now\n',
    );
    const again = await run('gitops:chart:wrap', cache);
    expect(again.output).toEqual(output);
  });

  it('writes a release for Flux, and no registration that nobody asked for', async () => {
    const { output } = await run('gitops:chart:wrap', {
      ...cache,
      engine: 'flux',
      registrationPath: undefined,
    });
    expect(output).toMatchObject({
      method: 'helm-release',
      registrationFiles: [],
      needs: [],
    });
    expect(parse(read('service/deploy/base/helmrelease.yaml'))).toMatchObject({
      kind: 'HelmRelease',
      spec: { chart: { spec: { version: '20.1.0' } } },
    });
  });

  it.each([
    ['a range', { chart: { ...cache.chart, version: '20.x' } }],
    ['http', { chart: { ...cache.chart, repository: 'http://x/y' } }],
    ['values that are a list', { values: '- a' }],
    ['a target outside of the workspace', { targetPath: '../../etc' }],
    ['an environment nobody configured', { environments: [{ name: 'qa' }] }],
    ['an owner that is none', { owner: 'group:default/' }],
  ])('refuses %s, and writes nothing', async (_what, change) => {
    await expect(
      run('gitops:chart:wrap', { ...cache, ...change }),
    ).rejects.toThrow();
    expect(readdirSync(workspace.path)).toEqual([]);
  });
});
