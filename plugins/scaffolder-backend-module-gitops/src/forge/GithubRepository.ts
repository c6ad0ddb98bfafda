import { InputError, ServiceUnavailableError } from '@backstage/errors';
import type {
  GithubCredentialsProvider,
  GithubIntegrationConfig,
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

interface GithubPullRequest {
  number: number;
  html_url: string;
  state: 'open' | 'closed';
  merged_at: string | null;
  /** Of an open one a trial merge, which is no commit of the base. */
  merge_commit_sha: string | null;
  head: { ref: string };
}

const PAGE_SIZE = 100;
/** A comparison lists no more files than this. */
const MOST_FILES = 300;

/** A repository of GitHub, in the cloud or Enterprise Server, through its REST API (v3). */
export class GithubRepository implements ForgeRepository {
  readonly cloneUrl: string;
  readonly webUrl: string;
  readonly longestDescription = 65_000;
  readonly unfolds = true;
  readonly #location: RepositoryLocation;
  readonly #provider: GithubCredentialsProvider;
  readonly #api: ForgeApi;
  readonly #path: string;

  constructor(options: {
    location: RepositoryLocation;
    config: GithubIntegrationConfig;
    provider: GithubCredentialsProvider;
  }) {
    const { location, config, provider } = options;
    const { host, owner, repo } = location;
    this.#location = location;
    this.#provider = provider;
    this.webUrl = `https://${host}${route`/${owner}/${repo}`}`;
    this.cloneUrl = `${this.webUrl}.git`;
    this.#path = route`/repos/${owner}/${repo}`;
    this.#api = new ForgeApi({
      base: config.apiBaseUrl ?? `https://${host}/api/v3`,
      headers: async () => ({
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        authorization: `Bearer ${await this.#token()}`,
      }),
    });
  }

  async credentials(): Promise<GitCredentials> {
    return { username: 'x-access-token', password: await this.#token() };
  }

  async ownerExists(): Promise<boolean> {
    // Organisations are users, too.
    const path = route`/users/${this.#location.owner}`;
    return (await this.#api.get(path)) !== undefined;
  }

  async find(): Promise<{ defaultBranch: string } | undefined> {
    const found = await this.#api.get<{ default_branch?: string }>(this.#path);
    return found && { defaultBranch: found.default_branch || 'main' };
  }

  async branches(): Promise<ForgeBranch[]> {
    const list = await numberedPages<{ name: string; commit: { sha: string } }>(
      this.#api,
      `${this.#path}/branches`,
      { sizeName: 'per_page', size: PAGE_SIZE },
    );
    return (list ?? []).map(({ name, commit }) => ({
      name,
      commit: commit.sha,
    }));
  }

  async differsOnlyIn(options: {
    file: string;
    before: string;
    after: string;
  }): Promise<boolean> {
    const { file, before, after } = options;
    const found = await this.#api.get<{
      behind_by: number;
      files?: Array<{ filename: string; previous_filename?: string }>;
    }>(`${this.#path}${route`/compare/${before}...${after}`}`);
    const files = found?.files ?? [];
    return (
      found?.behind_by === 0 &&
      files.length > 0 &&
      files.length < MOST_FILES &&
      files.every(
        one => one.filename === file && one.previous_filename === undefined,
      )
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
    const ref = name.split('/').map(encodeURIComponent).join('/');
    await this.#api.send({
      method: 'DELETE',
      path: `${this.#path}/git/refs/heads/${ref}`,
      isNothing: (status, text) =>
        status === 422 && /Reference does not exist/i.test(text),
    });
  }

  async openPullRequest(request: PullRequestRequest): Promise<PullRequest> {
    const made = await this.#api.send<GithubPullRequest>({
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
    const list = await this.#api.get<GithubPullRequest[]>(
      `${this.#path}/pulls`,
      {
        state: 'open',
        head: `${this.#location.owner}:${options.head}`,
        base: options.base,
      },
    );
    // A filter that the forge does not understand is one that it leaves out.
    const found = list?.find(pull => pull.head.ref === options.head);
    return found && toPullRequest(found);
  }

  async getPullRequest(number: number): Promise<PullRequest> {
    const found = await this.#api.get<GithubPullRequest>(
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

  async #token(): Promise<string> {
    const { host, owner } = this.#location;
    // For the owner: an app may not know a repository that is not there yet.
    const { token } = await this.#provider
      .getCredentials({ url: `https://${host}${route`/${owner}`}` })
      .catch(error => {
        throw new ServiceUnavailableError(
          `The app of integrations.github gets no token of ${host} for ${owner}: ${error.message}; check that it is installed there, and its private key`,
        );
      });
    if (!token) {
      throw new InputError(
        `integrations.github: the entry of ${host} needs a token, or an app that is installed in ${owner}, so that Fairway can push and open pull requests`,
      );
    }
    return token;
  }

  #required<T>(value: T | undefined, what: string): T {
    return required(value, { webUrl: this.webUrl, what });
  }
}

function toPullRequest(pull: GithubPullRequest): PullRequest {
  const isMerged = Boolean(pull.merged_at);
  const closed = isMerged ? 'merged' : 'closed';
  return {
    number: pull.number,
    url: pull.html_url,
    state: pull.state === 'open' ? 'open' : closed,
    head: pull.head.ref,
    ...(isMerged && pull.merge_commit_sha
      ? { mergeCommit: pull.merge_commit_sha }
      : {}),
  };
}
