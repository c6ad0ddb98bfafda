import { parse } from 'yaml';
import { useActions } from '../__testUtils__/useActions';

jest.setTimeout(120_000);

const { forge, read, run, write } = useActions();

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders }
spec:
  selector: { matchLabels: { app: orders } }
  template:
    metadata: { labels: { app: orders } }
    spec: { containers: [{ name: orders, image: ghcr.io/payments/orders }] }
`;

function writeService(): void {
  write('service/deploy/base/kustomization.yaml', 'resources: [app.yaml]\n');
  write('service/deploy/base/app.yaml', deployment);
  write('platform/README.md', '# Platform\n');
}

describe('gitops:previews:enable', () => {
  const input = () => ({
    name: 'orders',
    team: 'payments',
    engine: 'argocd',
    repoUrl: `${forge.host}?owner=payments&repo=orders`,
    cloneUrl: `${forge.url}/payments/orders.git`,
    branch: 'main',
    root: 'deploy',
    image: 'ghcr.io/payments/orders:1.0.0@sha256:abc',
    manifestsPath: './service',
    registrationPath: './platform',
  });
  const enable = (change: object = {}) =>
    run('gitops:previews:enable', { ...input(), ...change });

  it('writes what is missing, beside what is there, and nothing twice', async () => {
    writeService();
    const { output } = await enable({ domain: '', secret: { name: '' } });
    expect(output).toEqual({
      manifestFiles: [
        'deploy/overlays/preview/kustomization.yaml',
        'deploy/overlays/preview/limitrange.yaml',
        'deploy/overlays/preview/namespace.yaml',
        'deploy/overlays/preview/resourcequota.yaml',
      ],
      registrationFiles: [
        'argocd/orders/previews-project.yaml',
        'argocd/orders/previews.yaml',
      ],
      registrationFolder: './platform/argocd/orders',
      namespace: 'orders-pr-<number>',
      host: undefined,
    });
    const set = parse(read('platform/argocd/orders/previews.yaml')!);
    expect(set.spec.generators[0].pullRequest.gitea).toEqual({
      owner: 'payments',
      repo: 'orders',
      api: forge.url,
      labels: ['preview'],
    });
    expect(set.spec.template.spec.source.kustomize.images).toEqual([
      'ghcr.io/payments/orders:{{.head_sha}}',
    ]);
    const validated = await run('gitops:manifests:validate', {
      path: './service/deploy',
    });
    expect(validated.output.overlays).toEqual([
      expect.objectContaining({ name: 'preview' }),
    ]);

    const again = await enable();
    expect(again.output.manifestFiles).toEqual([]);
    expect(again.output.registrationFiles).toEqual([]);
    expect(again.log).toEqual([
      'Previews of orders are enabled already; nothing changes',
    ]);
  });

  it('knows other forges, and says which it does not', async () => {
    writeService();
    await enable({
      engine: 'flux',
      repoUrl: 'github.com?owner=payments&repo=orders',
      cloneUrl: 'https://github.com/payments/orders.git',
      secret: { name: 'github-token' },
    });
    expect(
      parse(read('platform/flux/orders/previews-provider.yaml')!).spec,
    ).toMatchObject({
      type: 'GitHubPullRequest',
      url: 'https://github.com/payments/orders',
      secretRef: { name: 'github-token' },
    });
  });

  it.each([
    [{ label: 'a\nb' }, 'label'],
    [{ domain: 'https://example.com' }, 'domain'],
    [{ root: '../other' }, 'path'],
    [{ name: '../orders' }, 'name'],
    [{ root: 'elsewhere' }, 'There is no kustomization in "elsewhere/base"'],
    [{ domain: 'example.com' }, 'needs a Service'],
    [{ manifestsPath: './nowhere' }, 'There is no folder "./nowhere"'],
    [{ registrationPath: '../..' }, 'path'],
  ])('refuses %j before anything is written', async (change, message) => {
    writeService();
    await expect(enable(change)).rejects.toThrow(message);
    expect(read('service/deploy/overlays/preview/kustomization.yaml')).toBe(
      undefined,
    );
    expect(read('platform/argocd/orders/previews.yaml')).toBe(undefined);
  });
});

describe('gitops:tenant:render', () => {
  const render = (change: object = {}, config: object = {}) =>
    run(
      'gitops:tenant:render',
      {
        name: 'growth',
        title: 'Growth',
        description: '',
        engine: 'argocd',
        environments: ['dev'],
        parent: 'group:default/company',
        members: ['user:default/ada'],
        targetPath: './platform',
        catalogPath: './catalog',
        ...change,
      },
      { config },
    );

  beforeEach(() => {
    write('platform/README.md', '# Platform\n');
    write('catalog/org.yaml', 'kind: Group\nmetadata: { name: company }\n');
  });

  it('gives a team its place, once', async () => {
    const { output } = await render();
    expect(output).toMatchObject({
      folder: './platform/argocd/teams/growth',
      namespaces: ['growth-dev'],
      configurationUrl: `${forge.url}/growth/deploy.git`,
      entityRef: 'group:default/growth',
      catalogChanged: true,
    });
    expect(output.files).toHaveLength(6);
    const project = parse(read('platform/argocd/teams/growth/project.yaml')!);
    expect(project.spec.sourceRepos).toEqual([
      `${forge.url}/growth/deploy.git`,
      `${forge.url}/growth/*`,
    ]);
    const [, group] = read('catalog/org.yaml')!.split('---\n');
    expect(parse(group)).toMatchObject({
      metadata: { name: 'growth', title: 'Growth' },
      spec: { type: 'team', parent: 'company', members: ['ada'] },
    });

    const again = await render();
    expect(again.output.files).toEqual([]);
    expect(again.output.catalogChanged).toBe(false);
  });

  it('leaves the catalog alone when it is not told where that is', async () => {
    const { output } = await render({ engine: 'flux', catalogPath: '' });
    expect(output.catalogChanged).toBe(false);
    expect(output.files).toContain('flux/teams/growth/dev/access.yaml');
  });

  it.each([
    [{ name: 'kube-system' }, 'name'],
    [{ members: ['group:default/x'] }, 'is no user'],
    [{ parent: 'a:b:c' }, 'is no group'],
    [{ configurationUrl: 'https://u:p@h/x' }, 'clone URL'],
    [{ title: 'Other' }, 'There is a group "growth"'],
    [{ catalogPath: './nowhere' }, 'There is no folder'],
    [{ targetPath: '../..' }, 'path'],
  ])('refuses %j before anything is written', async (change, message) => {
    write(
      'catalog/org.yaml',
      'kind: Group\nmetadata: { name: growth, title: Growth }\n',
    );
    await expect(render(change)).rejects.toThrow(message);
    expect(read('platform/argocd/teams/growth/project.yaml')).toBe(undefined);
  });

  it('needs to know a forge', async () => {
    await expect(render({}, { platformRepository: undefined })).rejects.toThrow(
      'set gitops.platformRepository',
    );
  });
});
