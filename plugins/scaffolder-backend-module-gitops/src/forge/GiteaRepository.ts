import { InputError } from '@backstage/errors';
import {
  getGiteaRequestOptions,
  type GiteaIntegrationConfig,
} from '@backstage/integration';
import { differsOnlyIn } from './differsOnlyIn';
import { ForgeApi, route } from './ForgeApi';
import type {
  ForgeBranch,
  ForgeRepository,
  GitCredentials,
  PullRequest,
  PullRequestRequest,
} from './ForgeRepository';
import { numberedPages } from './paging';
import type { RepositoryLocation } from './parseLocation';
import { required } from './required';

interface GiteaPullRequest {
  number: number;
  html_url: string;
  state: 'open' | 'closed';
  merged: boolean;
  merge_commit_sha?: string | null;
  head: { ref: string };
  base: { ref: string };
}

const PAGE_SIZE = 50;

/** A repository of a Gitea or Forgejo, through its REST API (v1). */
export class GiteaRepository implements ForgeRepository {
  readonly cloneUrl: string;
  readonly webUrl: string;
  readonly longestDescription = 65_000;
  readonly unfolds = true;
  readonly #api: ForgeApi;
  readonly #credentials: { username: string; password: string };
  readonly #owner: string;
  readonly #path: string;

  constructor(options: {
    location: RepositoryLocation;
    config: GiteaIntegrationConfig;
  }) {
    const { location, config } = options;
    const { host, owner, repo } = location;
    if (!config.username || !config.password) {
      throw new InputError(
        `integrations.gitea: the entry of ${host} needs username and password, so that Fairway can push and open pull requests`,
      );
    }
    const base = (config.baseUrl ?? `https://${host}`).replace(/\/+$/, '');
    const { headers } = getGiteaRequestOptions(config);
    this.#owner = owner;
    this.#path = route`/repos/${owner}/${repo}`;
    this.#api = new ForgeApi({
      base: `${base}/api/v1`,
      headers: async () => headers as Record<string, string>,
    });
    this.#credentials = {
      username: config.username,
      password: config.password,
    };
    this.webUrl = `${base}${route`/${owner}/${repo}`}`;
    this.cloneUrl = `${this.webUrl}.git`;
  }

  async credentials(): Promise<GitCredentials> {
    return this.#credentials;
  }

  async ownerExists(): Promise<boolean> {
    return (await this.#api.get(route`/orgs/${this.#owner}`)) !== undefined;
  }

  async find(): Promise<{ defaultBranch: string } | undefined> {
    const found = await this.#api.get<{ default_branch: string }>(this.#path);
    return found && { defaultBranch: found.default_branch || 'main' };
  }

  async branches(): Promise<ForgeBranch[]> {
    const list = await numberedPages<{ name: string; commit: { id: string } }>(
      this.#api,
      `${this.#path}/branches`,
      { sizeName: 'limit', size: PAGE_SIZE },
    );
    return (list ?? []).map(({ name, commit }) => ({
      name,
      commit: commit.id,
    }));
  }

  async differsOnlyIn(options: {
    file: string;
    before: string;
    after: string;
  }): Promise<boolean> {
    return differsOnlyIn(
      (path, commit) => this.#listFolder(path, commit),
      options,
    );
  }

  async delete(): Promise<void> {
    await this.#api.send({ method: 'DELETE', path: this.#path });
  }

  async archive(): Promise<void> {
    const body = { archived: true };
    await this.#api.send({ method: 'PATCH', path: this.#path, body });
  }

  async deleteBranch(name: string): Promise<void> {
    const segments = name.split('/').map(encodeURIComponent).join('/');
    await this.#api.send({
      method: 'DELETE',
      path: `${this.#path}/branches/${segments}`,
    });
  }

  async openPullRequest(request: PullRequestRequest): Promise<PullRequest> {
    const made = await this.#api.send<GiteaPullRequest>({
      method: 'POST',
      path: `${this.#path}/pulls`,
      body: request,
    });
    return toPullRequest(this.#required(made?.body, 'pull requests'));
  }

  async findPullRequest(options: {
    head: string;
    base: string;
  }): Promise<PullRequest | undefined> {
    const list = await numberedPages<GiteaPullRequest>(
      this.#api,
      `${this.#path}/pulls`,
      { sizeName: 'limit', size: PAGE_SIZE, query: { state: 'open' } },
    );
    const found = list?.find(
      pull => pull.head.ref === options.head && pull.base.ref === options.base,
    );
    return found && toPullRequest(found);
  }

  async getPullRequest(number: number): Promise<PullRequest> {
    const found = await this.#api.get<GiteaPullRequest>(
      `${this.#path}/pulls/${number}`,
    );
    return toPullRequest(this.#required(found, `pull request ${number}`));
  }

  async closePullRequest(number: number): Promise<void> {
    await this.#api.send({
      method: 'PATCH',
      path: `${this.#path}/pulls/${number}`,
      body: { state: 'closed' },
    });
  }

  /** The hash of each file and folder of a folder at a commit, by name. */
  async #listFolder(
    path: string,
    commit: string,
  ): Promise<Map<string, string>> {
    const segments = path.split('/').filter(Boolean).map(encodeURIComponent);
    const entries = await this.#api.get<Array<{ name: string; sha: string }>>(
      [`${this.#path}/contents`, ...segments].join('/'),
      { ref: commit },
    );
    return new Map((entries ?? []).map(({ name, sha }) => [name, sha]));
  }

  #required<T>(value: T | undefined, what: string): T {
    return required(value, { webUrl: this.webUrl, what });
  }
}

function toPullRequest(pull: GiteaPullRequest): PullRequest {
  const closed = pull.merged ? 'merged' : 'closed';
  return {
    number: pull.number,
    url: pull.html_url,
    state: pull.state === 'open' ? 'open' : closed,
    head: pull.head.ref,
    ...(pull.merged && pull.merge_commit_sha
      ? { mergeCommit: pull.merge_commit_sha }
      : {}),
  };
}
