import type {
  NameCheckResponse,
  ServiceResponse,
} from '@fairway/plugin-gitops-common';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { GiteaFake } from './__testUtils__/GiteaFake';
import { startPortal } from './__testUtils__/startPortal';

// Real Git, real kustomize and a real scaffolder, on what may be a busy machine.
jest.setTimeout(180_000);

const FREE: NameCheckResponse = { valid: true, checks: [] };

const healthy = {
  environments: [
    {
      environment: { name: 'dev' },
      applications: [
        {
          id: 'app-1',
          ref: { kind: 'Application', name: 'orders-dev' },
          sync: 'synced',
          health: 'healthy',
          policy: { automated: true },
        },
      ],
    },
  ],
} as unknown as ServiceResponse;

const form = {
  description: 'Takes "orders": all of them # really',
  owner: 'group:default/payments',
  runtime: 'nodejs',
  engine: 'argocd',
  dev: 'automated',
  staging: 'automated-prune',
  production: 'manual',
};

describe('the web-service template', () => {
  const forge = new GiteaFake();
  const getService = jest.fn();
  const checkName = jest.fn();
  const folders: string[] = [];
  let portal: Awaited<ReturnType<typeof startPortal>>;

  beforeAll(async () => {
    await forge.start();
    forge.createRepository('platform/gitops');
    forge.commit('platform/gitops');
    portal = await startPortal({ forge, gitops: { getService, checkName } });
  });

  afterAll(async () => {
    await portal?.stop();
    await forge.stop();
    folders.forEach(folder => rmSync(folder, { recursive: true }));
  });

  beforeEach(() => {
    forge.onPullRequest = 'merge';
    forge.faults.clear();
    forge.requests.length = 0;
    getService.mockReset().mockResolvedValue(healthy);
    checkName.mockReset().mockResolvedValue(FREE);
  });

  const checkOut = (name: string) => {
    const root = mkdtempSync(path.join(tmpdir(), 'golden-path-'));
    folders.push(root);
    execFileSync('git', ['clone', '--quiet', forge.directory(name), root]);
    return root;
  };

  const leftovers = () => ({
    repositories: ['payments/orders', 'payments/ledger'].filter(name =>
      forge.exists(name),
    ),
    branches: forge.branches('platform/gitops').filter(name => name !== 'main'),
    open: forge.pulls('platform/gitops').filter(pull => pull.state === 'open'),
  });
  const NOTHING = { repositories: [], branches: [], open: [] };

  it.each(['web-service', 'background-worker', 'cron-job'])(
    '%s names actions that exist, with inputs that they know',
    async template => {
      const misfits = await portal.misfits(template);
      // Those of the other forges are not loaded here.
      expect(
        misfits.filter(({ reason }) => !reason.includes('no publish:')),
      ).toEqual([]);
    },
  );

  it('changes nothing in a dry run, and shows every file', async () => {
    const result = await portal.dryRun(
      { ...form, name: 'orders' },
      {
        'skeletons/nodejs/package.json': '{}\n',
        'shared/VERSION': '0.1\n',
        'pipelines/gitea/ci.yaml': 'name: CI\n',
      },
    );

    const paths = result.directoryContents.map(file => file.path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'service/VERSION',
        'service/catalog-info.yaml',
        'service/deploy/overlays/production/kustomization.yaml',
        'registration/argocd/orders/dev.yaml',
      ]),
    );
    expect(forge.requests.filter(line => !line.startsWith('GET '))).toEqual([]);
    expect(leftovers()).toEqual(NOTHING);
  });

  it('refuses a taken name before anything is changed', async () => {
    checkName.mockResolvedValue({
      valid: false,
      checks: [
        {
          where: 'catalog',
          state: 'taken',
          message: 'component:default/orders exists in the catalog',
        },
      ],
    });

    const { error } = await portal.create({ ...form, name: 'orders' });

    expect(error).toMatch(/component:default\/orders exists in the catalog/);
    expect(error).toMatch(/Nothing was changed/);
    expect(forge.requests).toEqual([]);
  });

  it('removes what it made when the registration is refused', async () => {
    forge.onPullRequest = 'close';

    const { error, log } = await portal.create({ ...form, name: 'orders' });

    expect(error).toMatch(/closed without being merged/);
    expect(log).toMatch(/Undone: the repository .*payments\/orders is deleted/);
    expect(leftovers()).toEqual(NOTHING);
  });

  it('creates a Node.js service for Argo CD, whose own tests pass', async () => {
    const { error, output } = await portal.create({ ...form, name: 'orders' });

    expect(error).toBeUndefined();
    expect(output?.links).toEqual([
      expect.objectContaining({
        url: '/catalog/default/component/orders/deployments',
      }),
      expect.objectContaining({ entityRef: 'component:default/orders' }),
      expect.objectContaining({ url: `${forge.url}/payments/orders` }),
      expect.objectContaining({
        url: expect.stringMatching(/\/platform\/gitops\/pulls\/\d+$/),
      }),
    ]);
    expect(output?.text.map(({ title }) => title)).toEqual(['It runs']);
    expect(portal.catalog.addLocation).toHaveBeenLastCalledWith(
      expect.objectContaining({
        target: `${forge.url}/payments/orders/src/branch/main/catalog-info.yaml`,
      }),
      expect.anything(),
    );

    const service = checkOut('payments/orders');
    const read = (file: string) =>
      parse(readFileSync(path.join(service, file), 'utf8'));
    expect(read('catalog-info.yaml')).toMatchObject({
      metadata: { name: 'orders', description: form.description },
      spec: { owner: 'group:default/payments' },
    });
    expect(read('package.json').description).toBe(form.description);
    expect(read('deploy/overlays/dev/kustomization.yaml').images).toEqual([
      { name: 'registry.example.com/payments/orders', newTag: '0.1.0' },
    ]);
    const test = spawnSync(process.execPath, ['--test'], {
      cwd: service,
      encoding: 'utf8',
      // The test runner of Node.js would report to the one that runs this test.
      env: { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined },
    });
    expect(test.stdout).toMatch(/pass [1-9]/);
    expect(test.status).toBe(0);

    const platform = checkOut('platform/gitops');
    const staging = parse(
      readFileSync(path.join(platform, 'argocd/orders/staging.yaml'), 'utf8'),
    );
    expect(staging).toMatchObject({
      kind: 'Application',
      metadata: {
        name: 'orders-staging',
        labels: {
          'backstage.io/kubernetes-id': 'orders',
          'fairway.dev/environment': 'staging',
          team: 'payments',
        },
      },
      spec: {
        source: {
          repoURL: `${forge.url}/payments/orders.git`,
          path: 'deploy/overlays/staging',
        },
        syncPolicy: { automated: { prune: true, selfHeal: false } },
      },
    });
  });

  it('creates a Go service for Flux, whose own tests pass', async () => {
    const { error, output } = await portal.create({
      ...form,
      name: 'ledger',
      engine: 'flux',
      runtime: 'go',
      dev: 'manual',
    });

    expect(error).toBeUndefined();
    expect(getService).not.toHaveBeenCalled();
    expect(output?.text.map(({ title }) => title)).toEqual([
      'It waits for a sync',
    ]);
    const platform = checkOut('platform/gitops');
    const dev = parse(
      readFileSync(path.join(platform, 'flux/ledger/dev.yaml'), 'utf8'),
    );
    expect(dev).toMatchObject({
      kind: 'Kustomization',
      spec: { suspend: true, path: './deploy/overlays/dev' },
    });
    const service = checkOut('payments/ledger');
    expect(readFileSync(path.join(service, 'go.mod'), 'utf8')).toContain(
      'module service/ledger',
    );
    const go = spawnSync('go', ['test', './...'], {
      cwd: service,
      encoding: 'utf8',
      env: { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' },
    });
    const missing = (go.error as NodeJS.ErrnoException)?.code === 'ENOENT';
    expect(missing || go.status === 0 ? 'passed' : go.stdout + go.stderr).toBe(
      'passed',
    );
  });
});
