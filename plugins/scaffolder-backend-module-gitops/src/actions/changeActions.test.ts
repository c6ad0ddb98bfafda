import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { knownServices } from '../__testUtils__/knownServices';
import { useActions } from '../__testUtils__/useActions';

jest.setTimeout(120_000);

const { forge, read, run, workspace, write } = useActions();

const kustomization = (...resources: string[]) =>
  `resources:\n${resources.map(name => `  - ${name}\n`).join('')}`;
const settings = (color: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  color: ${color}\n`;

const FILES = {
  'README.md': '# Orders\n',
  'deploy/base/kustomization.yaml': kustomization('settings.yaml'),
  'deploy/base/settings.yaml': settings('blue'),
  'deploy/overlays/dev/kustomization.yaml': kustomization('../../base'),
  'deploy/overlays/production/kustomization.yaml': kustomization('../../base'),
};
const REPO = 'payments/orders';
const repoUrl = () => `${forge.host}?owner=payments&repo=orders`;

const fetchService = (input: object = {}) =>
  run('gitops:repository:fetch', {
    repoUrl: repoUrl(),
    targetPath: './service',
    ...input,
  });
const open = (input: object = {}, options: object = {}) =>
  run(
    'gitops:pull-request:open',
    {
      sourcePath: './service',
      branch: 'change-orders',
      title: 'Change orders',
      ...input,
    },
    options,
  );

let commit: string;
beforeEach(() => {
  forge.createRepository(REPO);
  commit = forge.commit(REPO, 'main', FILES);
});

describe('gitops:service:locate', () => {
  const cloneUrl = () => `${forge.url}/payments/orders.git`;
  const locate = (
    service: Partial<Parameters<typeof knownServices>[0]> = {},
    input: object = {},
  ) =>
    run(
      'gitops:service:locate',
      { entityRef: 'component:default/orders', ...input },
      {
        gitops: knownServices({
          ...{ name: 'orders', cloneUrl: cloneUrl(), system: 'system:d/shop' },
          ...service,
        }),
      },
    );

  it('says where everything is, and what runs from it', async () => {
    const { output } = await locate({}, { entityRef: 'Orders' });
    const { overlays, ...rest } = output;
    expect(rest).toEqual({
      entityRef: 'component:default/orders',
      name: 'orders',
      team: 'payments',
      owner: 'group:default/payments',
      system: 'system:d/shop',
      engine: 'argocd',
      forge: 'gitea',
      repoUrl: repoUrl(),
      cloneUrl: cloneUrl(),
      webUrl: `${forge.url}/payments/orders`,
      branch: 'main',
      root: 'deploy',
      registrationRepoUrl: `${forge.host}?owner=platform&repo=gitops`,
    });
    expect(overlays).toHaveLength(3);
    expect(overlays[2]).toEqual({
      environment: 'production',
      tier: 'production',
      path: 'deploy/overlays/production',
      branch: 'main',
      cluster: 'main',
      namespace: 'orders-production',
      image: 'registry.example.com/payments/orders:1.0.0',
      revision: '0123456789abcdef0123456789abcdef01234567',
      syncPolicy: { automated: true, prune: false, selfHeal: false },
      application: {
        id: 'orders-production',
        kind: 'Application',
        namespace: 'argocd',
        name: 'orders-production',
      },
    });
  });

  it('knows other layouts, branches and sources', async () => {
    forge.commit(REPO, 'next', FILES);
    const flux = await locate({
      engine: 'flux',
      environments: [
        {
          name: 'dev',
          path: 'services/orders/dev',
          application: {
            destination: {},
            resources: [
              {
                group: '',
                version: 'v1',
                kind: 'A',
                namespace: 'n',
                name: 'a',
              },
              { group: '', version: 'v1', kind: 'B', name: 'b' },
            ],
            source: {
              repoUrl: `git@${forge.host.split(':')[0]}:payments/orders.git`,
              path: 'services/orders/dev',
              targetRevision: 'next',
            },
          },
        },
        {
          name: 'production',
          application: {
            drySource: { repoUrl: cloneUrl(), path: 'services/orders/prod' },
            source: { repoUrl: cloneUrl(), path: 'rendered' },
          },
        },
        { name: 'staging', application: { pullRequest: '7' } },
      ],
    });
    expect(flux.output).toMatchObject({
      root: 'services/orders',
      branch: 'next',
      engine: 'flux',
      overlays: [
        { environment: 'dev', namespace: 'n' },
        { environment: 'production', path: 'services/orders/prod' },
      ],
    });
    const root = await locate({
      environments: [
        {
          name: 'dev',
          path: 'overlays/dev',
          application: {
            source: {
              repoUrl: cloneUrl(),
              path: 'overlays/dev',
              targetRevision: 'v1.2.3',
            },
          },
        },
      ],
    });
    expect(root.output).toMatchObject({ root: '.', branch: 'main' });
  });

  it.each<[string, object, object, RegExp]>([
    [
      'a chart',
      {
        environments: [
          {
            name: 'dev',
            application: { source: { repoUrl: 'https://x', chart: 'y' } },
          },
        ],
      },
      {},
      /from charts or artifacts, not from a folder in Git/,
    ],
    ['nothing', { environments: [] }, {}, /No engine deploys .*register it/],
    ['another environment', {}, { environment: 'qa' }, /not deployed in "qa"/],
    [
      'a forge without an integration',
      { cloneUrl: 'https://nobody.example.org/payments/orders.git' },
      {},
      /none of "integrations:"; add an integration/,
    ],
    [
      'two repositories',
      {
        environments: [
          { name: 'dev' },
          {
            name: 'staging',
            application: {
              source: { repoUrl: 'https://github.com/a/b', path: 'c' },
            },
          },
        ],
      },
      {},
      /more than one repository .*name one environment/,
    ],
    ['no ref', {}, { entityRef: 'component:' }, /is no entity ref/],
  ])('refuses %s', async (_what, service, input, rule) => {
    await expect(locate(service, input)).rejects.toThrow(rule);
  });

  it('does not say more than the user may see', async () => {
    await expect(
      locate({}, { entityRef: 'component:default/ledger' }),
    ).rejects.toMatchObject({ name: 'NotFoundError' });
  });
});

describe('gitops:repository:fetch', () => {
  it('puts the files in the workspace, and fetches again what it fetched', async () => {
    const { output } = await fetchService();
    expect(output).toEqual({
      path: './service',
      commit,
      branch: 'main',
      repoUrl: repoUrl(),
      webUrl: `${forge.url}/payments/orders`,
    });
    expect(read('service/README.md')).toBe('# Orders\n');
    expect(existsSync(path.join(workspace.path, 'service/.git'))).toBe(false);

    write('service/README.md', 'changed');
    write('service/more.md', 'more');
    await fetchService();
    expect(read('service/README.md')).toBe('# Orders\n');
    expect(read('service/more.md')).toBeUndefined();
  });

  it('takes no link that leads out of the repository', async () => {
    const link = (target: string) =>
      forge.commit(REPO, 'main', {
        'a/file': 'file\n',
        'a/link': { link: target },
      });
    link('/etc/passwd');
    await fetchService();
    expect(existsSync(path.join(workspace.path, 'service/a'))).toBe(true);
    expect(read('service/a/link')).toBeUndefined();
    link('../../../../../../etc/passwd');
    await fetchService();
    expect(read('service/a/link')).toBeUndefined();
    link('file');
    await fetchService();
    expect(read('service/a/link')).toBe('file\n');
  });

  it.each([
    [{ repoUrl: 'HOST?owner=payments&repo=nothing' }, /no repository/],
    [{ branch: 'nothing' }, /has no branch "nothing"/],
    [{ targetPath: '.' }, /cannot be the folder/],
    [{ targetPath: './a/..' }, /cannot be the folder/],
    [{ targetPath: '.git/hooks' }, /cannot be the folder/],
    [{ targetPath: '../service' }, /not allowed|cannot be the folder/],
    [{ targetPath: './taken' }, /has files already/],
  ])('refuses %j', async (input, rule) => {
    write('taken/file', 'mine');
    const { repoUrl: url, ...rest } = input as { repoUrl?: string };
    await expect(
      fetchService({
        ...rest,
        ...(url ? { repoUrl: url.replace('HOST', forge.host) } : {}),
      }),
    ).rejects.toThrow(rule);
    expect(read('taken/file')).toBe('mine');
  });
});

describe('gitops:manifests:diff', () => {
  const diff = (at = './service/deploy') =>
    run('gitops:manifests:diff', { path: at });

  it('shows what changes in which environment', async () => {
    await fetchService();
    expect((await diff()).output).toMatchObject({
      different: false,
      changed: [],
    });
    write('service/README.md', 'x');
    write('service/deploy/overlays/dev/more.yaml', settings('x'));
    write(
      'service/deploy/overlays/dev/kustomization.yaml',
      `${kustomization('../../base')}nameSuffix: -dev\n`,
    );
    write('service/deploy/base/settings.yaml', settings('green'));
    const { output, log } = await diff();
    expect(output.changed).toEqual([
      {
        overlay: 'dev',
        added: ['ConfigMap settings-dev'],
        changed: [],
        removed: ['ConfigMap settings'],
      },
      {
        overlay: 'production',
        added: [],
        changed: ['ConfigMap settings'],
        removed: [],
      },
    ]);
    expect(output.markdown).toContain('-  color: blue\n+  color: green\n');
    expect(log).toContain('production: changed ConfigMap settings');
  });

  it('counts everything in a new folder as added', async () => {
    write('anew/a.yaml', settings('blue'));
    expect((await diff('./anew')).output.changed).toEqual([
      expect.objectContaining({ added: ['ConfigMap settings'] }),
    ]);
  });
});

describe('gitops:pull-request:open of a fetched folder', () => {
  const show = (branch: string, file: string) =>
    forge.git(REPO, 'show', `${branch}:${file}`);

  it('commits what changed and nothing else, deletions too', async () => {
    await fetchService();
    write('service/deploy/base/settings.yaml', settings('green'));
    write('service/new/file.yaml', 'a: 1\n');
    rmSync(path.join(workspace.path, 'service/README.md'));
    // Somebody else changes something else meanwhile.
    forge.commit(REPO, 'main', { ...FILES, 'other.md': 'other' });

    const first = await open({
      description: 'Because.',
      difference: '### What changes\n',
    });
    const { branch } = first.output;
    expect(first.output).toMatchObject({
      repoUrl: repoUrl(),
      number: 1,
      base: 'main',
      unchanged: false,
    });
    expect(
      forge.git(REPO, 'diff', '--name-status', 'main', branch).split('\n'),
    ).toEqual([
      'D\tREADME.md',
      'M\tdeploy/base/settings.yaml',
      'A\tnew/file.yaml',
    ]);
    expect(show(branch, 'other.md')).toBe('other');
    expect(forge.pulls(REPO)[0].body).toBe('Because.\n\n### What changes\n');
    expect((await open()).output).toEqual(first.output);
  });

  it('overwrites nothing that somebody else changed', async () => {
    await fetchService();
    write('service/deploy/base/settings.yaml', settings('green'));
    write('service/new.md', 'mine');
    rmSync(path.join(workspace.path, 'service/README.md'));
    forge.commit(REPO, 'main', {
      ...FILES,
      'deploy/base/settings.yaml': settings('red'),
      'README.md': 'theirs',
      'new.md': 'theirs',
    });
    await expect(open()).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringMatching(
        /README\.md, deploy\/base\/settings\.yaml, new\.md .* Run the template again/,
      ),
    });
    expect(forge.branches(REPO)).toEqual(['main']);

    // The same change by somebody else is none.
    forge.commit(REPO, 'main', {
      ...FILES,
      'deploy/base/settings.yaml': settings('green'),
      'README.md': '',
      'new.md': 'mine',
    });
    write('service/README.md', '');
    const same = await open({ whenUnchanged: 'skip' });
    expect(same.output).toEqual({
      ...{ repoUrl: repoUrl(), unchanged: true },
      branch: expect.any(String),
    });
    expect(forge.pulls(REPO)).toEqual([]);
  });

  it('says when nothing changed', async () => {
    await fetchService();
    await expect(open()).rejects.toThrow(/exactly these files already/);
    for (const isDryRun of [true, false]) {
      const { output } = await open({ whenUnchanged: 'skip' }, { isDryRun });
      expect(output.unchanged).toBe(true);
    }
    expect(forge.pulls(REPO)).toEqual([]);
  });

  it('says in a dry run which files it would change', async () => {
    await fetchService();
    write('service/README.md', 'changed');
    const { log } = await open({}, { isDryRun: true });
    expect(log.join()).toMatch(/Would open .* with README\.md/);
    expect(forge.branches(REPO)).toEqual(['main']);
  });

  it.each([
    [{ repoUrl: 'HOST?owner=platform&repo=gitops' }, /was fetched from/],
    [{ targetPath: 'elsewhere' }, /leave targetPath out/],
  ])('refuses %j', async (input, rule) => {
    await fetchService();
    write('service/README.md', 'changed');
    const { repoUrl: url, ...rest } = input as { repoUrl?: string };
    await expect(
      open({ ...rest, repoUrl: url?.replace('HOST', forge.host) }),
    ).rejects.toThrow(rule);
  });

  it('refuses a link', async () => {
    await fetchService();
    symlinkSync('README.md', path.join(workspace.path, 'service/link'));
    await expect(open()).rejects.toThrow(/link is a link/);
  });

  it('proposes a part of it to another repository', async () => {
    await fetchService();
    const { output } = await open({
      sourcePath: './service/deploy',
      targetPath: 'orders',
      repoUrl: `${forge.host}?owner=platform&repo=gitops`,
    });
    expect(
      forge.git(
        'platform/gitops',
        'show',
        `${output.branch}:orders/base/settings.yaml`,
      ),
    ).toContain('blue');
  });
});

describe('gitops:pull-request:close', () => {
  const close = (input: object = { number: 1 }, options: object = {}) =>
    run('gitops:pull-request:close', { repoUrl: repoUrl(), ...input }, options);
  beforeEach(async () => {
    await fetchService();
    write('service/README.md', 'changed');
    await open();
  });

  it('closes what waits, and can run again', async () => {
    await close({ number: 1 }, { isDryRun: true });
    expect(forge.pulls(REPO)[0].state).toBe('open');
    const { output, log } = await close();
    expect(output).toEqual({
      undone: [expect.stringMatching(/pulls\/1 is closed/)],
      remains: [],
    });
    expect(log.at(-1)).toMatch(/Nothing remains of the failed change/);
    expect(forge.branches(REPO)).toEqual(['main']);
    expect((await close()).output).toEqual({ undone: [], remains: [] });
    expect((await close({})).output).toEqual({ undone: [], remains: [] });
  });

  it('says what cannot be taken back', async () => {
    forge.merge(REPO, 1);
    const merged = await close();
    expect(merged.output.remains).toEqual([
      expect.stringMatching(/is merged .* revert it/),
    ]);
    const gone = await close({ number: 9 });
    expect(gone.output.remains).toEqual([
      expect.stringMatching(/pull request 9 could not be undone/),
    ]);
  });
});

it('keeps the copy out of what others read of the workspace', async () => {
  await fetchService();
  write('service/deploy/base/settings.yaml', settings('green'));
  const copy = path.join(workspace.path, '.git/fairway');
  expect(existsSync(copy)).toBe(true);
  expect(read('service/deploy/base/settings.yaml')).toBe(settings('green'));
  expect(
    readFileSync(
      path.join(copy, 'service/files/deploy/base/settings.yaml'),
      'utf8',
    ),
  ).toBe(settings('blue'));
});
