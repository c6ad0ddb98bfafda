import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { useActions } from '../__testUtils__/useActions';

jest.setTimeout(60_000);

const { forge, run, workspace, write } = useActions();

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
    expect(
      forge.git('platform/gitops', 'log', '-1', '--format=%s', branch),
    ).toBe('Register orders');
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
    [
      'a source outside of the workspace',
      { sourcePath: '../..' },
      /not allowed/,
    ],
    [
      'a target outside of the repository',
      { targetPath: '../..' },
      /not allowed/,
    ],
    ['a target in .git', { targetPath: '.git/hooks' }, /cannot be part/],
    ['a branch that is a path', { branch: '../main' }, /cannot name a branch/],
    [
      'an unknown host',
      { repoUrl: 'evil.example.com?owner=a&repo=b' },
      /integration/,
    ],
    [
      'a forge of another kind',
      { repoUrl: 'gerrit.example.com?owner=a&repo=b' },
      /they know gitea, github, gitlab/,
    ],
    [
      'a host without credentials',
      { repoUrl: 'nobody.example.com?owner=a&repo=b' },
      /username and password/,
    ],
    [
      'a forge without credentials',
      { repoUrl: 'github.com?owner=a&repo=b' },
      /needs a token, or an app/,
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
    symlinkSync('/etc/passwd', path.join(workspace.path, 'registration/x'));
    await expect(open()).rejects.toThrow();
    expect(forge.branches('platform/gitops')).toEqual(['main']);
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
