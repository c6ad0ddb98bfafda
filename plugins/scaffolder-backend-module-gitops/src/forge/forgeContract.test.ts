import { mockServices } from '@backstage/backend-test-utils';
import { ScmIntegrations } from '@backstage/integration';
import { initRepoAndPush } from '@backstage/plugin-scaffolder-node';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GiteaFake } from '../__testUtils__/GiteaFake';
import type { ForgeRepository } from './ForgeRepository';
import { filesToAdd } from './filesToPropose';
import { openForgeRepository } from './openForgeRepository';
import { proposeChange } from './proposeChange';

jest.setTimeout(60_000);

/**
 * What the actions rely on. Runs against the fake, and against the Gitea, Forgejo or
 * playground that FAIRWAY_TEST_FORGE_URL names (with FAIRWAY_TEST_FORGE_USERNAME, _PASSWORD
 * and _ORGANISATION, which must exist), so that the fake cannot drift from the real thing.
 */
interface Target {
  url: string;
  username: string;
  password: string;
  organisation: string;
  stop?: () => Promise<void>;
}

const targets: Array<[string, () => Promise<Target>]> = [
  [
    'the fake',
    async () => {
      const fake = new GiteaFake();
      await fake.start();
      return {
        url: fake.url,
        username: 'robot',
        password: 'secret',
        organisation: 'payments',
        stop: () => fake.stop(),
      };
    },
  ],
];

const realUrl = process.env.FAIRWAY_TEST_FORGE_URL;
if (realUrl) {
  targets.push([
    realUrl,
    async () => ({
      url: realUrl,
      username: process.env.FAIRWAY_TEST_FORGE_USERNAME ?? 'fairway',
      password:
        process.env.FAIRWAY_TEST_FORGE_PASSWORD ?? 'playground-password',
      organisation: process.env.FAIRWAY_TEST_FORGE_ORGANISATION ?? 'payments',
    }),
  ]);
}

describe.each(targets)('a repository of %s', (_name, start) => {
  const logger = mockServices.logger.mock();
  const author = { name: 'Ada', email: 'ada@example.com' };
  const repo = `contract-${randomUUID().slice(0, 8)}`;
  let folder: string;
  let target: Target;
  let repository: ForgeRepository;

  const open = (owner: string, name: string) => {
    const { host } = new URL(target.url);
    const { username, password } = target;
    return openForgeRepository(
      `${host}?owner=${owner}&repo=${name}`,
      ScmIntegrations.fromConfig(
        mockServices.rootConfig({
          data: {
            integrations: {
              gitea: [{ host, baseUrl: target.url, username, password }],
            },
          },
        }),
      ),
    );
  };

  const request = (method: string, route: string, body?: object) =>
    fetch(`${target.url}/api/v1${route}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(
          `${target.username}:${target.password}`,
        ).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: body && JSON.stringify(body),
    });

  const propose = async (branch: string, content: string) => {
    writeFileSync(path.join(folder, 'change', 'file.yaml'), content);
    const pull = await proposeChange({
      repository,
      branch,
      files: await filesToAdd(path.join(folder, 'change'), '.'),
      title: `Change ${branch}`,
      body: 'Because of the test',
      author,
      logger,
    });
    return pull!;
  };

  beforeAll(async () => {
    target = await start();
    repository = open(target.organisation, repo);
    folder = mkdtempSync(path.join(tmpdir(), 'forge-contract-'));
    mkdirSync(path.join(folder, 'change'));
    mkdirSync(path.join(folder, 'initial'));
    writeFileSync(path.join(folder, 'initial', 'README.md'), '# Contract\n');
  });

  afterAll(async () => {
    await repository.delete();
    await target.stop?.();
    rmSync(folder, { recursive: true });
  });

  it('lives from nothing to nothing', async () => {
    expect(await repository.organisationExists()).toBe(true);
    expect(await open('nobody-at-all', repo).organisationExists()).toBe(false);
    expect(await repository.find()).toBeUndefined();

    const { organisation } = target;
    const made = await request('POST', `/orgs/${organisation}/repos`, {
      name: repo,
      private: false,
    });
    expect(made.status).toBe(201);
    expect(await repository.find()).toEqual({ defaultBranch: 'main' });
    expect(await repository.branches()).toEqual([]);

    const { commitHash } = await initRepoAndPush({
      dir: path.join(folder, 'initial'),
      remoteUrl: repository.cloneUrl,
      auth: await repository.credentials(),
      defaultBranch: 'main',
      logger,
    });
    expect(await repository.branches()).toEqual([
      { name: 'main', commit: commitHash },
    ]);

    expect(await repository.listFolder('', commitHash)).toEqual(
      new Map([['README.md', expect.stringMatching(/^[0-9a-f]{40}$/)]]),
    );

    // A change that is refused.
    const refused = await propose('refused', 'a: 1\n');
    expect(refused).toMatchObject({
      state: 'open',
      head: 'refused',
      base: 'main',
    });
    expect(new URL(refused.url).origin).toBe(target.url);
    expect(await propose('refused', 'a: 1\n')).toEqual(refused);
    await repository.closePullRequest(refused.number);
    expect(await repository.getPullRequest(refused.number)).toMatchObject({
      state: 'closed',
    });
    expect(
      await repository.findPullRequest({ head: 'refused', base: 'main' }),
    ).toBeUndefined();
    await repository.deleteBranch('refused');
    await repository.deleteBranch('refused');
    expect(await repository.branches()).toHaveLength(1);

    await expect(repository.getPullRequest(4711)).rejects.toMatchObject({
      name: 'InputError',
    });

    await repository.delete();
    await repository.delete();
    expect(await repository.find()).toBeUndefined();
  });
});
