import type { Deployment, GitopsApi } from '@fairway/plugin-gitops-common';
import { readdirSync } from 'node:fs';
import { parse } from 'yaml';
import { knownServices } from '../__testUtils__/knownServices';
import { useActions } from '../__testUtils__/useActions';

jest.setTimeout(120_000);

const { forge, read, run, workspace, write } = useActions();

const REPO = 'payments/orders';
const IMAGE = 'registry.example.com/payments/orders';
const entityRef = 'component:default/orders';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  selector: {matchLabels: {app: orders}}
  template:
    metadata: {labels: {app: orders}}
    spec: {containers: [{name: orders, image: ${IMAGE}}]}
`;

const overlay = (environment: string, tag: string) =>
  `# ${environment}
namespace: orders-${environment}
resources: [../../base]
images:
  - name: ${IMAGE}
    newTag: ${tag} # by CI
`;

const files = (tags: Record<string, string>): Record<string, string> => ({
  'deploy/base/kustomization.yaml': 'resources: [deployment.yaml]\n',
  'deploy/base/deployment.yaml': deployment,
  ...Object.fromEntries(
    Object.entries(tags).map(([environment, tag]) => [
      `deploy/overlays/${environment}/kustomization.yaml`,
      overlay(environment, tag),
    ]),
  ),
});

const application = (environment: string) => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: orders-${environment}
  namespace: argocd
  finalizers: [resources-finalizer.argocd.argoproj.io]
spec:
  project: payments
  source: {path: deploy/overlays/${environment}} # its folder
  destination: {namespace: orders-${environment}}
`;

const overlays = ['dev', 'staging', 'production'].map(environment => ({
  environment,
  path: `deploy/overlays/${environment}`,
  application: {
    kind: 'Application',
    namespace: 'argocd',
    name: `orders-${environment}`,
  },
}));

const at = (environment: string) =>
  `service/deploy/overlays/${environment}/kustomization.yaml`;

const writeService = () => {
  const tags = { dev: 'v3', staging: 'v2', production: 'v1' };
  for (const [file, text] of Object.entries(files(tags))) {
    write(`service/${file}`, text);
  }
};
const writeRegistration = () => {
  for (const { environment } of overlays) {
    write(`registration/${environment}.yaml`, application(environment));
  }
};

/** What Fairway knows of the service, with more of an application. */
const known = (
  environment: string,
  change: object,
  more: Partial<GitopsApi> = {},
): Partial<GitopsApi> => ({
  ...knownServices({
    name: 'orders',
    cloneUrl: `${forge.url}/${REPO}.git`,
    environments: [{ name: environment, application: change }],
  }),
  ...more,
});

describe('bad input', () => {
  const path = './service';
  it.each([
    ['gitops:image:set', { folder: '../..', image: IMAGE, tag: '1' }, /folder/],
    [
      'gitops:image:set',
      { folder: 'deploy/overlays/dev', image: IMAGE, tag: 'a b' },
      /tag/,
    ],
    [
      'gitops:image:set',
      { path: '../..', folder: 'a', image: IMAGE, tag: '1' },
      /./,
    ],
    [
      'gitops:deployment:promote',
      { overlays, from: 'qa', to: 'dev' },
      /not deployed in "qa".*dev, staging/,
    ],
    [
      'gitops:deployment:promote',
      { overlays, from: 'dev', to: 'dev' },
      /another environment/,
    ],
    [
      'gitops:overlay:add',
      { overlays, from: 'dev', environment: 'qa' },
      /add it with its tier/,
    ],
    [
      'gitops:overlay:add',
      { overlays, from: 'dev', environment: 'staging' },
      /something else/,
    ],
    [
      'gitops:deployment:revert',
      { overlays, environment: 'dev' },
      /either a deployment or a revision/,
    ],
    [
      'gitops:deployment:revert',
      { overlays, environment: 'dev', revision: 'main' },
      /was not fetched/,
    ],
    [
      'gitops:registration:copy',
      {
        overlays,
        from: 'dev',
        environment: 'qa',
        folder: '../x',
        namespace: 'a',
      },
      /path/,
    ],
    [
      'gitops:registration:copy',
      {
        overlays: [
          { ...overlays[0], application: { kind: 'ResourceSet', name: 'a' } },
        ],
        from: 'dev',
        environment: 'qa',
        folder: 'x',
        namespace: 'a',
      },
      /ResourceSet "a" registers dev/,
    ],
    [
      'gitops:sync-policy:set',
      {
        registrations: [{ kind: 'Application', name: 'x' }],
        policy: 'automated',
      },
      /There is no Application "x"/,
    ],
    [
      'gitops:registration:remove',
      { entityRef, service: '../x', overlays },
      /service/,
    ],
    [
      'gitops:service:adopt',
      {
        name: '../x',
        owner: 'group:default/a',
        targetPath: path,
        environments: [{ name: 'a', namespace: 'a', manifests: 'a' }],
      },
      /name/,
    ],
    [
      'gitops:registration:adopt',
      {
        name: 'a',
        owner: 'a',
        engine: 'flux',
        sourcePath: path,
        targetPath: path,
        environments: [],
      },
      /was not fetched/,
    ],
  ])('is refused by %s: %j', async (action, input, message) => {
    writeService();
    const before = readdirSync(workspace.path, { recursive: true });
    await expect(run(action, { path, ...input })).rejects.toThrow(message);
    expect(readdirSync(workspace.path, { recursive: true })).toEqual(before);
    expect(read(at('dev'))).toBe(overlay('dev', 'v3'));
  });
});

describe('changing overlays', () => {
  beforeEach(writeService);

  it('sets an image in place, and does nothing twice', async () => {
    const input = {
      path: './service',
      folder: 'deploy/overlays/dev',
      image: IMAGE,
      tag: 'v4',
    };
    const { output } = await run('gitops:image:set', input);
    expect(output.files).toEqual(['deploy/overlays/dev/kustomization.yaml']);
    expect(read(at('dev'))).toBe(overlay('dev', 'v4'));
    const again = await run('gitops:image:set', input);
    expect(again.output.files).toEqual([]);
    expect(again.log.join()).toMatch(/it is so already/);
  });

  it('promotes to every folder of an environment, and tells the rest', async () => {
    write(
      'service/deploy/overlays/eu/kustomization.yaml',
      overlay('production', 'v0'),
    );
    const { output } = await run('gitops:deployment:promote', {
      path: './service',
      overlays: [
        ...overlays,
        { environment: 'production', path: 'deploy/overlays/eu' },
      ],
      from: 'staging',
      to: 'production',
    });
    expect(read(at('production'))).toBe(overlay('production', 'v2'));
    expect(read(at('eu'))).toBe(overlay('production', 'v2'));
    expect(output).toMatchObject({
      image: `${IMAGE}:v2`,
      items: [{ id: `image:${IMAGE}`, after: 'v2', isSelected: true }],
      markdown: `- image \`${IMAGE}\`: \`v0\` → \`v2\``,
    });
  });

  it('adds an environment and registers it', async () => {
    writeRegistration();
    const config = { environments: [{ name: 'qa', tier: 'staging' }] };
    const added = await run(
      'gitops:overlay:add',
      { path: './service', overlays, from: 'staging', environment: 'qa' },
      { config },
    );
    expect(added.output).toMatchObject({
      folder: 'deploy/overlays/qa',
      namespace: 'orders-qa',
      tier: 'staging',
      markdown: expect.stringContaining('`orders-staging` → `orders-qa`'),
    });
    expect(read(at('qa'))).toContain('namespace: orders-qa\n');
    const { output } = await run('gitops:registration:copy', {
      ...{
        path: './registration',
        overlays,
        from: 'staging',
        environment: 'qa',
      },
      ...{ folder: 'deploy/overlays/qa', namespace: 'orders-qa' },
    });
    expect(output).toEqual({ files: ['qa.yaml'], names: ['orders-qa'] });
    expect(read('registration/qa.yaml')).toContain('# its folder');
  });
});

describe('gitops:deployment:revert', () => {
  const fetchService = () =>
    run('gitops:repository:fetch', {
      repoUrl: `${forge.host}?owner=payments&repo=orders`,
      targetPath: './service',
    });
  const revert = (input: object, found: Partial<Deployment> = {}) =>
    run(
      'gitops:deployment:revert',
      { path: './service', overlays, environment: 'production', ...input },
      {
        gitops: {
          getDeployment: async () =>
            ({
              environment: 'production',
              applicationName: 'orders-production',
              ...found,
            } as Deployment),
        },
      },
    );
  let first: string;
  beforeEach(async () => {
    forge.createRepository(REPO);
    first = forge.commit(REPO, 'main', files({ dev: 'v1', production: 'v1' }));
    forge.commit(REPO, 'main', {
      ...files({ dev: 'v3', production: 'v2' }),
      'deploy/base/deployment.yaml': deployment.replace(
        'name: orders}',
        'name: orders, labels: {a: b}}',
      ),
    });
    await fetchService();
  });

  it('restores an overlay from the history, and tells what is others now', async () => {
    const { output } = await revert(
      { deployment: 'd-1' },
      { revision: first, version: 'v1', images: ['proxy:2', `${IMAGE}:v1`] },
    );
    expect(output).toEqual({
      files: ['deploy/overlays/production/kustomization.yaml'],
      otherwise: ['deploy/base/deployment.yaml'],
      revision: first,
      version: 'v1',
      image: `${IMAGE}:v1`,
    });
    expect(read(at('production'))).toBe(overlay('production', 'v1'));
    expect(read(at('dev'))).toBe(overlay('dev', 'v3'));
    expect((await revert({ revision: first })).output.files).toEqual([]);
  });

  it.each([
    [
      'a deployment of another environment',
      { deployment: 'd' },
      { environment: 'dev' },
      /made in dev, not in production/,
    ],
    [
      'the version of a chart',
      { deployment: 'd' },
      { revision: '1.2.3' },
      /no whole commit/,
    ],
    [
      'an option in place of a commit',
      { revision: '--upload-pack=x' },
      {},
      /no whole commit/,
    ],
    [
      'a commit that is not there',
      { revision: '0'.repeat(40) },
      {},
      /has no commit 0000/,
    ],
  ])('refuses %s', async (_what, input, found, message) => {
    await expect(revert(input, found)).rejects.toThrow(message);
    expect(read(at('production'))).toBe(overlay('production', 'v2'));
  });
});

describe('gitops:commits:list', () => {
  const commit = (sha: string, subject = `Change ${sha}`) => ({
    ...{
      sha,
      subject,
      author: 'Ada',
      repoUrl: '',
      authoredAt: '',
      committedAt: '',
    },
  });
  it('lists what waits, as nothing but text', async () => {
    const gitops = {
      getService: async () =>
        ({
          environments: [
            {
              environment: { name: 'production' },
              waiting: {
                count: 3,
                commits: [
                  {
                    ...commit('a1b2c3d4e5', '[x](data:1) `rm` <b>'),
                    url: 'https://git.example.com/c/(a)',
                  },
                  { ...commit('b'), url: 'data:text/html,x' },
                ],
              },
            },
          ],
        } as never),
    };
    const { output } = await run(
      'gitops:commits:list',
      { entityRef, environment: 'production' },
      { gitops },
    );
    expect(output.count).toBe(3);
    expect(output.markdown).toBe(
      '- [`a1b2c3d`](https://git.example.com/c/%28a%29) ``[x](data:1) `rm` <b>`` by `Ada`\n- `b` `Change b` by `Ada`\n- and 1 more',
    );
  });

  it('lists what came with the deployments since one', async () => {
    const chosen = {
      id: 'd1',
      applicationId: 'a',
      finishedAt: '2026-01-02',
      commits: [commit('x')],
    };
    const getDeployments = jest.fn(async () => ({
      items: [
        {
          id: 'd3',
          applicationId: 'a',
          finishedAt: '2026-01-04',
          commits: [commit('c'), commit('b')],
        },
        {
          id: 'other',
          applicationId: 'z',
          finishedAt: '2026-01-04',
          commits: [commit('z')],
        },
        {
          id: 'd2',
          applicationId: 'a',
          finishedAt: '2026-01-03',
          commits: [commit('b')],
        },
        chosen,
      ],
    }));
    const { output } = await run(
      'gitops:commits:list',
      { entityRef, environment: 'production', since: 'd1' },
      {
        gitops: { getDeployment: async () => chosen, getDeployments } as never,
      },
    );
    expect(output.commits.map(({ sha }: any) => sha)).toEqual(['c', 'b']);
    expect(getDeployments).toHaveBeenCalledWith(
      expect.objectContaining({
        from: '2026-01-02',
        environment: ['production'],
      }),
    );
  });
});

describe('the next migration phase', () => {
  const check = (change: object, input: object = {}, options: object = {}) =>
    run(
      'gitops:migration:check',
      { entityRef, environment: 'staging', ...input },
      { gitops: known('staging', change), ...options },
    );
  const policy = { automated: true, prune: false, selfHeal: false };
  const old = {
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    name: 'old',
    requiresPruning: true,
  };

  it('is told, and can be set', async () => {
    const { output } = await check({ policy });
    expect(output).toMatchObject({
      ...{ current: 2, next: 3, policy: 'automated-prune', blockers: [] },
      registrations: [
        { kind: 'Application', namespace: 'argocd', name: 'orders-staging' },
      ],
    });
    writeRegistration();
    const set = await run('gitops:sync-policy:set', {
      path: './registration',
      registrations: output.registrations,
      policy: output.policy,
    });
    expect(set.output).toMatchObject({
      files: ['staging.yaml'],
      folder: 'registration',
      after: { automated: true, prune: true, selfHeal: false },
    });
    expect(parse(read('registration/staging.yaml')!).spec.syncPolicy).toEqual({
      automated: { prune: true, selfHeal: false, allowEmpty: false },
      syncOptions: ['PruneLast=true'],
    });
  });

  it('stops at what stands in the way until somebody accepts it', async () => {
    const change = { policy, resources: [old] };
    await expect(check(change)).rejects.toThrow(
      /1 things stand in the way of phase 3.*Deployment old is not in Git any more/,
    );
    for (const [input, options] of [
      [{ accept: true }, {}],
      [{}, { isDryRun: true }],
    ]) {
      const { output } = await check(change, input, options);
      expect(output.markdown).toMatch(
        /\*\*Would be deleted\*\*: `Deployment old/,
      );
    }
  });

  it.each([
    [
      'an environment without the service',
      {},
      { environment: 'qa' },
      /no application in "qa"/,
    ],
    [
      'the last phase',
      { policy: { automated: true, prune: true, selfHeal: true } },
      {},
      /phase 4 in staging, the last one/,
    ],
    [
      'what a generator makes',
      { ref: { kind: 'ResourceSet', name: 'a' } },
      {},
      /has no migration phases/,
    ],
  ])('refuses %s', async (_what, change, input, message) => {
    await expect(check(change, input)).rejects.toThrow(message);
  });
});

describe('removing a service', () => {
  const remove = (options: object = {}, input: object = {}) =>
    run(
      'gitops:registration:remove',
      {
        path: './registration',
        entityRef,
        service: 'orders',
        overlays,
        ...input,
      },
      { gitops: known('dev', {}), ...options },
    );
  beforeEach(writeRegistration);

  it('prepares what would leave something running, and removes then', async () => {
    write(
      'registration/dev.yaml',
      application('dev').replace(/ {2}finalizers.*\n/, ''),
    );
    const prepared = await remove();
    expect(prepared.output).toMatchObject({
      stage: 'prepare',
      files: ['dev.yaml'],
      reasons: [expect.stringContaining('orders-dev')],
    });
    expect(read('registration/dev.yaml')).toContain('- resources-finalizer');
    const removed = await remove();
    expect(removed.output).toMatchObject({
      stage: 'remove',
      removed: [
        'Application orders-dev',
        'Application orders-staging',
        'Application orders-production',
      ],
    });
    expect(readdirSync(`${workspace.path}/registration`)).toEqual([]);
    expect((await remove()).output.files).toEqual([]);
  });

  it('does not trust Git alone: what the cluster has counts', async () => {
    const flux = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: orders-dev, namespace: flux-system}
spec: {prune: true, suspend: false}
`;
    write('registration/dev.yaml', flux);
    const change = {
      engine: 'flux',
      ref: { kind: 'Kustomization', name: 'orders-dev' },
      suspended: true,
    };
    const input = {
      overlays: [
        {
          ...overlays[0],
          application: { kind: 'Kustomization', name: 'orders-dev' },
        },
      ],
    };
    await expect(
      remove({ gitops: known('dev', change) }, input),
    ).rejects.toThrow(
      /has not taken up yet what Git says of Kustomization orders-dev/,
    );
    expect(read('registration/dev.yaml')).toBe(flux);
  });

  it('waits until nothing is left, and says what is when it does not go', async () => {
    const there = known('dev', { staleSince: '2026-01-01' });
    const gone = knownServices({
      name: 'orders',
      cloneUrl: '',
      environments: [],
    });
    let looks = 0;
    const gitops = {
      getService: async (ref: string) =>
        (looks++ < 2 ? there : gone).getService!(ref),
    };
    const { output, log } = await run(
      'gitops:removal:wait',
      { entityRef },
      { gitops },
    );
    expect(output.gone).toBe(true);
    expect(log).toEqual([
      'Still there: Application orders-dev in dev (not seen since 2026-01-01)',
      'Nothing is left',
    ]);
    await expect(
      run(
        'gitops:removal:wait',
        { entityRef, timeoutMinutes: 0 },
        { gitops: there },
      ),
    ).rejects.toThrow(/still runs after 0 minutes.*delete them by hand/);
  });
});
