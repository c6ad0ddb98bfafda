import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { useActions } from '../__testUtils__/useActions';

jest.setTimeout(60_000);

const orders = {
  name: 'orders',
  owner: 'group:default/payments',
  engine: 'argocd',
  runtime: 'nodejs',
  image: 'registry.example.com/payments/orders',
  cloneUrl: 'https://git.example.com/payments/orders.git',
  environments: [{ name: 'dev', policy: 'automated' }, { name: 'production' }],
};

const { run, workspace, write } = useActions();

describe('rendering', () => {
  it('writes a workload that validates, and its registration', async () => {
    const workload = await run('gitops:workload:render', {
      ...orders,
      targetPath: './service',
    });
    expect(workload.output.path).toBe('./service/deploy');
    const validated = await run('gitops:manifests:validate', {
      path: workload.output.path,
    });
    expect(
      validated.output.overlays.map((overlay: any) => overlay.name),
    ).toEqual(['dev', 'preview', 'production']);

    const registration = await run('gitops:registration:render', {
      ...orders,
      targetPath: './registration',
    });
    expect(registration.output.files).toEqual([
      'argocd/orders/project.yaml',
      'argocd/orders/dev.yaml',
      'argocd/orders/production.yaml',
    ]);
  });

  it.each([
    ['a target outside of the workspace', { targetPath: '../../etc' }],
    ['a name with a path', { name: '../orders' }],
    ['a name with a line break', { name: 'orders\n' }],
    ['an environment nobody configured', { environments: [{ name: 'qa' }] }],
    ['an owner that is no entity ref', { owner: 'group:default/' }],
    ['an image with a tag', { image: 'example.com/a:1' }],
    ['a URL with a password', { cloneUrl: 'https://a:b@example.com/a.git' }],
  ])('refuses %s, and writes nothing', async (_what, change) => {
    for (const action of [
      'gitops:workload:render',
      'gitops:registration:render',
    ]) {
      await expect(run(action, { ...orders, ...change })).rejects.toThrow();
    }
    expect(readdirSync(workspace.path)).toEqual([]);
  });

  it('takes tiers from the configuration', async () => {
    const { output } = await run(
      'gitops:workload:render',
      { ...orders, environments: [{ name: 'qa' }] },
      {
        config: { environments: [{ name: 'qa', tier: 'staging' }] },
      },
    );
    expect(output.files).toContain('deploy/overlays/qa/kustomization.yaml');
  });
});

describe('rendering what is no web service', () => {
  const job = {
    ...orders,
    kind: 'cron-job',
    runtime: 'image',
    image: 'ghcr.io/payments/orders:1.4.2',
    schedule: { cron: '30 2 * * 1-5', timeZone: 'Europe/Berlin' },
    layout: 'team-repository',
    targetPath: './configuration',
  };

  it('writes a cron job into the repository of its team, once', async () => {
    write('configuration/services/ledger/base/deployment.yaml', 'kind: A\n');
    const first = await run('gitops:workload:render', job);
    expect(first.output.path).toBe('./configuration/services/orders');
    expect(first.output.files).toContain(
      'services/orders/overlays/dev/kustomization.yaml',
    );
    const again = await run('gitops:workload:render', job);
    expect(again.output).toEqual(first.output);

    const registration = await run('gitops:registration:render', {
      ...job,
      targetPath: './registration',
    });
    expect(registration.output.files).toHaveLength(3);
    expect(
      readFileSync(
        `${workspace.path}/registration/argocd/orders/dev.yaml`,
        'utf8',
      ),
    ).toContain('path: services/orders/overlays/dev');
  });

  it('leaves the folder of another service as it is', async () => {
    write('configuration/services/orders/base/deployment.yaml', 'kind: A\n');
    await expect(run('gitops:workload:render', job)).rejects.toThrow(
      /folder services\/orders already/,
    );
    expect(
      readdirSync(`${workspace.path}/configuration/services/orders`),
    ).toEqual(['base']);
  });

  it('takes what a form leaves of choices that were taken back for nothing', async () => {
    const { output } = await run('gitops:workload:render', {
      ...orders,
      route: { type: 'none', gateway: 'gateways/public' },
      scaling: { enabled: false, cpuUtilization: 50 },
      networkPolicy: { enabled: false },
      monitoring: { enabled: false, path: '/metrics' },
      environments: [
        { name: 'dev', host: 'a.example.com', minReplicas: 2, maxReplicas: 4 },
      ],
    });
    expect(output.files).toEqual([
      'deploy/base/deployment.yaml',
      'deploy/base/kustomization.yaml',
      'deploy/base/poddisruptionbudget.yaml',
      'deploy/base/service.yaml',
      'deploy/base/serviceaccount.yaml',
      ...['dev', 'preview'].flatMap(name =>
        ['deployment-patch', 'kustomization', 'namespace'].map(
          file => `deploy/overlays/${name}/${file}.yaml`,
        ),
      ),
    ]);
  });

  it('gives an environment the limits that were named, and the usual ones else', async () => {
    await run('gitops:workload:render', {
      ...orders,
      scaling: {},
      environments: [
        { name: 'dev' },
        { name: 'staging', minReplicas: 5 },
        { name: 'production', maxReplicas: 1 },
      ],
    });
    const limits = (environment: string) =>
      parse(
        readFileSync(
          `${workspace.path}/deploy/overlays/${environment}/horizontalpodautoscaler.yaml`,
          'utf8',
        ),
      ).spec;
    expect(limits('dev')).toMatchObject({ minReplicas: 1, maxReplicas: 3 });
    expect(limits('staging')).toMatchObject({ minReplicas: 5, maxReplicas: 5 });
    expect(limits('production')).toMatchObject({
      minReplicas: 1,
      maxReplicas: 1,
    });
  });

  it.each([
    [
      'a gateway without a namespace',
      { route: { type: 'gateway', gateway: 'a' } },
    ],
    ['a port of root', { port: 80 }],
    ['a schedule of a service', { schedule: { cron: '0 1 * * *' } }],
    ['a moving image', { runtime: 'image', image: 'a.example.com/b:latest' }],
  ])('refuses %s, and writes nothing', async (_what, change) => {
    await expect(
      run('gitops:workload:render', {
        ...orders,
        environments: [{ name: 'dev', host: 'a.example.com' }],
        ...change,
      }),
    ).rejects.toThrow(/correct these fields/);
    expect(readdirSync(workspace.path)).toEqual([]);
  });
});
