import { ANNOTATION_ORIGIN_LOCATION } from '@backstage/catalog-model';
import type { Application, Deployment } from '@fairway/plugin-gitops-common';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { GiteaFake } from './__testUtils__/GiteaFake';
import {
  knownServices,
  type KnownService,
} from './__testUtils__/knownServices';
import { component, startPortal } from './__testUtils__/startPortal';

// Real Git, real kustomize and a real scaffolder, on what may be a busy machine.
jest.setTimeout(180_000);

const REPO = 'payments/orders';
const PLATFORM = 'platform/gitops';
const IMAGE = 'registry.example.com/payments/orders';
const TAGS = { dev: '1.9.0', staging: '1.8.2', production: '1.8.1' };
const entityRef = 'component:default/orders';
const orders = component('orders');

const overlay = (environment: string, tag: string) => `# ${environment}
namespace: orders-${environment}
resources: [../../base]
labels:
  - pairs: { fairway.dev/environment: ${environment} }
images:
  - name: ${IMAGE}
    newTag: ${tag} # by CI
replicas:
  - { name: orders, count: 2 }
`;

const files = (tags: Record<string, string> = TAGS) =>
  Object.fromEntries([
    ['README.md', '# Orders\n'],
    ['deploy/base/kustomization.yaml', 'resources: [deployment.yaml]\n'],
    [
      'deploy/base/deployment.yaml',
      `apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  selector: {matchLabels: {app: orders}}
  template:
    metadata: {labels: {app: orders}}
    spec: {containers: [{name: orders, image: ${IMAGE}}]}
`,
    ],
    ...Object.entries(tags).map(([environment, tag]) => [
      `deploy/overlays/${environment}/kustomization.yaml`,
      overlay(environment, tag),
    ]),
  ]);

const registration = (environment: string) => `# By hand.
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: orders-${environment}
  namespace: argocd
  finalizers: [resources-finalizer.argocd.argoproj.io]
  labels: {fairway.dev/environment: ${environment}}
spec:
  project: payments
  source: {repoURL: https://git.example.com/orders.git, path: deploy/overlays/${environment}}
  destination: {namespace: orders-${environment}, server: https://kubernetes.default.svc}
  syncPolicy: # as agreed
    automated: {prune: false, selfHeal: false}
`;

const registrations = () =>
  Object.fromEntries(
    Object.keys(TAGS).map(environment => [
      `argocd/orders/${environment}.yaml`,
      registration(environment),
    ]),
  );

describe('the templates for services that exist', () => {
  const forge = new GiteaFake();
  const folders: string[] = [];
  const gitops = {
    getService: jest.fn(),
    getFleet: jest.fn(),
    getApplications: jest.fn(),
    getDeployment: jest.fn(),
    getDeployments: jest.fn(),
  };
  let portal: Awaited<ReturnType<typeof startPortal>>;

  /** What Fairway knows, with more of the applications. */
  const know = (
    change: (environment: string) => Partial<Application> = () => ({}),
    more: Partial<KnownService> = {},
  ) => {
    // At every look: what runs changes while a task waits.
    const now = () =>
      knownServices({
        name: 'orders',
        cloneUrl: `${forge.url}/${REPO}.git`,
        environments: Object.keys(TAGS).map(name => ({
          name,
          application: change(name),
        })),
        ...more,
      });
    gitops.getService.mockImplementation(ref => now().getService(ref));
    gitops.getFleet.mockImplementation(query => now().getFleet(query));
  };

  beforeAll(async () => {
    await forge.start();
    portal = await startPortal({
      forge,
      gitops,
      entities: [
        {
          ...orders,
          metadata: {
            ...orders.metadata,
            annotations: { [ANNOTATION_ORIGIN_LOCATION]: 'url:https://x/y' },
          },
        },
      ],
      config: { environments: [{ name: 'qa', tier: 'staging' }] },
    });
  });
  afterAll(async () => {
    await portal?.stop();
    await forge.stop();
    folders.forEach(folder => rmSync(folder, { recursive: true }));
  });
  beforeEach(() => {
    forge.reset();
    forge.onPullRequest = 'merge';
    for (const name of [REPO, PLATFORM]) {
      forge.createRepository(name);
    }
    forge.commit(REPO, 'main', files());
    forge.commit(PLATFORM, 'main', registrations());
    know();
    gitops.getApplications.mockResolvedValue({ items: [] });
  });

  const checkOut = (name: string) => {
    const root = mkdtempSync(path.join(tmpdir(), 'existing-'));
    folders.push(root);
    execFileSync('git', ['clone', '--quiet', forge.directory(name), root]);
    return (file: string) => readFileSync(path.join(root, file), 'utf8');
  };
  const leftovers = () => ({
    branches: [REPO, PLATFORM].flatMap(name =>
      forge.branches(name).filter(branch => branch !== 'main'),
    ),
    open: [REPO, PLATFORM].flatMap(name =>
      forge.pulls(name).filter(({ state }) => state === 'open'),
    ),
  });
  const NOTHING = { branches: [], open: [] };
  const titles = (output: any) => output?.text.map((text: any) => text.title);

  it.each([
    'promote',
    'rollback',
    'add-environment',
    'next-migration-phase',
    'adopt-service',
    'decommission',
  ])('names actions that exist, with inputs that they know: %s', async name => {
    expect(await portal.misfits(name)).toEqual([]);
  });

  describe('promote', () => {
    const form = {
      ...{ entityRef, from: 'dev', to: 'staging', what: ['image'] },
      waitMinutes: 1,
    };

    it('brings the image to staging, and waits until it runs there', async () => {
      let looks = 0;
      know(environment =>
        environment === 'staging'
          ? { images: [`${IMAGE}:${looks++ < 3 ? '1.8.2' : '1.9.0'}`] }
          : {},
      );
      const { error, output, log } = await portal.create(form, 'promote');

      expect(error).toBeUndefined();
      expect(titles(output)).toEqual(['It runs']);
      expect(checkOut(REPO)('deploy/overlays/staging/kustomization.yaml')).toBe(
        overlay('staging', '1.9.0'),
      );
      expect(log).toContain(
        `Changed deploy/overlays/staging/kustomization.yaml`,
      );
      expect(forge.pulls(REPO)[0]).toMatchObject({
        title: 'Promote orders from dev to staging',
      });
    });

    it('shows in the pull request what changes, rendered and in commits', async () => {
      forge.onPullRequest = 'wait';
      gitops.getService.mockImplementation(async ref => {
        const known = knownServices({
          name: 'orders',
          cloneUrl: `${forge.url}/${REPO}.git`,
        });
        const service = await known.getService(ref);
        service.environments[1].waiting = {
          count: 1,
          commits: [
            { sha: 'a1b2c3d4', subject: 'Faster *checkout*', author: 'Ada' },
          ] as never,
        };
        return service;
      });
      const { error, output } = await portal.create(
        { ...form, waitMinutes: 0 },
        'promote',
      );
      expect(error).toBeUndefined();
      expect(titles(output)).toEqual(['It waits for a review']);
      const { body } = forge.pulls(REPO)[0] as any;
      expect(body).toContain(`- image \`${IMAGE}\`: \`1.8.2\` → \`1.9.0\``);
      expect(body).toContain('- `a1b2c3d` `Faster *checkout*` by `Ada`');
      expect(body).toMatch(/-\s+.*orders:1\.8\.2[\s\S]*\+\s+.*orders:1\.9\.0/);
    });

    it('takes its pull request back when it is refused', async () => {
      forge.onPullRequest = 'close';
      const { error } = await portal.create(form, 'promote');
      expect(error).toMatch(/closed without being merged/);
      expect(leftovers()).toEqual(NOTHING);
      expect(checkOut(REPO)('deploy/overlays/staging/kustomization.yaml')).toBe(
        overlay('staging', '1.8.2'),
      );
    });

    it('changes nothing in a dry run', async () => {
      const { log } = await portal.dryRun(form, {}, 'promote');
      expect(JSON.stringify(log)).toContain(
        'Would open the pull request \\"Promote orders from dev to staging\\"',
      );
      expect(forge.pulls(REPO)).toEqual([]);
    });

    it('refuses what is not there, before anything is changed', async () => {
      const { error } = await portal.create({ ...form, to: 'qa' }, 'promote');
      expect(error).toMatch(/not deployed in "qa"/);
      expect(leftovers()).toEqual(NOTHING);
    });
  });

  it('rolls back: what ran with a deployment runs again', async () => {
    const first = forge.git(REPO, 'rev-parse', 'main');
    forge.commit(REPO, 'main', {
      ...files({ ...TAGS, production: '2.0.0' }),
      'README.md': 'later',
    });
    const chosen = {
      ...{ id: 'd-1', applicationId: 'orders-production' },
      ...{ applicationName: 'orders-production', environment: 'production' },
      ...{ revision: first, version: '1.8.1', images: [`${IMAGE}:1.8.1`] },
      ...{ finishedAt: '2026-01-01T00:00:00Z', commits: [] },
    } as Partial<Deployment> as Deployment;
    const later = {
      ...chosen,
      ...{ id: 'd-2', finishedAt: '2026-01-02T00:00:00Z' },
      commits: [{ sha: 'bad0bad0', subject: 'Break it', author: 'Bob' }],
    };
    gitops.getDeployment.mockResolvedValue(chosen);
    gitops.getDeployments.mockResolvedValue({ items: [later, chosen] });
    know(() => ({ images: [`${IMAGE}:1.8.1`] }));

    const { error, output } = await portal.create(
      {
        ...{ entityRef, environment: 'production', deployment: 'd-1' },
        ...{ scope: 'overlay', reason: 'It fails', waitMinutes: 1 },
      },
      'rollback',
    );

    expect(error).toBeUndefined();
    expect(titles(output)).toEqual(['It is back']);
    const read = checkOut(REPO);
    expect(read('deploy/overlays/production/kustomization.yaml')).toBe(
      overlay('production', '1.8.1'),
    );
    expect(read('README.md')).toBe('later');
    const pull = forge.pulls(REPO)[0] as any;
    expect(pull.title).toBe('Roll orders back in production to 1.8.1');
    expect(pull.body).toContain('- `bad0bad` `Break it` by `Bob`');
    expect(pull.body).not.toContain('Different from then');
  });

  it('adds an environment: an overlay, and its registration with manual sync', async () => {
    const { error, output } = await portal.create(
      { entityRef, from: 'staging', environment: 'qa', replicas: 1 },
      'add-environment',
    );
    expect(error).toBeUndefined();
    expect(output?.links).toHaveLength(3);
    expect(checkOut(REPO)('deploy/overlays/qa/kustomization.yaml')).toBe(
      overlay('qa', '1.8.2')
        .replace('# qa', '# staging')
        .replace('count: 2', 'count: 1'),
    );
    const qa = parse(checkOut(PLATFORM)('argocd/orders/qa.yaml'));
    expect(qa).toMatchObject({
      metadata: {
        name: 'orders-qa',
        labels: { 'fairway.dev/environment': 'qa' },
      },
      spec: { source: { path: 'deploy/overlays/qa' }, syncPolicy: {} },
    });
    expect(qa.spec.syncPolicy).not.toHaveProperty('automated');
  });

  describe('next-migration-phase', () => {
    const form = { entityRef, environment: 'staging', waitMinutes: 1 };
    const old = {
      ...{ group: 'apps', version: 'v1', kind: 'Deployment', name: 'old' },
      requiresPruning: true,
    };

    it('changes the registration, and waits until the phase is reached', async () => {
      const policy = { automated: true, prune: false, selfHeal: false };
      know(() => ({ policy }));
      const before = gitops.getService.getMockImplementation()!;
      gitops.getService.mockImplementation(async ref => {
        const isMerged = forge.pulls(PLATFORM).some(({ merged }) => merged);
        const service = await before(ref);
        for (const { applications } of isMerged ? service.environments : []) {
          applications[0].phase = 3;
        }
        return service;
      });
      const { error, output } = await portal.create(
        form,
        'next-migration-phase',
      );
      expect(error).toBeUndefined();
      expect(titles(output)).toEqual(['The phase is reached']);
      const text = checkOut(PLATFORM)('argocd/orders/staging.yaml');
      expect(text).toContain('syncPolicy: # as agreed');
      expect(text).toContain('automated: {prune: true, selfHeal: false}');
      expect((forge.pulls(PLATFORM)[0] as any).body).toContain(
        'from phase 2 to phase 3 in staging',
      );
    });

    it('stops at what pruning would delete, unless that is accepted', async () => {
      know(() => ({ resources: [old] }));
      const refused = await portal.create(form, 'next-migration-phase');
      expect(refused.error).toMatch(/Deployment old is not in Git any more/);
      expect(forge.pulls(PLATFORM)).toEqual([]);
      const accepted = await portal.create(
        { ...form, accept: true, waitMinutes: 0 },
        'next-migration-phase',
      );
      expect(accepted.error).toBeUndefined();
      expect((forge.pulls(PLATFORM)[0] as any).body).toContain(
        '**Would be deleted**: `Deployment old',
      );
    });
  });

  describe('adopt-service', () => {
    const form = () => ({
      ...{ entityRef, engine: 'argocd' },
      repoUrl: `${forge.host}?owner=payments&repo=orders`,
    });

    it('registers a folder as it is', async () => {
      forge.commit(PLATFORM, 'main', { 'README.md': 'Platform' });
      const { error } = await portal.create(
        {
          ...{ ...form(), source: 'folder' },
          folders: [
            {
              ...{ name: 'production', namespace: 'shop' },
              path: 'deploy/overlays/production',
            },
          ],
        },
        'adopt-service',
      );
      expect(error).toBeUndefined();
      expect(forge.pulls(REPO)).toEqual([]);
      const read = checkOut(PLATFORM);
      expect(parse(read('argocd/orders/production.yaml'))).toMatchObject({
        spec: {
          source: {
            repoURL: `${forge.url}/${REPO}.git`,
            path: 'deploy/overlays/production',
          },
          destination: { namespace: 'shop' },
        },
      });
      expect(read('README.md')).toBe('Platform');
    });

    it('writes down what is pasted, and refuses a Secret', async () => {
      forge.commit(REPO, 'main', { 'README.md': 'Orders' });
      forge.commit(PLATFORM, 'main', { 'README.md': 'Platform' });
      const service = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'orders', namespace: 'shop', uid: '1' },
        spec: { clusterIP: '10.0.0.1', ports: [{ port: 80 }] },
      };
      const paste = (object: object) =>
        portal.create(
          {
            ...{ ...form(), source: 'pasted' },
            pasted: [
              {
                ...{ name: 'production', namespace: 'shop' },
                manifests: stringify(object),
              },
            ],
          },
          'adopt-service',
        );
      const refused = await paste({ ...service, kind: 'Secret' });
      expect(refused.error).toMatch(/a Secret does not belong in Git/);
      expect(leftovers()).toEqual(NOTHING);

      const { error } = await paste(service);
      expect(error).toBeUndefined();
      expect(parse(checkOut(REPO)('deploy/base/service.yaml'))).toEqual({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'orders' },
        spec: { ports: [{ port: 80 }] },
      });
      expect((forge.pulls(REPO)[0] as any).body).toMatch(
        /`Service orders` would change: `add \/metadata\/labels`/,
      );
      expect(checkOut(PLATFORM)('argocd/orders/production.yaml')).toContain(
        'path: deploy/overlays/production',
      );
    });
  });

  describe('decommission', () => {
    const form = {
      ...{ entityRef, stage: 'running', confirmed: true },
      ...{ archive: true, unregister: true, waitMinutes: 1 },
    };

    it('leaves nothing: no registration, nothing running, no repository to push to, no entity', async () => {
      const before = gitops.getService.getMockImplementation()!;
      gitops.getService.mockImplementation(async ref => {
        const service = await before(ref);
        const isMerged = forge.pulls(PLATFORM).some(({ merged }) => merged);
        return isMerged ? { ...service, environments: [] } : service;
      });
      portal.catalog.getLocationByRef.mockResolvedValue({
        ...{ id: 'location-1', type: 'url', target: 'x' },
      } as never);
      const { error, output, log } = await portal.create(form, 'decommission');
      expect(error).toBeUndefined();
      expect(titles(output)).toEqual(['It is gone']);
      expect(log).toMatch(/Nothing is left/);
      expect(forge.git(PLATFORM, 'ls-tree', '-r', '--name-only', 'main')).toBe(
        '',
      );
      expect(forge.archived.has(REPO)).toBe(true);
      expect(portal.catalog.removeLocationById).toHaveBeenCalledWith(
        'location-1',
        expect.anything(),
      );
      expect(leftovers().open).toEqual([]);
      expect((forge.pulls(PLATFORM)[0] as any).body).toContain(
        'Merging this deletes everything that runs of orders',
      );
    });

    it('prepares first where the engine would leave everything running', async () => {
      forge.commit(PLATFORM, 'main', {
        ...registrations(),
        'argocd/orders/dev.yaml': registration('dev').replace(
          / {2}finalizers.*\n/,
          '',
        ),
      });
      const { error, output } = await portal.create(form, 'decommission');
      expect(error).toBeUndefined();
      expect(titles(output)).toEqual(['The removal is prepared']);
      const read = checkOut(PLATFORM);
      expect(read('argocd/orders/dev.yaml')).toContain('- resources-finalizer');
      expect(read('argocd/orders/staging.yaml')).toBe(registration('staging'));
      expect(forge.archived.has(REPO)).toBe(false);
    });

    it('tidies up after a removal that took longer, and leaves what others use', async () => {
      know(() => ({}), { environments: [] });
      gitops.getApplications.mockResolvedValue({
        items: [
          {
            entityRef: 'component:default/other',
            ref: { kind: 'Application', name: 'other-dev' },
            source: { repoUrl: `${forge.url}/${REPO}.git` },
          },
        ],
      });
      const { error, output } = await portal.create(
        {
          ...{ ...form, stage: 'removed' },
          repoUrl: `${forge.host}?owner=payments&repo=orders`,
        },
        'decommission',
      );
      expect(error).toBeUndefined();
      expect(output?.text[0].content).toContain(
        'other-dev is deployed from it',
      );
      expect(forge.archived.has(REPO)).toBe(false);
      expect(forge.pulls(PLATFORM)).toEqual([]);
    });
  });

  it('is described, each on a page of its own', () => {
    for (const name of [
      'promote',
      'rollback',
      'add-environment',
      'next-migration-phase',
      'adopt-service',
      'decommission',
    ]) {
      const page = path.resolve(
        __dirname,
        `../../../docs/templates/${name}.md`,
      );
      expect({ name, isThere: existsSync(page) }).toEqual({
        name,
        isThere: true,
      });
    }
  });
});
