import { mockServices } from '@backstage/backend-test-utils';
import { ScmIntegrations } from '@backstage/integration';
import {
  addFiles,
  cloneRepo,
  commitAndPushBranch,
  initRepoAndPush,
} from '@backstage/plugin-scaffolder-node';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openForgeRepository } from '../forge';
import type { ContractTarget } from './ContractTarget';
import { GiteaFake } from './GiteaFake';

interface Place {
  url: string;
  username: string;
  password: string;
  organisation: string;
  stop(): Promise<void>;
}

async function startFake(): Promise<Place> {
  const fake = new GiteaFake();
  await fake.start();
  return {
    url: fake.url,
    ...{ username: 'robot', password: 'secret', organisation: 'payments' },
    stop: () => fake.stop(),
  };
}

class GiteaTarget implements ContractTarget {
  readonly pullUrl = /^https?:.*\/orders-[0-9a-f]+\/pulls\/1$/;
  readonly #place: Place;
  readonly #file: string;
  readonly #name = `orders-${randomUUID().slice(0, 8)}`;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'forge-contract-'));
  readonly #logger = mockServices.logger.mock();

  constructor(place: Place, file: string) {
    this.#place = place;
    this.#file = file;
  }

  get repository() {
    return this.#open(this.#place.organisation);
  }

  get elsewhere() {
    return this.#open('nobody-at-all');
  }

  async create(): Promise<void> {
    await this.#request('POST', `/orgs/${this.#place.organisation}/repos`, {
      ...{ name: this.#name, private: false },
    });
  }

  async push() {
    const dir = path.join(this.#folder, 'initial');
    const target = path.join(dir, this.#file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(path.join(dir, 'README.md'), '# Contract\n');
    writeFileSync(target, 'images: []\n');
    const { commitHash } = await initRepoAndPush({
      dir,
      remoteUrl: this.repository.cloneUrl,
      auth: await this.repository.credentials(),
      defaultBranch: 'main',
      logger: this.#logger,
    });
    const ci = await this.#pushChange('ci', [this.#file]);
    const other = await this.#pushChange('other', [this.#file, 'README.md']);
    await this.repository.deleteBranch('ci');
    await this.repository.deleteBranch('other');
    return { first: commitHash, ci, other };
  }

  async pushBranch(name: string): Promise<void> {
    await this.#pushChange(name, ['README.md']);
  }

  async merge(number: number): Promise<string> {
    const { organisation } = this.#place;
    await this.#request(
      'POST',
      `/repos/${organisation}/${this.#name}/pulls/${number}/merge`,
      { Do: 'merge' },
    );
    const branches = await this.repository.branches();
    return branches.find(({ name }) => name === 'main')!.commit;
  }

  async stop(): Promise<string[]> {
    rmSync(this.#folder, { recursive: true });
    await this.#place.stop();
    return [];
  }

  #open(owner: string) {
    const { url, username, password } = this.#place;
    const { host } = new URL(url);
    const integrations = {
      gitea: [{ host, baseUrl: url, username, password }],
    };
    return openForgeRepository(
      `${host}?owner=${owner}&repo=${this.#name}`,
      ScmIntegrations.fromConfig(
        mockServices.rootConfig({ data: { integrations } }),
      ),
    );
  }

  async #pushChange(branch: string, files: string[]): Promise<string> {
    const dir = mkdtempSync(path.join(this.#folder, 'change-'));
    const { repository } = this;
    const common = {
      ...{ dir, logger: this.#logger },
      auth: await repository.credentials(),
    };
    await cloneRepo({ ...common, url: repository.cloneUrl, ref: 'main' });
    for (const file of files) {
      writeFileSync(path.join(dir, file), `# ${branch}\n`);
      await addFiles({ ...common, filepath: file });
    }
    const { commitHash } = await commitAndPushBranch({
      ...common,
      branch,
      commitMessage: `Change ${branch}`,
    });
    return commitHash;
  }

  async #request(method: string, route: string, body: object): Promise<void> {
    const { url, username, password } = this.#place;
    const user = Buffer.from(`${username}:${password}`).toString('base64');
    const response = await fetch(`${url}/api/v1${route}`, {
      method,
      headers: {
        authorization: `Basic ${user}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) {
      throw new Error(`${method} ${route}: ${response.status}`);
    }
  }
}

/**
 * The fake, and the Gitea, Forgejo or playground that FAIRWAY_TEST_FORGE_URL names (with
 * FAIRWAY_TEST_FORGE_USERNAME, _PASSWORD and _ORGANISATION, which must exist), so that the fake
 * cannot drift from the real thing.
 *
 * @param file - what the second commit changes
 */
export function giteaTargets(file: string) {
  const targets: Array<[string, () => Promise<ContractTarget>]> = [
    ['the fake', async () => new GiteaTarget(await startFake(), file)],
  ];
  const { env } = process;
  const url = env.FAIRWAY_TEST_FORGE_URL;
  if (url) {
    const place = {
      url,
      username: env.FAIRWAY_TEST_FORGE_USERNAME ?? 'fairway',
      password: env.FAIRWAY_TEST_FORGE_PASSWORD ?? 'playground-password',
      organisation: env.FAIRWAY_TEST_FORGE_ORGANISATION ?? 'payments',
      stop: async () => {},
    };
    targets.push([url, async () => new GiteaTarget(place, file)]);
  }
  return targets;
}
