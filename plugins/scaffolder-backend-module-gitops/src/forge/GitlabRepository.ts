import { InputError } from '@backstage/errors';
import {
  getGitLabRequestOptions,
  type GitLabIntegrationConfig,
} from '@backstage/integration';
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

interface GitlabMergeRequest {
  iid: number;
  web_url: string;
  /** Locked while it is being merged. */
  state: 'opened' | 'locked' | 'merged' | 'closed';
  source_branch: string;
  target_branch: string;
  merge_commit_sha: string | null;
  squash_commit_sha?: string | null;
  /** Its newest commit, which is on the base branch itself when that was only moved forward. */
  sha: string | null;
}

const PAGE_SIZE = 100;

/** A project of GitLab, in the cloud or self-managed, through its REST API (v4). */
export class GitlabRepository implements ForgeRepository {
  readonly cloneUrl: string;
  readonly webUrl: string;
  // GitLab takes 1,048,576; nobody reads that.
  readonly longestDescription = 500_000;
  readonly unfolds = true;
  readonly #owner: string;
  readonly #token: string;
  readonly #api: ForgeApi;
  readonly #path: string;

  constructor(options: {
    location: RepositoryLocation;
    config: GitLabIntegrationConfig;
  }) {
    const { location, config } = options;
    const { host, owner, repo } = location;
    if (!config.token) {
      throw new InputError(
        `integrations.gitlab: the entry of ${host} needs a token with the scopes api and write_repository, so that Fairway can push and open merge requests`,
      );
    }
    this.#owner = owner;
    this.#token = config.token;
    const segments = owner.split('/').map(encodeURIComponent).join('/');
    this.webUrl = `${config.baseUrl}/${segments}${route`/${repo}`}`;
    this.cloneUrl = `${this.webUrl}.git`;
    this.#path = route`/projects/${`${owner}/${repo}`}`;
    this.#api = new ForgeApi({
      base: config.apiBaseUrl,
      headers: async () => getGitLabRequestOptions(config).headers,
    });
  }

  async credentials(): Promise<GitCredentials> {
    return { username: 'oauth2', password: this.#token };
  }

  async ownerExists(): Promise<boolean> {
    const path = route`/namespaces/${this.#owner}`;
    return (await this.#api.get(path)) !== undefined;
  }

  async find(): Promise<{ defaultBranch: string } | undefined> {
    const found = await this.#api.get<{ default_branch?: string | null }>(
      this.#path,
    );
    return found && { defaultBranch: found.default_branch || 'main' };
  }

  async branches(): Promise<ForgeBranch[]> {
    const list = await numberedPages<{ name: string; commit: { id: string } }>(
      this.#api,
      `${this.#path}/repository/branches`,
      { sizeName: 'per_page', size: PAGE_SIZE },
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
    const { file, before, after } = options;
    const found = await this.#api.get<{
      diffs: Array<{ old_path: string; new_path: string }>;
      compare_timeout: boolean;
    }>(`${this.#path}/repository/compare`, {
      from: before,
      to: after,
      // From the one to the other, not from where they parted.
      straight: 'true',
    });
    const [first, ...others] = found?.diffs ?? [];
    return (
      found?.compare_timeout === false &&
      others.length === 0 &&
      first?.old_path === file &&
      first.new_path === file
    );
  }

  async delete(): Promise<void> {
    await this.#api.send({ method: 'DELETE', path: this.#path });
  }

  async archive(): Promise<void> {
    await this.#api.send({ method: 'POST', path: `${this.#path}/archive` });
  }

  async deleteBranch(name: string): Promise<void> {
    await this.#api.send({
      method: 'DELETE',
      path: `${this.#path}${route`/repository/branches/${name}`}`,
    });
  }

  async openPullRequest(request: PullRequestRequest): Promise<PullRequest> {
    const made = await this.#api.send<GitlabMergeRequest>({
      method: 'POST',
      path: `${this.#path}/merge_requests`,
      body: {
        source_branch: request.head,
        target_branch: request.base,
        title: request.title,
        description: request.body,
        remove_source_branch: true,
      },
    });
    return toPullRequest(this.#required(made?.body, 'merge requests'));
  }

  async findPullRequest(options: {
    head: string;
    base: string;
  }): Promise<PullRequest | undefined> {
    const list = await this.#api.get<GitlabMergeRequest[]>(
      `${this.#path}/merge_requests`,
      {
        state: 'opened',
        source_branch: options.head,
        target_branch: options.base,
      },
    );
    const found = list?.find(one => one.source_branch === options.head);
    return found && toPullRequest(found);
  }

  async getPullRequest(number: number): Promise<PullRequest> {
    const found = await this.#api.get<GitlabMergeRequest>(
      `${this.#path}/merge_requests/${number}`,
    );
    return toPullRequest(this.#required(found, `merge request ${number}`));
  }

  async closePullRequest(number: number): Promise<void> {
    await this.#api.send({
      method: 'PUT',
      path: `${this.#path}/merge_requests/${number}`,
      body: { state_event: 'close' },
    });
  }

  #required<T>(value: T | undefined, what: string): T {
    return required(value, { webUrl: this.webUrl, what });
  }
}

const STATES: Record<GitlabMergeRequest['state'], PullRequest['state']> = {
  opened: 'open',
  locked: 'open',
  merged: 'merged',
  closed: 'closed',
};

function toPullRequest(request: GitlabMergeRequest): PullRequest {
  const state = STATES[request.state];
  const commit =
    request.merge_commit_sha ?? request.squash_commit_sha ?? request.sha;
  return {
    number: request.iid,
    url: request.web_url,
    state,
    head: request.source_branch,
    ...(state === 'merged' && commit ? { mergeCommit: commit } : {}),
  };
}
