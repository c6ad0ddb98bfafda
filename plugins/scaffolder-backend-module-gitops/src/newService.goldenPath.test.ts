import type {
  NameCheckResponse,
  ServiceResponse,
} from '@fairway/plugin-gitops-common';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { GiteaFake } from './__testUtils__/GiteaFake';
import { startPortal } from './__testUtils__/startPortal';

// Real Git, real kustomize and a real scaffolder, on what may be a busy machine.
jest.setTimeout(240_000);

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
  description: 'Sends what was ordered',
  owner: 'group:default/payments',
  engine: 'argocd',
  dev: 'automated',
  staging: 'automated',
  production: 'manual',
};

const CONFIGURATION = 'payments/configuration';
const SCRIPTS = {
  'shared/VERSION': '0.1\n',
  'pipelines/gitea/ci.yaml': 'name: CI\n',
};

describe('a new service of any kind', () => {
  const forge = new GiteaFake();
  const folders: string[] = [];
  let portal: Awaited<ReturnType<typeof startPortal>>;

  beforeAll(async () => {
    await forge.start();
    for (const repository of ['platform/gitops', CONFIGURATION]) {
      forge.createRepository(repository);
      forge.commit(repository);
    }
    portal = await startPortal({
      forge,
      gitops: {
        getService: async () => healthy,
        checkName: async () => FREE,
      },
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

  const temporary = () => {
    const root = mkdtempSync(path.join(tmpdir(), 'golden-path-'));
    folders.push(root);
    return root;
  };

  const checkOut = (name: string) => {
    const root = temporary();
    execFileSync('git', ['clone', '--quiet', forge.directory(name), root]);
    const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
    return { root, read, yaml: (file: string) => parse(read(file)) };
  };

  /** What is left of a service that was not to be. */
  const leftovers = (name: string) => [
    ...(forge.exists(`payments/${name}`) ? [`payments/${name}`] : []),
    ...['platform/gitops', CONFIGURATION].flatMap(repository => [
      ...forge
        .pulls(repository)
        .filter(pull => pull.state === 'open')
        .map(({ title }) => title),
      ...forge.branches(repository).filter(branch => branch.includes(name)),
    ]),
  ];

  const python = (root: string) =>
    spawnSync('python3', ['-B', '-m', 'unittest'], {
      cwd: root,
      encoding: 'utf8',
    });

  it('creates a Python worker in its own repository, whose own tests pass', async () => {
    const { error, output } = await portal.create(
      {
        ...form,
        name: 'mailer',
        runtime: 'python',
        scaling: true,
        maxReplicas: 4,
      },
      'background-worker',
    );

    expect(error).toBeUndefined();
    expect(output?.text.map(({ title }) => title)).toEqual(['It runs']);
    const { root, yaml } = checkOut('payments/mailer');
    const deployment = yaml('deploy/base/deployment.yaml');
    expect(deployment.spec.template.spec.containers[0]).toMatchObject({
      livenessProbe: {
        exec: { command: ['python', '-m', 'service.alive'] },
      },
      volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    });
    expect(
      yaml('deploy/overlays/production/horizontalpodautoscaler.yaml').spec,
    ).toMatchObject({ minReplicas: 2, maxReplicas: 4 });
    expect(yaml('catalog-info.yaml').spec.type).toBe('worker');
    const test = python(root);
    const missing = (test.error as NodeJS.ErrnoException)?.code === 'ENOENT';
    expect(missing || test.status === 0 ? 'passed' : test.stderr).toBe(
      'passed',
    );
  });

  it('creates a cron job of an image in the repository of its team, and no other', async () => {
    const { error, output } = await portal.create(
      {
        ...form,
        name: 'invoices',
        engine: 'flux',
        runtime: 'image',
        image: 'ghcr.io/payments/invoices:1.4.2',
        args: ['send', '--all'],
        cron: '30 2 * * 1-5',
        timeZone: 'Europe/Berlin',
        layout: 'team-repository',
        configurationRepository: CONFIGURATION,
      },
      'cron-job',
    );

    expect(error).toBeUndefined();
    expect(output?.links.map(({ title }) => title)).toEqual([
      'Deployments',
      'Catalog page',
      'Pull request of the manifests',
      'Pull request of the registration',
    ]);
    expect(forge.exists('payments/invoices')).toBe(false);
    const { yaml } = checkOut(CONFIGURATION);
    const { spec } = yaml('services/invoices/base/cronjob.yaml');
    expect(spec).toMatchObject({
      schedule: '30 2 * * 1-5',
      timeZone: 'Europe/Berlin',
      concurrencyPolicy: 'Forbid',
    });
    expect(spec.jobTemplate.spec.template.spec.containers[0].args).toEqual([
      'send',
      '--all',
    ]);
    expect(
      yaml('services/invoices/overlays/dev/kustomization.yaml').images,
    ).toEqual([{ name: 'ghcr.io/payments/invoices', newTag: '1.4.2' }]);
    expect(portal.catalog.addLocation).toHaveBeenLastCalledWith(
      expect.objectContaining({
        target: `${forge.url}/${CONFIGURATION}/src/branch/main/services/invoices/catalog-info.yaml`,
      }),
      expect.anything(),
    );
    const platform = checkOut('platform/gitops');
    expect(platform.yaml('flux/invoices/dev.yaml').spec.path).toBe(
      './services/invoices/overlays/dev',
    );
    expect(platform.yaml('flux/invoices/source.yaml').spec.url).toBe(
      `${forge.url}/${CONFIGURATION}.git`,
    );
    const [pull] = forge
      .pulls(CONFIGURATION)
      .filter(({ title }) => title === 'Add invoices');
    expect(pull.body).toMatch(/CronJob/);
  });

  it('creates a web service beside the manifests of all, and its pipeline deploys there', async () => {
    const { error } = await portal.create({
      ...form,
      name: 'shop',
      runtime: 'nodejs',
      layout: 'shared-repository',
      route: 'ingress',
      productionHost: 'shop.example.com',
      devHost: 'shop.dev.example.com',
      tlsSecretName: 'shop-tls',
      networkPolicy: true,
      monitoring: true,
    });

    expect(error).toBeUndefined();
    const service = checkOut('payments/shop');
    expect(() => service.read('deploy/base/kustomization.yaml')).toThrow();
    const before = checkOut('platform/gitops');
    const overlay = 'teams/payments/shop/overlays/dev/kustomization.yaml';
    expect(
      before.yaml('teams/payments/shop/overlays/production/ingress.yaml').spec,
    ).toMatchObject({
      tls: [{ hosts: ['shop.example.com'], secretName: 'shop-tls' }],
    });
    expect(before.yaml('argocd/shop/dev.yaml').spec.source.path).toBe(
      'teams/payments/shop/overlays/dev',
    );

    const release = runPipeline(service.root);
    expect(release.status === 0 ? 'released' : release.stderr).toBe('released');
    const after = checkOut('platform/gitops');
    expect(after.yaml(overlay).images).toEqual([
      {
        name: 'registry.example.com/payments/shop',
        newTag: expect.stringMatching(/^0\.1\.7-[0-9a-f]{7}$/),
      },
    ]);
  });

  /** Runs what the pipeline runs, with a docker that does nothing. */
  function runPipeline(root: string) {
    const bin = path.join(temporary(), 'bin');
    mkdirSync(bin);
    writeFileSync(path.join(bin, 'docker'), '#!/bin/sh\nexit 0\n', {
      mode: 0o755,
    });
    const settings = path.join(root, '.ci/settings');
    const text = readFileSync(settings, 'utf8');
    // The fake forge takes pushes by its folder without signing in.
    writeFileSync(
      settings,
      text.replace(
        /CONFIGURATION='[^']*'/,
        `CONFIGURATION='${forge.directory('platform/gitops')}'`,
      ),
    );
    expect(text).toContain(`CONFIGURATION='${forge.url}/platform/gitops.git'`);
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: root,
      encoding: 'utf8',
    }).trim();
    return spawnSync('sh', ['.ci/release'], {
      cwd: root,
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: `${bin}:${process.env.PATH}`,
        BUILD_NUMBER: '7',
        COMMIT: commit,
      },
    });
  }

  it('changes nothing in a dry run, and shows every file', async () => {
    const worker = await portal.dryRun(
      { ...form, name: 'packer', runtime: 'go' },
      { 'skeletons/go/main.go': 'package main\n', ...SCRIPTS },
      'background-worker',
    );
    expect(worker.directoryContents.map(file => file.path)).toEqual(
      expect.arrayContaining([
        'service/main.go',
        'service/VERSION',
        'service/ci.yaml',
        'service/deploy/overlays/dev/deployment-patch.yaml',
        'registration/argocd/packer/dev.yaml',
      ]),
    );
    const job = await portal.dryRun(
      {
        ...form,
        name: 'packer',
        runtime: 'nodejs',
        cron: '0 3 * * *',
        layout: 'team-repository',
        configurationRepository: CONFIGURATION,
      },
      { 'skeletons/nodejs/package.json': '{}\n', ...SCRIPTS },
      'cron-job',
    );
    expect(job.directoryContents.map(file => file.path)).toEqual(
      expect.arrayContaining([
        'service/package.json',
        'configuration/services/packer/base/cronjob.yaml',
      ]),
    );
    expect(
      forge.requests.filter(
        line =>
          /^(POST|PUT|PATCH|DELETE) /.test(line) &&
          !line.includes('git-upload-pack'),
      ),
    ).toEqual([]);
  });

  it('takes everything back when the manifests are refused', async () => {
    forge.onPullRequest = 'close';
    const { error, log } = await portal.create(
      {
        ...form,
        name: 'packer',
        runtime: 'go',
        layout: 'team-repository',
        configurationRepository: CONFIGURATION,
      },
      'background-worker',
    );

    expect(error).toMatch(/closed without being merged/);
    expect(log).toMatch(/Undone: the repository .*payments\/packer is deleted/);
    expect(leftovers('packer')).toEqual([]);
  });

  it.each([
    [
      'no repository of the team',
      { layout: 'team-repository' },
      /dependency required by instance.layout/,
    ],
    [
      'a repository that is not there',
      { layout: 'team-repository', configurationRepository: 'payments/none' },
      /does not exist/,
    ],
    [
      'a path that is no repository of the forge',
      { layout: 'team-repository', configurationRepository: 'a/b/c' },
      /names no repository/,
    ],
    ['a schedule of six fields', { cron: '0 0 3 * * *' }, /cron/],
    ['an impossible date', { cron: '0 0 30 2 *' }, /date that exists/],
    ['a clock that is none', { timeZone: 'Mars/Base' }, /timeZone/],
    [
      'an image that moves',
      { runtime: 'image', image: 'a.example.com/b:latest' },
      /dependency required by instance.runtime/,
    ],
  ])('refuses %s before anything is changed', async (_what, change, rule) => {
    const values = { ...form, name: 'packer', runtime: 'go', ...change };
    // The scaffolder refuses what the form refuses, and the actions refuse the rest.
    const refused = await portal
      .create({ cron: '0 3 * * *', ...values }, 'cron-job')
      .then(({ error }) => error, String);
    expect(refused).toMatch(rule);
    expect(leftovers('packer')).toEqual([]);
  });
});
