import { parseServiceModel, renderWorkload } from '@fairway/gitops-manifests';
import { execFileSync } from 'node:child_process';
import { GiteaFake } from './__testUtils__/GiteaFake';
import { knownServices } from './__testUtils__/knownServices';
import { component, startPortal } from './__testUtils__/startPortal';

// Each overlay is a process, thrice for each run; a busy machine takes its time.
jest.setTimeout(600_000);

const REPO = 'payments/orders';

const form = {
  entityRef: 'component:default/orders',
  environments: ['production'],
  phase: 'prepare',
  controller: 'argo-rollouts',
  strategy: 'canary',
  routing: 'none',
  steps: [
    { weight: 5, pause: '5m' },
    { weight: 50, pause: 'manual' },
    { weight: 100 },
  ],
  prometheus: 'http://prometheus.monitoring:9090',
  ...{ successRate: 99.5, latency: 300, waitMinutes: 1 },
};

describe('the progressive-delivery template', () => {
  const forge = new GiteaFake();
  let portal: Awaited<ReturnType<typeof startPortal>>;

  beforeAll(async () => {
    await forge.start();
    portal = await startPortal({
      forge,
      template: 'progressive-delivery',
      entities: [component('orders')],
      gitops: knownServices({
        name: 'orders',
        cloneUrl: `${forge.url}/${REPO}.git`,
        environments: [{ name: 'dev' }, { name: 'production' }],
      }),
    });
  });
  afterAll(async () => {
    await portal?.stop();
    await forge.stop();
  });
  it.each([
    ['no steps', { steps: [] }],
    ['more than all', { steps: [{ weight: 101 }] }],
    ['half a per cent', { steps: [{ weight: 0.5 }] }],
    ['a pause of days', { steps: [{ weight: 100, pause: '1d' }] }],
    ['a file as Prometheus', { prometheus: 'file:///etc/passwd' }],
    ['a router of Flagger', { routing: 'linkerd' }],
    ['an environment with a path', { environments: ['../x'] }],
  ])('refuses %s in the form', async (_what, change) => {
    await expect(portal.create({ ...form, ...change })).rejects.toThrow(/400/);
  });

  const commitOrders = () => {
    forge.reset();
    forge.createRepository(REPO);
    const model = parseServiceModel({
      ...{ name: 'orders', team: 'payments', engine: 'argocd' },
      image: 'registry.example.com/payments/orders',
      runtime: 'nodejs',
      repoUrl: 'https://git.example.com/payments/orders.git',
      environments: [
        { name: 'dev', tier: 'development' },
        { name: 'production', tier: 'production', replicas: 4 },
      ],
    });
    forge.commit(
      REPO,
      'main',
      Object.fromEntries(
        renderWorkload(model)
          .filter(file => !file.path.includes('/preview/'))
          .map(file => [file.path, file.content]),
      ),
    );
    forge.onPullRequest = 'merge';
  };

  const show = (file: string) =>
    execFileSync('git', ['show', `main:${file}`], {
      cwd: forge.directory(REPO),
      encoding: 'utf8',
    });

  it('names actions that exist, with inputs that they know', async () => {
    expect(await portal.misfits()).toEqual([]);
  });

  it('converts a service in two pull requests, and does nothing a third time', async () => {
    commitOrders();
    const first = await portal.create(form);
    expect(first.error).toBeUndefined();
    expect(first.output?.text.map(({ title }) => title)).toEqual([
      'The first phase is merged',
    ]);
    expect(show('deploy/overlays/production/kustomization.yaml')).toMatch(
      /name: orders\n +count: 4\n +- name: orders-rollout\n +count: 4\n/,
    );
    expect(show('deploy/components/rollout/rollout.yaml')).toContain(
      'setWeight: 50\n        - pause: {}\n',
    );
    expect(JSON.stringify(forge.pulls(REPO))).toContain('orders-rollout');

    const second = await portal.create({ ...form, phase: 'switch' });
    expect(second.error).toBeUndefined();
    expect(second.output?.text.map(({ title }) => title)).toEqual([
      'It is delivered step by step',
    ]);
    expect(show('deploy/overlays/production/kustomization.yaml')).toMatch(
      /name: orders\n +count: 0\n +- name: orders-rollout\n +count: 4\n/,
    );

    const third = await portal.create({ ...form, phase: 'switch' });
    expect(third.error).toBeUndefined();
    expect(third.output?.text.map(({ title }) => title)).toEqual([
      'Nothing is to do',
    ]);
    expect(forge.pulls(REPO)).toHaveLength(2);
  });

  it('hands traffic over to Flagger', async () => {
    commitOrders();
    const { prometheus: _, strategy: __, ...rest } = form;
    const flagger = {
      ...rest,
      ...{ controller: 'flagger', routing: 'gateway-api' },
      ...{ gateway: 'gateways/public', hosts: ['orders.example.com'] },
    };
    for (const phase of ['prepare', 'switch']) {
      const { error } = await portal.create({ ...flagger, phase });
      expect(error).toBeUndefined();
    }
    expect(show('deploy/components/flagger/canary.yaml')).toMatch(
      /provider: gatewayapi:v1[^]*hosts:\n +- orders.example.com[^]*min: 99.5/,
    );
  });

  it('refuses the second phase before the first, and leaves nothing behind', async () => {
    commitOrders();
    const { error } = await portal.create({ ...form, phase: 'switch' });
    expect(error).toMatch(/is not prepared: run the phase "prepare"/);
    expect(forge.pulls(REPO)).toEqual([]);
    expect(forge.branches(REPO)).toEqual(['main']);
  });

  it('changes nothing in a dry run, and shows the difference', async () => {
    commitOrders();
    const { log, directoryContents } = await portal.dryRun(form);
    expect(directoryContents.map(file => file.path)).toContain(
      'service/deploy/components/rollout/rollout.yaml',
    );
    expect(JSON.stringify(log)).toMatch(/production: added .*Rollout/);
    expect(forge.pulls(REPO)).toEqual([]);
  });
});
