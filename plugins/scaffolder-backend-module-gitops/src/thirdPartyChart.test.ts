import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { GiteaFake } from './__testUtils__/GiteaFake';
import { startPortal } from './__testUtils__/startPortal';

jest.setTimeout(180_000);

const form = {
  description: 'Keeps "carts": for minutes # only',
  owner: 'group:default/payments',
  repository: 'https://charts.example.com/stable',
  chart: 'redis',
  version: '20.1.0',
  values: 'architecture: standalone\nauth:\n  existingSecret: carts\n',
  engine: 'argocd',
  method: 'kustomize',
  podSecurity: 'restricted',
  ...{ dev: 'manual', staging: 'manual', production: 'manual' },
  productionValues: 'architecture: replication\n',
  productionPatches:
    '- target: {kind: StatefulSet}\n  patch: |\n    - op: remove\n      path: /spec/template/spec/hostNetwork\n',
};

describe('the third-party-chart template', () => {
  const forge = new GiteaFake();
  const folders: string[] = [];
  let portal: Awaited<ReturnType<typeof startPortal>>;

  beforeAll(async () => {
    await forge.start();
    forge.createRepository('platform/gitops');
    forge.commit('platform/gitops');
    portal = await startPortal({
      forge,
      template: 'third-party-chart',
      gitops: { checkName: async () => ({ valid: true, checks: [] }) },
    });
  });
  afterAll(async () => {
    await portal?.stop();
    await forge.stop();
    folders.forEach(folder => rmSync(folder, { recursive: true }));
  });
  beforeEach(() => {
    forge.onPullRequest = 'merge';
    forge.requests.length = 0;
  });

  const checkOut = (name: string) => {
    const root = mkdtempSync(path.join(tmpdir(), 'chart-'));
    folders.push(root);
    execFileSync('git', ['clone', '--quiet', forge.directory(name), root]);
    return (file: string) => parse(readFileSync(path.join(root, file), 'utf8'));
  };

  it('names actions that exist, with inputs that they know', async () => {
    expect(await portal.misfits()).toEqual([]);
  });

  it('changes nothing in a dry run, and shows every file', async () => {
    const { directoryContents } = await portal.dryRun(
      { ...form, name: 'carts' },
      { 'skeleton/README.md.njk': '# ${{ values.name }}\n' },
    );
    const paths = directoryContents.map(file => file.path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'service/README.md',
        'service/catalog-info.yaml',
        'service/deploy/overlays/production/values.yaml',
        'registration/argocd/carts/production.yaml',
      ]),
    );
    expect(forge.requests.filter(line => !line.startsWith('GET '))).toEqual([]);
  });

  it.each([
    ['a range of versions', { version: '^20.1.0' }],
    ['the newest version', { version: 'latest' }],
    ['a repository over http', { repository: 'http://charts.example.com' }],
    ['a password in the address', { repository: 'https://u:p@h/x' }],
    ['a chart with a path', { chart: '../redis' }],
  ])('refuses %s in the form', async (_what, change) => {
    await expect(
      portal.create({ ...form, ...change, name: 'carts' }),
    ).rejects.toThrow(/400/);
    expect(forge.requests).toEqual([]);
  });

  it('takes back what it made when the values are none', async () => {
    const { error } = await portal.create({
      ...form,
      name: 'carts',
      productionValues: '- a list',
    });
    expect(error).toMatch(/values of production must be a map/);
    expect(forge.exists('payments/carts')).toBe(false);
  });

  it('brings a chart under Argo CD', async () => {
    const { error, output } = await portal.create({ ...form, name: 'carts' });

    expect(error).toBeUndefined();
    expect(output?.text.map(({ title }) => title)).toEqual([
      'It waits for a sync',
    ]);
    const service = checkOut('payments/carts');
    expect(service('catalog-info.yaml')).toMatchObject({
      metadata: { name: 'carts', description: form.description },
      spec: { type: 'service', owner: 'group:default/payments' },
    });
    expect(
      service('deploy/overlays/production/kustomization.yaml'),
    ).toMatchObject({
      helmCharts: [{ name: 'redis', version: '20.1.0', releaseName: 'carts' }],
      patches: [{ target: { kind: 'StatefulSet' } }],
    });
    expect(service('deploy/overlays/production/values.yaml')).toEqual({
      architecture: 'replication',
      auth: { existingSecret: 'carts' },
    });
    const [pull] = forge.pulls('platform/gitops').slice(-1);
    expect(JSON.stringify(pull)).toContain('--enable-helm');
    const registration = checkOut('platform/gitops');
    expect(registration('argocd/carts/production.yaml').spec).toMatchObject({
      source: { path: 'deploy/overlays/production' },
    });
  });

  it('brings a chart under Flux', async () => {
    const { method: _, ...flux } = form;
    const { error } = await portal.create({
      ...flux,
      name: 'sessions',
      engine: 'flux',
      repository: 'oci://registry.example.com/charts',
    });

    expect(error).toBeUndefined();
    const service = checkOut('payments/sessions');
    expect(service('deploy/base/helmrelease.yaml').spec.chartRef).toEqual({
      kind: 'OCIRepository',
      name: 'sessions',
    });
    expect(
      service('deploy/overlays/production/helmrelease-patch.yaml').spec,
    ).toMatchObject({
      values: { architecture: 'replication' },
      postRenderers: [
        { kustomize: { patches: [{ target: { kind: 'StatefulSet' } }] } },
      ],
    });
  });
});
