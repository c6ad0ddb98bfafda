import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { useActions } from '../__testUtils__/useActions';

jest.setTimeout(120_000);

const orders = {
  ...{ name: 'orders', owner: 'group:default/payments', engine: 'argocd' },
  runtime: 'nodejs',
  image: 'registry.example.com/payments/orders',
  cloneUrl: 'https://git.example.com/payments/orders.git',
  environments: [{ name: 'dev' }, { name: 'production', replicas: 4 }],
  targetPath: './service',
};

const delivery = {
  ...{ path: './service', name: 'orders', team: 'payments', engine: 'argocd' },
  environments: ['production'],
  controller: 'argo-rollouts',
  routing: 'none',
};

const { run, workspace } = useActions();
const file = (name: string) => path.join(workspace.path, 'service', name);
const add = (input: object = {}) =>
  run('gitops:progressive-delivery:add', { ...delivery, ...input });

describe('gitops:progressive-delivery:add', () => {
  beforeEach(() => run('gitops:workload:render', orders));

  it('converts what the golden path of a web service wrote', async () => {
    const { output, log } = await add({
      analysis: { prometheus: 'http://prometheus:9090' },
    });

    expect(output.files).toEqual([
      'deploy/components/rollout/kustomization.yaml',
      'deploy/components/rollout/kustomizeconfig.yaml',
      'deploy/components/rollout/rollout.yaml',
      'deploy/components/rollout/analysistemplate.yaml',
      'deploy/overlays/production/kustomization.yaml',
    ]);
    expect(output.markdown).toMatch(/^- The Rollout "orders-rollout" runs/);
    expect(log.join()).toContain('of 4, 5 per cent are at least one');
    const { output: validated } = await run('gitops:manifests:validate', {
      path: './service/deploy',
    });
    const kinds = Object.fromEntries(
      validated.overlays.map((overlay: any) => [overlay.name, overlay.objects]),
    );
    expect(kinds.production).toContain('Rollout/orders-rollout');
    expect(kinds.production).toContain('Deployment/orders');
    expect(kinds.dev).not.toContain('Rollout/orders-rollout');

    const again = await add();
    expect(again.output).toMatchObject({ changed: false, files: [] });
    expect((await add({ phase: 'switch' })).output.files).toEqual([
      'deploy/overlays/production/kustomization.yaml',
    ]);
    expect((await add({ phase: 'switch' })).output.changed).toBe(false);
  });

  it('measures nothing where no Prometheus is named', async () => {
    const { log } = await add({ analysis: { successRate: 99 } });
    expect(log.join()).toContain('Nothing is measured');
    expect(
      existsSync(file('deploy/components/rollout/analysistemplate.yaml')),
    ).toBe(false);
  });

  it.each([
    ['steps that do not end', { steps: [{ weight: 50 }] }, /the last one 100/],
    ['a pause that is none', { steps: [{ weight: 100, pause: 'x' }] }, /pause/],
    ['what is not prepared', { phase: 'switch' }, /not prepared/],
    ['a folder outside', { path: '../../etc' }, /Relative path|outside/],
    [
      'an overlay outside',
      { overlays: [{ environment: 'production', path: '../../x' }] },
      /no overlay/,
    ],
    ['a root outside', { root: '../x' }, /folder inside/],
  ])('refuses %s, and changes nothing', async (_what, change, rule) => {
    const kustomization = file('deploy/overlays/production/kustomization.yaml');
    const before = readFileSync(kustomization, 'utf8');
    await expect(add(change)).rejects.toThrow(rule);
    expect(readFileSync(kustomization, 'utf8')).toBe(before);
    expect(existsSync(file('deploy/components'))).toBe(false);
  });
});
