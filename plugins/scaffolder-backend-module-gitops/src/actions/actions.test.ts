import { mockServices } from '@backstage/backend-test-utils';
import { ScmIntegrations } from '@backstage/integration';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import type {
  GitopsApi,
  ServiceResponse,
} from '@fairway/plugin-gitops-common';
import { gitopsServiceMock } from '@fairway/plugin-gitops-node/testUtils';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GiteaFake } from '../__testUtils__/GiteaFake';
import { readActionsConfig } from '../config';
import { createGitopsActions } from './createGitopsActions';

jest.setTimeout(60_000);

const orders = {
  name: 'orders',
  owner: 'group:default/payments',
  engine: 'argocd',
  runtime: 'nodejs',
  image: 'registry.example.com/payments/orders',
  cloneUrl: 'https://git.example.com/payments/orders.git',
  environments: [
    { name: 'dev', policy: 'automated' },
    { name: 'production' },
  ],
};

describe('the gitops actions', () => {
  const forge = new GiteaFake();
  const folders: string[] = [];
  let workspacePath: string;

  beforeAll(() => forge.start());
  afterAll(async () => {
    await forge.stop();
    folders.forEach(folder => rmSync(folder, { recursive: true }));
  });
  beforeEach(() => {
    workspacePath = mkdtempSync(path.join(tmpdir(), 'workspace-'));
    folders.push(workspacePath);
    forge.reset();
    forge.createRepository('platform/gitops');
    forge.commit('platform/gitops');
  });

  const run = async (
    id: string,
    input: object,
    options: {
      gitops?: Partial<GitopsApi>;
      config?: object;
      isDryRun?: boolean;
      signal?: AbortSignal;
      taskId?: string;
    } = {},
  ) => {
    const config = mockServices.rootConfig({
      data: {
        integrations: {
          gitea: [
            {
              host: forge.host,
              baseUrl: forge.url,
              username: 'robot',
              password: 'secret',
            },
            { host: 'nobody.example.com' },
          ],
          github: [{ host: 'github.com' }],
        },
        gitops: {
          platformRepository: `${forge.host}?owner=platform&repo=gitops`,
          ...options.config,
        },
      },
    });
    const action = createGitopsActions({
      config: readActionsConfig(config),
      integrations: ScmIntegrations.fromConfig(config),
      gitops: gitopsServiceMock(options.gitops),
      pollIntervalMs: 5,
    }).find(candidate => candidate.id === id)!;
    const logger = mockServices.logger.mock();
    const context = createMockActionContext({
      input: input as never,
      workspacePath,
      logger,
      task: { id: options.taskId ?? 'task-1' },
    });
    const output: Record<string, any> = {};
    Object.assign(context, {
      output: (name: string, value: unknown) => {
        output[name] = value;
      },
      isDryRun: options.isDryRun,
      signal: options.signal,
    });
    await action.handler(context as never);
    const lines = [...logger.info.mock.calls, ...logger.warn.mock.calls];
    return { output, log: lines.map(([line]) => String(line)) };
  };

  const write = (file: string, content: string) => {
    const target = path.join(workspacePath, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
  };

  describe('all of them', () => {
    const config = mockServices.rootConfig();
    const actions = createGitopsActions({
      config: readActionsConfig(config),
      integrations: ScmIntegrations.fromConfig(config),
      gitops: gitopsServiceMock(),
    });

    it.each(actions)('$id is documented and has a dry run', action => {
      expect(action.supportsDryRun).toBe(true);
      expect(action.description).toMatch(/\w/);
      expect(action.examples).not.toHaveLength(0);
      const { properties } = action.schema!.input as any;
      for (const property of Object.values<any>(properties)) {
        expect(property.description).toMatch(/\w/);
      }
    });
  });

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
      expect(readdirSync(workspacePath)).toEqual([]);
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

  describe('gitops:name:check', () => {
    const free = async () => ({ valid: true, checks: [] });
    const check = (input: object, checkName: GitopsApi['checkName'] = free) =>
      run(
        'gitops:name:check',
        { name: 'orders', owner: 'group:default/payments', ...input },
        { gitops: { checkName } },
      );

    it('says where a free name will live', async () => {
      const { output } = await check({});
      expect(output).toEqual({
        repoUrl: `${forge.host}?owner=payments&repo=orders`,
        provider: 'gitea',
        cloneUrl: `${forge.url}/payments/orders.git`,
        webUrl: `${forge.url}/payments/orders`,
        image: `${forge.host}/payments/orders`,
        team: 'payments',
        entityRef: 'component:default/orders',
        repositoryWasFree: true,
      });
    });

    it('warns of what could not be looked at', async () => {
      const { log } = await check({}, async () => ({
        valid: true,
        checks: [{ where: 'cluster', state: 'unknown', message: 'no answer' }],
      }));
      expect(log.join()).toMatch(/free in the cluster is not known: no answer/);
    });

    it('refuses a name that the forge has', async () => {
      forge.createRepository('payments/orders');
      await expect(check({})).rejects.toMatchObject({
        name: 'ConflictError',
        message: expect.stringContaining('There is a repository'),
      });
    });

    it.each([
      ['Orders', {}, /lower-case/],
      ['orders\n', {}, /lower-case/],
      ['../orders', {}, /lower-case/],
      ['{{ x }}', {}, /lower-case/],
      ['orders', { organisation: 'nobody' }, /has no organisation "nobody"/],
      ['orders', { organisation: '../admin' }, /cannot be the owner/],
      ['orders', { organisation: 'a&repo=b' }, /cannot be the owner/],
      ['orders', { host: 'evil.example.com' }, /no host of "integrations:"/],
      ['orders', { host: 'a?owner=b' }, /no host of "integrations:"/],
      ['orders', { host: 'github.com', forges: ['gitea'] }, /kind github/],
    ])('refuses %j in %j', async (name, where, rule) => {
      await expect(check({ name, ...where })).rejects.toThrow(rule);
      expect(forge.requests.some(line => !line.startsWith('GET '))).toBe(false);
    });
  });

  describe('gitops:pull-request:open', () => {
    const input = {
      sourcePath: './registration',
      branch: 'register-orders',
      title: 'Register orders',
    };
    const open = (change: object = {}, options = {}) =>
      run('gitops:pull-request:open', { ...input, ...change }, options);
    beforeEach(() => write('registration/argocd/orders/dev.yaml', 'a: 1\n'));

    it('opens a pull request once, however often it runs', async () => {
      const first = await open();
      const second = await open();

      expect(second.output).toEqual(first.output);
      expect(first.output).toMatchObject({ number: 1, base: 'main' });
      const { branch } = first.output;
      expect(
        forge.git('platform/gitops', 'show', `${branch}:argocd/orders/dev.yaml`),
      ).toBe('a: 1');
      expect(forge.git('platform/gitops', 'log', '-1', '--format=%s', branch)).toBe(
        'Register orders',
      );
      expect(forge.pulls('platform/gitops')).toHaveLength(1);
    });

    it('gives another task a branch of its own', async () => {
      await open({}, { taskId: 'another' });
      await open();
      expect(forge.pulls('platform/gitops')).toHaveLength(2);
    });

    it('leaves no branch behind when it fails', async () => {
      forge.faults.set('POST /api/v1/repos/platform/gitops/pulls', 500);
      await expect(open()).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
      });
      expect(forge.branches('platform/gitops')).toEqual(['main']);
    });

    it('writes nothing in a dry run', async () => {
      await open({}, { isDryRun: true });
      expect(forge.requests).toEqual([]);
    });

    it('says when there is nothing to propose', async () => {
      await open();
      forge.merge('platform/gitops', 1);
      await expect(open({}, { taskId: 'another' })).rejects.toThrow(
        /exactly these files already/,
      );
    });

    it.each([
      ['a source outside of the workspace', { sourcePath: '../..' }, /not allowed/],
      ['a target outside of the repository', { targetPath: '../..' }, /not allowed/],
      ['a target in .git', { targetPath: '.git/hooks' }, /cannot be part/],
      ['a branch that is a path', { branch: '../main' }, /cannot name a branch/],
      ['an unknown host', { repoUrl: 'evil.example.com?owner=a&repo=b' }, /integration/],
      [
        'a forge of another kind',
        { repoUrl: 'github.com?owner=a&repo=b' },
        /publish:github:pull-request/,
      ],
      [
        'a host without credentials',
        { repoUrl: 'nobody.example.com?owner=a&repo=b' },
        /username and password/,
      ],
      [
        'a repository that does not exist',
        { repoUrl: 'HOST?owner=platform&repo=nothing' },
        /There is no repository/,
      ],
    ])('refuses %s', async (_what, change, rule) => {
      const repoUrl = (change as { repoUrl?: string }).repoUrl;
      await expect(
        open({ ...change, repoUrl: repoUrl?.replace('HOST', forge.host) }),
      ).rejects.toThrow(rule);
      expect(forge.branches('platform/gitops')).toEqual(['main']);
    });

    it('refuses a link out of the workspace', async () => {
      symlinkSync('/etc/passwd', path.join(workspacePath, 'registration/x'));
      await expect(open()).rejects.toThrow();
      expect(forge.branches('platform/gitops')).toEqual(['main']);
    });
  });

  describe('gitops:pull-request:wait', () => {
    const wait = (input: object, options = {}) =>
      run('gitops:pull-request:wait', { number: 1, ...input }, options);
    beforeEach(async () => {
      write('registration/a.yaml', 'a: 1\n');
      await run('gitops:pull-request:open', {
        sourcePath: './registration',
        branch: 'b',
        title: 'T',
      });
    });

    it('ends when somebody merges', async () => {
      const waiting = wait({});
      forge.merge('platform/gitops', 1);
      expect((await waiting).output).toEqual({
        merged: true,
        mergeCommit: forge.git('platform/gitops', 'rev-parse', 'main'),
      });
    });

    it('fails when somebody closes', async () => {
      forge.pulls('platform/gitops')[0].state = 'closed';
      await expect(wait({})).rejects.toThrow(/closed without being merged/);
    });

    it('goes on, and says so, when nobody does', async () => {
      const { output, log } = await wait({ timeoutMinutes: 0 });
      expect(output.merged).toBe(false);
      expect(log.join()).toMatch(/waits for its review/);
    });

    it('stops when the task is cancelled', async () => {
      const controller = new AbortController();
      const waiting = wait({}, { signal: controller.signal });
      controller.abort();
      await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    });
  });

  describe('gitops:application:wait', () => {
    const service = (...applications: object[]) =>
      ({
        environments: [{ environment: { name: 'dev' }, applications }],
      } as unknown as ServiceResponse);
    const application = (change: object) => ({
      id: 'id-1',
      ref: { kind: 'Application', name: 'orders-dev' },
      policy: { automated: true },
      ...change,
    });
    const wait = (getService: GitopsApi['getService'], input: object = {}) =>
      run(
        'gitops:application:wait',
        { entityRef: 'component:default/orders', environment: 'dev', ...input },
        { gitops: { getService } },
      );

    it('says each change in words until it is healthy', async () => {
      const states: Array<ServiceResponse | Error> = [
        Object.assign(new Error('not yet'), {
          cause: { name: 'NotFoundError' },
        }),
        service(),
        service(application({ sync: 'out-of-sync', health: 'missing' })),
        service(
          application({
            sync: 'synced',
            health: 'progressing',
            healthMessage: '0 of 1 pods are ready',
          }),
        ),
        service(
          application({ sync: 'synced', health: 'healthy', version: '0.1.1' }),
        ),
      ];
      const { output, log } = await wait(async () => {
        const next = states.shift()!;
        if (next instanceof Error) {
          throw next;
        }
        return next;
      });

      expect(log).toEqual([
        'The engine has no application for dev yet',
        'Application orders-dev is out-of-sync and missing',
        'Application orders-dev is synced and progressing: 0 of 1 pods are ready',
        'Application orders-dev is synced and healthy',
      ]);
      expect(output).toMatchObject({ applicationId: 'id-1', version: '0.1.1' });
    });

    it.each([
      [
        { sync: 'synced', health: 'degraded', healthMessage: 'ImagePullBackOff' },
        /synced and degraded: ImagePullBackOff/,
      ],
      [
        { sync: 'out-of-sync', health: 'missing', policy: { automated: false } },
        /its sync is manual; sync it/,
      ],
      [
        { sync: 'unknown', health: 'suspended', suspended: true },
        /it is suspended; resume it/,
      ],
    ])('says what is wrong when the time is over: %j', async (state, words) => {
      await expect(
        wait(async () => service(application(state)), { timeoutMinutes: 0 }),
      ).rejects.toThrow(words);
    });

    it('does not hide that it may not look', async () => {
      const refused = Object.assign(new Error('no'), { name: 'NotAllowedError' });
      await expect(
        wait(async () => {
          throw refused;
        }),
      ).rejects.toBe(refused);
    });
  });

  describe('gitops:creation:undo', () => {
    const undo = (input: object) => run('gitops:creation:undo', input);
    const location = () => ({
      repoUrl: `${forge.host}?owner=payments&repo=orders`,
      repositoryWasFree: true,
    });

    it('deletes a repository that is empty', async () => {
      forge.createRepository('payments/orders');
      const { output } = await undo(location());
      expect(output).toEqual({
        undone: [`the repository ${forge.url}/payments/orders is deleted`],
        remains: [],
      });
      expect(forge.exists('payments/orders')).toBe(false);
    });

    it('closes the pull request and deletes what only this task pushed', async () => {
      forge.createRepository('payments/orders');
      const publishedCommit = forge.commit('payments/orders');
      write('registration/a.yaml', 'a: 1\n');
      const { output: pull } = await run('gitops:pull-request:open', {
        sourcePath: './registration',
        branch: 'b',
        title: 'T',
      });

      const { output } = await undo({
        ...location(),
        publishedCommit,
        pullRequestNumber: pull.number,
      });

      expect(output.remains).toEqual([]);
      expect(forge.exists('payments/orders')).toBe(false);
      expect(forge.pulls('platform/gitops')[0].state).toBe('closed');
      expect(forge.branches('platform/gitops')).toEqual(['main']);
    });

    it('keeps a repository that somebody else has pushed to', async () => {
      forge.createRepository('payments/orders');
      const publishedCommit = forge.commit('payments/orders');
      forge.commit('payments/orders', 'feature');
      const { output } = await undo({ ...location(), publishedCommit });
      expect(output.undone).toEqual([]);
      expect(output.remains.join()).toMatch(/commits that this task did not/);
      expect(forge.exists('payments/orders')).toBe(true);
    });

    it('keeps a repository that was there before', async () => {
      forge.createRepository('payments/orders');
      await undo({ ...location(), repositoryWasFree: undefined });
      expect(forge.exists('payments/orders')).toBe(true);
    });

    it('keeps what is registered, and says what remains', async () => {
      forge.createRepository('payments/orders');
      write('registration/a.yaml', 'a: 1\n');
      await run('gitops:pull-request:open', {
        sourcePath: './registration',
        branch: 'b',
        title: 'T',
      });
      forge.merge('platform/gitops', 1);

      const { output } = await undo({
        ...location(),
        pullRequestNumber: 1,
        entityRef: 'component:default/orders',
      });

      expect(output.undone).toEqual([]);
      expect(output.remains).toEqual([
        expect.stringMatching(/registration is merged .*pulls\/1/),
        expect.stringMatching(/payments\/orders remains/),
        expect.stringMatching(/component:default\/orders/),
      ]);
      expect(forge.exists('payments/orders')).toBe(true);
    });

    it('says what it could not undo, and touches nothing that depends on it', async () => {
      forge.createRepository('payments/orders');
      forge.faults.set('GET /api/v1/repos/platform/gitops/pulls/1', 503);
      const { output } = await undo({ ...location(), pullRequestNumber: 1 });
      expect(output.remains.join()).toMatch(/pull request could not be undone/);
      expect(forge.exists('payments/orders')).toBe(true);
    });

    it('has nothing to do when nothing was made', async () => {
      const { output } = await undo({});
      expect(output).toEqual({ undone: [], remains: [] });
    });
  });

  it('keeps the secrets of the integration out of every message', async () => {
    forge.faults.set('GET /api/v1/repos/platform/gitops', 403);
    write('registration/a.yaml', readFileSync(__filename, 'utf8').slice(0, 10));
    await expect(
      run('gitops:pull-request:open', {
        sourcePath: './registration',
        branch: 'b',
        title: 'T',
      }),
    ).rejects.toThrow(
      expect.objectContaining({
        message: expect.not.stringContaining('secret'),
      }),
    );
  });
});
