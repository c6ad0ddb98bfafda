import { InputError } from '@backstage/errors';
import {
  getBitbucketCloudOAuthToken,
  getBitbucketCloudRequestOptions,
  type BitbucketCloudIntegrationConfig,
} from '@backstage/integration';
import { ForgeApi, route } from './ForgeApi';
import type {
  ForgeBranch,
  ForgeRepository,
  GitCredentials,
  PullRequest,
  PullRequestRequest,
} from './ForgeRepository';
import type { RepositoryLocation } from './parseLocation';
import { required } from './required';

interface CloudPullRequest {
  id: number;
  state: 'OPEN' | 'MERGED' | 'DECLINED' | 'SUPERSEDED';
  links: { html: { href: string } };
  source: { branch: { name: string } };
  merge_commit: { hash: string } | null;
}

interface Page<T> {
  values: T[];
  next?: string;
}

const PAGE_SIZE = 100;
const MOST_PAGES = 200;

/** A repository of Bitbucket Cloud, through its REST API (2.0). */
export class BitbucketCloudRepository implements ForgeRepository {
  readonly cloneUrl: string;
  readonly webUrl: string;
  readonly longestDescription = 32_000;
  readonly unfolds = false;
  readonly #location: RepositoryLocation;
  readonly #config: BitbucketCloudIntegrationConfig;
  readonly #api: ForgeApi;
  readonly #path: string;

  constructor(options: {
    location: RepositoryLocation;
    config: BitbucketCloudIntegrationConfig;
  }) {
    const { location, config } = options;
    const { host, owner, repo } = location;
    if (!config.clientId && !config.token && !config.appPassword) {
      throw new InputError(
        'integrations.bitbucketCloud needs a username and a token (an API token, or an app password as long as there are some), a token alone (of a workspace or a repository), or clientId and clientSecret, so that Fairway can push and open pull requests',
      );
    }
    this.#location = location;
    this.#config = config;
    this.webUrl = `https://${host}${route`/${owner}/${repo}`}`;
    this.cloneUrl = `${this.webUrl}.git`;
    this.#path = route`/repositories/${owner}/${repo}`;
    this.#api = new ForgeApi({
      base: config.apiBaseUrl,
      headers: async () => ({
        // A token without a user is one of a workspace or a repository.
        ...(config.token ? { Authorization: `Bearer ${config.token}` } : {}),
        ...(await getBitbucketCloudRequestOptions(config)).headers,
      }),
    });
  }

  async credentials(): Promise<GitCredentials> {
    const { clientId, clientSecret, username, token, appPassword } =
      this.#config;
    if (clientId && clientSecret) {
      const password = await getBitbucketCloudOAuthToken(
        clientId,
        clientSecret,
      );
      return { username: 'x-token-auth', password };
    }
    if (token) {
      return username
        ? { username: 'x-bitbucket-api-token-auth', password: token }
        : { username: 'x-token-auth', password: token };
    }
    return { username: username!, password: appPassword! };
  }

  async ownerExists(): Promise<boolean> {
    const { owner, project } = this.#location;
    const path =
      project === undefined
        ? route`/workspaces/${owner}`
        : route`/workspaces/${owner}/projects/${project}`;
    return (await this.#api.get(path)) !== undefined;
  }

  async find(): Promise<{ defaultBranch: string } | undefined> {
    const found = await this.#api.get<{ mainbranch?: { name: string } | null }>(
      this.#path,
    );
    return found && { defaultBranch: found.mainbranch?.name || 'main' };
  }

  async branches(): Promise<ForgeBranch[]> {
    const list = await this.#pages<{ name: string; target: { hash: string } }>(
      `${this.#path}/refs/branches`,
    );
    return list.map(({ name, target }) => ({ name, commit: target.hash }));
  }

  async differsOnlyIn(options: {
    file: string;
    before: string;
    after: string;
  }): Promise<boolean> {
    const { file, before, after } = options;
    // The newer one first; from the one to the other, not from where they parted.
    const list = await this.#pages<{
      old: { path: string } | null;
      new: { path: string } | null;
    }>(`${this.#path}${route`/diffstat/${after}..${before}`}`, {
      topic: 'false',
    });
    return (
      list.length === 1 &&
      list[0].old?.path === file &&
      list[0].new?.path === file
    );
  }

  async delete(): Promise<void> {
    await this.#api.send({ method: 'DELETE', path: this.#path });
  }

  async deleteBranch(name: string): Promise<void> {
    await this.#api.send({
      method: 'DELETE',
      path: `${this.#path}${route`/refs/branches/${name}`}`,
    });
  }

  async openPullRequest(request: PullRequestRequest): Promise<PullRequest> {
    const made = await this.#api.send<CloudPullRequest>({
      method: 'POST',
      path: `${this.#path}/pullrequests`,
      body: {
        title: request.title,
        description: request.body,
        source: { branch: { name: request.head } },
        destination: { branch: { name: request.base } },
        close_source_branch: true,
      },
    });
    return toPullRequest(this.#required(made?.body, 'pull requests'));
  }

  async findPullRequest(options: {
    head: string;
    base: string;
  }): Promise<PullRequest | undefined> {
    const found = await this.#api.get<Page<CloudPullRequest>>(
      `${this.#path}/pullrequests`,
      {
        q: `state="OPEN" AND source.branch.name=${quoted(
          options.head,
        )} AND destination.branch.name=${quoted(options.base)}`,
      },
    );
    const first = found?.values[0];
    return first && toPullRequest(first);
  }

  async getPullRequest(number: number): Promise<PullRequest> {
    const found = await this.#api.get<CloudPullRequest>(
      `${this.#path}/pullrequests/${number}`,
    );
    return toPullRequest(this.#required(found, `pull request ${number}`));
  }

  async closePullRequest(number: number): Promise<void> {
    const { state } = await this.getPullRequest(number);
    if (state === 'open') {
      await this.#api.send({
        method: 'POST',
        path: `${this.#path}/pullrequests/${number}/decline`,
      });
    }
  }

  /** Bitbucket says itself where the next page is. */
  async #pages<T>(path: string, query: Record<string, string> = {}) {
    const all: T[] = [];
    let page = await this.#api.get<Page<T>>(path, {
      ...query,
      pagelen: PAGE_SIZE,
    });
    for (let count = 0; page && count < MOST_PAGES; count += 1) {
      all.push(...page.values);
      if (!page.next) {
        break;
      }
      // Only its parameters are followed: our credentials go nowhere else.
      const parameters = Object.fromEntries(new URL(page.next).searchParams);
      page = await this.#api.get<Page<T>>(path, parameters);
    }
    return all;
  }

  #required<T>(value: T | undefined, what: string): T {
    return required(value, { webUrl: this.webUrl, what });
  }
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function toPullRequest(pull: CloudPullRequest): PullRequest {
  const closed = pull.state === 'MERGED' ? 'merged' : 'closed';
  return {
    number: pull.id,
    url: pull.links.html.href,
    state: pull.state === 'OPEN' ? 'open' : closed,
    head: pull.source.branch.name,
    ...(pull.state === 'MERGED' && pull.merge_commit
      ? { mergeCommit: pull.merge_commit.hash }
      : {}),
  };
}
