import { readdirSync } from 'node:fs';
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

const { run, workspace } = useActions();

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
