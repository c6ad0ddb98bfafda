import { InputError } from '@backstage/errors';
import {
  getGiteaRequestOptions,
  type GiteaIntegrationConfig,
} from '@backstage/integration';
import type {
  ForgeBranch,
  ForgeRepository,
  GitCredentials,
  PullRequest,
  PullRequestRequest,
} from './ForgeRepository';
import type { RepositoryLocation } from './parseLocation';
import { requestJson } from './requestJson';

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
  readonly #api: string;
  readonly #credentials: { username: string; password: string };
  readonly #location: RepositoryLocation;
  readonly #headers: Record<string, string>;

  constructor(options: {
    location: RepositoryLocation;
    config: GiteaIntegrationConfig;
  }) {
    const { location, config } = options;
    if (!config.username || !config.password) {
      throw new InputError(
        `integrations.gitea: the entry of ${location.host} needs username and password, so that Fairway can push and open pull requests`,
      );
    }
    const base = (config.baseUrl ?? `https://${location.host}`).replace(
      /\/+$/,
      '',
    );
    this.#location = location;
    this.#headers = getGiteaRequestOptions(config).headers as Record<
      string,
      string
    >;
    this.#api = `${base}/api/v1`;
    this.#credentials = {
      username: config.username,
      password: config.password,
    };
    this.webUrl = `${base}/${location.owner}/${location.repo}`;
    this.cloneUrl = `${this.webUrl}.git`;
  }

  async credentials(): Promise<GitCredentials> {
    return this.#credentials;
  }

  async organisationExists(): Promise<boolean> {
    const owner = encodeURIComponent(this.#location.owner);
    return (await this.#request('GET', `/orgs/${owner}`)) !== undefined;
  }

  async find(): Promise<{ defaultBranch: string } | undefined> {
    const found = await this.#repository<{ default_branch: string }>('GET', '');
    return found && { defaultBranch: found.default_branch || 'main' };
  }

  async branches(): Promise<ForgeBranch[]> {
    const list = await this.#repository<
      Array<{ name: string; commit: { id: string } }>
    >('GET', `/branches?limit=${PAGE_SIZE}`);
    return (list ?? []).map(({ name, commit }) => ({
      name,
      commit: commit.id,
    }));
  }

  async listFolder(path: string, commit: string): Promise<Map<string, string>> {
    const segments = path.split('/').filter(Boolean).map(encodeURIComponent);
    const entries = await this.#repository<
      Array<{ name: string; sha: string }>
    >('GET', `/${['contents', ...segments].join('/')}?ref=${commit}`);
    return new Map((entries ?? []).map(({ name, sha }) => [name, sha]));
  }

  async delete(): Promise<void> {
    await this.#repository('DELETE', '');
  }

  async deleteBranch(name: string): Promise<void> {
    const segments = name.split('/').map(encodeURIComponent).join('/');
    await this.#repository('DELETE', `/branches/${segments}`);
  }

  async openPullRequest(request: PullRequestRequest): Promise<PullRequest> {
    const made = await this.#repository<GiteaPullRequest>(
      'POST',
      '/pulls',
      request,
    );
    return toPullRequest(this.#required(made, `pull requests`));
  }

  async findPullRequest(options: {
    head: string;
    base: string;
  }): Promise<PullRequest | undefined> {
    for (let page = 1; ; page += 1) {
      const list =
        (await this.#repository<GiteaPullRequest[]>(
          'GET',
          `/pulls?state=open&limit=${PAGE_SIZE}&page=${page}`,
        )) ?? [];
      const found = list.find(
        pull =>
          pull.head.ref === options.head && pull.base.ref === options.base,
      );
      if (found || list.length < PAGE_SIZE) {
        return found && toPullRequest(found);
      }
    }
  }

  async getPullRequest(number: number): Promise<PullRequest> {
    const found = await this.#repository<GiteaPullRequest>(
      'GET',
      `/pulls/${number}`,
    );
    return toPullRequest(this.#required(found, `pull request ${number}`));
  }

  async closePullRequest(number: number): Promise<void> {
    await this.#repository('PATCH', `/pulls/${number}`, { state: 'closed' });
  }

  #required<T>(value: T | undefined, what: string): T {
    if (value === undefined) {
      throw new InputError(
        `${this.webUrl} has no ${what}, or the integration's user may not see it`,
      );
    }
    return value;
  }

  #repository<T>(method: string, path: string, body?: object) {
    const { owner, repo } = this.#location;
    return this.#request<T>(
      method,
      `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repo)}${path}`,
      body,
    );
  }

  #request<T>(method: string, path: string, body?: object) {
    return requestJson<T>({
      url: `${this.#api}${path}`,
      method,
      headers: this.#headers,
      body,
    });
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
