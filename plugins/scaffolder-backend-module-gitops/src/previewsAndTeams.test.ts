import { execFileSync } from 'node:child_process';
import { parse, parseAllDocuments } from 'yaml';
import { GiteaFake } from './__testUtils__/GiteaFake';
import { knownServices } from './__testUtils__/knownServices';
import {
  component,
  startPortal,
  type TaskResult,
} from './__testUtils__/startPortal';

// Real Git, real kustomize and a real scaffolder, on what may be a busy machine.
jest.setTimeout(180_000);

const BASE = {
  'deploy/base/kustomization.yaml': 'resources: [app.yaml, service.yaml]\n',
  'deploy/base/app.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders }
spec:
  selector: { matchLabels: { app: orders } }
  template:
    metadata: { labels: { app: orders } }
    spec: { containers: [{ name: orders, image: registry.example.com/payments/orders }] }
`,
  'deploy/base/service.yaml': `apiVersion: v1
kind: Service
metadata: { name: orders }
spec: { selector: { app: orders }, ports: [{ name: http, port: 80 }] }
`,
};

describe('the templates for previews and teams', () => {
  const forge = new GiteaFake();
  const service = { name: 'orders', cloneUrl: '', engine: 'argocd' as const };
  let portal: Awaited<ReturnType<typeof startPortal>>;

  beforeAll(async () => {
    await forge.start();
    const answers = () =>
      knownServices(
        { ...service, cloneUrl: `${forge.url}/payments/orders.git` },
        {
          name: 'ledger',
          engine: 'flux',
          cloneUrl: `${forge.url}/platform/gitops.git`,
          environments: [{ name: 'dev', path: 'ledger/overlays/dev' }],
        },
      );
    portal = await startPortal({
      forge,
      gitops: answers(),
      entities: [component('orders'), component('ledger')],
    });
  });

  afterAll(async () => {
    await portal?.stop();
    await forge.stop();
  });

  beforeEach(() => {
    forge.reset();
    forge.onPullRequest = 'merge';
    for (const [name, files] of Object.entries({
      'platform/gitops': Object.fromEntries(
        Object.entries(BASE).map(([file, text]) => [
          file.replace('deploy/', 'ledger/'),
          text,
        ]),
      ),
      'platform/catalog': { 'org.yaml': 'kind: Group\nmetadata: {name: a}\n' },
      'payments/orders': BASE,
    })) {
      forge.createRepository(name);
      forge.commit(name, 'main', files);
    }
  });

  const file = (repository: string, path: string) =>
    execFileSync(
      'git',
      ['-C', forge.directory(repository), 'show', `main:${path}`],
      { encoding: 'utf8' },
    );
  /** Titles of the links that the page shows: those that lead somewhere. */
  const shown = (output: TaskResult['output']) =>
    output?.links.filter(({ url }) => url).map(({ title }) => title);
  const branches = () =>
    ['platform/gitops', 'platform/catalog', 'payments/orders'].flatMap(name =>
      forge.branches(name).filter(branch => branch !== 'main'),
    );

  it.each(['enable-previews', 'team'])(
    'name actions that exist, with inputs that they know: %s',
    async template => {
      expect(await portal.misfits(template)).toEqual([]);
    },
  );

  it('enable previews in the repository of the service and in that of the platform', async () => {
    const form = {
      entityRef: 'component:default/orders',
      domain: 'preview.example.com',
    };
    const { error, output } = await portal.create(form, 'enable-previews');

    expect(error).toBeUndefined();
    expect(shown(output)).toEqual([
      'Deployments',
      'Repository',
      'Pull request of the overlay',
      'Pull request of the registration',
    ]);
    expect(output?.text.map(({ title }) => title)).toEqual([
      'Previews are enabled',
      'The overlay waits for a review',
    ]);
    expect(
      parse(
        file('payments/orders', 'deploy/overlays/preview/kustomization.yaml'),
      ).resources,
    ).toEqual([
      '../../base',
      'namespace.yaml',
      'resourcequota.yaml',
      'limitrange.yaml',
      'ingress.yaml',
    ]);
    const set = parse(file('platform/gitops', 'argocd/orders/previews.yaml'));
    expect(set.spec.template.spec.source).toMatchObject({
      repoURL: `${forge.url}/payments/orders.git`,
      path: 'deploy/overlays/preview',
    });
    const again = await portal.create(form, 'enable-previews');
    expect(again.error).toBeUndefined();
    expect(shown(again.output)).toEqual(['Deployments', 'Repository']);
    expect(again.output?.text.map(({ title }) => title)).toEqual([
      'Previews are enabled',
    ]);
    expect(forge.pulls('platform/gitops')).toHaveLength(1);
  });

  it('enable previews for Flux where one repository has everything', async () => {
    const { error } = await portal.create(
      { entityRef: 'component:default/ledger' },
      'enable-previews',
    );
    expect(error).toBeUndefined();
    expect(forge.pulls('platform/gitops')).toHaveLength(1);
    expect(
      parse(file('platform/gitops', 'ledger/overlays/preview/namespace.yaml')),
    ).toMatchObject({ kind: 'Namespace' });
    const set = parse(file('platform/gitops', 'flux/ledger/previews.yaml'));
    expect(set.spec.resources.at(-1).spec.path).toBe(
      './ledger/overlays/preview',
    );
  });

  it('take back what they proposed when they fail', async () => {
    forge.onPullRequest = 'wait';
    forge.faults.set('POST /api/v1/repos/platform/gitops/pulls', 500);
    const { error } = await portal.create(
      { entityRef: 'component:default/orders' },
      'enable-previews',
    );
    expect(error).toBeDefined();
    expect(forge.pulls('payments/orders').map(({ state }) => state)).toEqual([
      'closed',
    ]);
    expect(branches()).toEqual([]);
  });

  it.each(['argocd', 'flux'])('give a team its place: %s', async engine => {
    const form = {
      ...{ name: 'growth', title: 'Growth', engine },
      environments: ['dev', 'production'],
      members: ['user:default/ada'],
      catalogRepoUrl: `${forge.host}?owner=platform&repo=catalog`,
    };
    const { error, output } = await portal.create(form, 'team');

    expect(error).toBeUndefined();
    expect(output?.text[0].content).toContain('growth-dev, growth-production');
    expect(
      parse(
        file(
          'platform/gitops',
          `${engine}/teams/growth/production/namespace.yaml`,
        ),
      ).metadata.name,
    ).toBe('growth-production');
    const groups = parseAllDocuments(file('platform/catalog', 'org.yaml')).map(
      document => document.toJS(),
    );
    expect(groups[1]).toMatchObject({
      kind: 'Group',
      metadata: { name: 'growth' },
      spec: { members: ['ada'] },
    });
    const again = await portal.create(form, 'team');
    expect(again.error).toBeUndefined();
    expect(shown(again.output)).toEqual([]);
  });

  it('refuse a name in the form, and what is taken in the action', async () => {
    await expect(
      portal.create(
        { name: '../growth', title: 'x', engine: 'flux', environments: ['a'] },
        'team',
      ),
    ).rejects.toThrow('400');
    forge.commit('platform/gitops', 'main', {
      'argocd/projects/growth.yaml':
        'kind: AppProject\nmetadata: {name: growth}\n',
    });
    const { error } = await portal.create(
      { name: 'growth', title: 'x', engine: 'argocd', environments: ['dev'] },
      'team',
    );
    expect(error).toContain('argocd/projects/growth.yaml');
    expect(branches()).toEqual([]);
  });
});
