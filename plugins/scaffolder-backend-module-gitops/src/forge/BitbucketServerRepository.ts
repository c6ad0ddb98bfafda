import { InputError } from '@backstage/errors';
import {
  getBitbucketServerRequestOptions,
  type BitbucketServerIntegrationConfig,
} from '@backstage/integration';
import { ForgeApi, route } from './ForgeApi';
import {
  branchName,
  HEADS,
  type ForgeBranch,
  type ForgeRepository,
  type GitCredentials,
  type PullRequest,
  type PullRequestRequest,
} from './ForgeRepository';
import type { RepositoryLocation } from './parseLocation';
import { required } from './required';

interface ServerPullRequest {
  id: number;
  /** To be named with each change of it. */
  version: number;
  state: 'OPEN' | 'MERGED' | 'DECLINED';
  fromRef: { id: string };
  toRef: { id: string };
  links: { self: Array<{ href: string }> };
  properties?: { mergeCommit?: { id: string } };
}

interface Page<T> {
  values: T[];
  isLastPage: boolean;
  nextPageStart?: number | null;
}

const PAGE_SIZE = 100;
const MOST_PAGES = 200;

/** A repository of Bitbucket Server or Data Center, through its REST API (1.0). */
export class BitbucketServerRepository implements ForgeRepository {
  readonly cloneUrl: string;
  readonly webUrl: string;
  readonly longestDescription = 32_000;
  readonly unfolds = false;
  readonly #location: RepositoryLocation;
  readonly #config: BitbucketServerIntegrationConfig;
  readonly #api: ForgeApi;
  readonly #branchApi: ForgeApi;
  readonly #path: string;

  constructor(options: {
    location: RepositoryLocation;
    config: BitbucketServerIntegrationConfig;
  }) {
    const { location, config } = options;
    const { host, owner, repo } = location;
    const { headers } = getBitbucketServerRequestOptions(config);
    if (!headers.Authorization) {
      throw new InputError(
        `integrations.bitbucketServer: the entry of ${host} needs a token, or username and password, so that Fairway can push and open pull requests`,
      );
    }
    this.#location = location;
    this.#config = config;
    const base = config.apiBaseUrl.replace(/\/rest\/api\/[^/]+\/?$/, '');
    const isPersonal = owner.startsWith('~');
    const place = isPersonal
      ? route`/users/${owner.slice(1)}`
      : route`/projects/${owner}`;
    this.webUrl = `${base}${place}${route`/repos/${repo}`}`;
    this.cloneUrl = `${base}${route`/scm/${owner.toLowerCase()}/${repo}`}.git`;
    this.#path = route`/projects/${owner}/repos/${repo}`;
    const withHeaders = async () => headers;
    this.#api = new ForgeApi({ base: config.apiBaseUrl, headers: withHeaders });
    this.#branchApi = new ForgeApi({
      base: `${base}/rest/branch-utils/1.0`,
      headers: withHeaders,
    });
  }

  async credentials(): Promise<GitCredentials> {
    const { token, username, password } = this.#config;
    return token ? { token } : { username: username!, password: password! };
  }

  async ownerExists(): Promise<boolean> {
    const path = route`/projects/${this.#location.owner}`;
    return (await this.#api.get(path)) !== undefined;
  }

  async find(): Promise<{ defaultBranch: string } | undefined> {
    if (!(await this.#api.get(this.#path))) {
      return undefined;
    }
    // The first is that of newer versions; an empty repository has neither.
    for (const name of ['default-branch', 'branches/default']) {
      const branch = await this.#api.get<{ displayId?: string }>(
        `${this.#path}/${name}`,
      );
      if (branch?.displayId) {
        return { defaultBranch: branch.displayId };
      }
    }
    return { defaultBranch: 'main' };
  }

  async branches(): Promise<ForgeBranch[]> {
    const list = await this.#pages<{ displayId: string; latestCommit: string }>(
      `${this.#path}/branches`,
    );
    return list.map(({ displayId, latestCommit }) => ({
      name: displayId,
      commit: latestCommit,
    }));
  }

  async differsOnlyIn(options: {
    file: string;
    before: string;
    after: string;
  }): Promise<boolean> {
    const { file, before, after } = options;
    const list = await this.#pages<{
      type: string;
      path: { toString: string };
      srcPath?: { toString: string };
    }>(`${this.#path}/changes`, { since: before, until: after });
    return (
      list.length === 1 &&
      list[0].type === 'MODIFY' &&
      list[0].path.toString === file
    );
  }

  async delete(): Promise<void> {
    await this.#api.send({ method: 'DELETE', path: this.#path });
  }

  /** Since version 8.0. */
  async archive(): Promise<void> {
    const body = { archived: true };
    await this.#api.send({ method: 'PUT', path: this.#path, body });
  }

  async deleteBranch(name: string): Promise<void> {
    await this.#branchApi.send({
      method: 'DELETE',
      path: `${this.#path}/branches`,
      body: { name: `${HEADS}${name}`, dryRun: false },
    });
  }

  async openPullRequest(request: PullRequestRequest): Promise<PullRequest> {
    const { owner, repo } = this.#location;
    const repository = { slug: repo, project: { key: owner } };
    const made = await this.#api.send<ServerPullRequest>({
      method: 'POST',
      path: `${this.#path}/pull-requests`,
      body: {
        title: request.title,
        description: request.body,
        fromRef: { id: `${HEADS}${request.head}`, repository },
        toRef: { id: `${HEADS}${request.base}`, repository },
      },
    });
    return this.#toPullRequest(this.#required(made?.body, 'pull requests'));
  }

  async findPullRequest(options: {
    head: string;
    base: string;
  }): Promise<PullRequest | undefined> {
    const list = await this.#pages<ServerPullRequest>(
      `${this.#path}/pull-requests`,
      {
        state: 'OPEN',
        direction: 'OUTGOING',
        at: `${HEADS}${options.head}`,
      },
    );
    const found = list.find(pull => branchName(pull.toRef.id) === options.base);
    return found && this.#toPullRequest(found);
  }

  async getPullRequest(number: number): Promise<PullRequest> {
    return this.#toPullRequest(await this.#get(number));
  }

  async closePullRequest(number: number): Promise<void> {
    const { state, version } = await this.#get(number);
    if (state === 'OPEN') {
      await this.#api.send({
        method: 'POST',
        path: `${this.#path}/pull-requests/${number}/decline`,
        query: { version },
        body: {},
        // Else it takes us for a browser that was led here.
        headers: { 'x-atlassian-token': 'no-check' },
      });
    }
  }

  async #get(number: number): Promise<ServerPullRequest> {
    const found = await this.#api.get<ServerPullRequest>(
      `${this.#path}/pull-requests/${number}`,
    );
    return this.#required(found, `pull request ${number}`);
  }

  async #pages<T>(
    path: string,
    query: Record<string, string> = {},
  ): Promise<T[]> {
    const all: T[] = [];
    let start = 0;
    for (let count = 0; count < MOST_PAGES; count += 1) {
      const page = await this.#api.get<Page<T>>(path, {
        ...query,
        limit: PAGE_SIZE,
        start,
      });
      all.push(...(page?.values ?? []));
      if (!page || page.isLastPage || !page.nextPageStart) {
        break;
      }
      start = page.nextPageStart;
    }
    return all;
  }

  #required<T>(value: T | undefined, what: string): T {
    return required(value, { webUrl: this.webUrl, what });
  }

  #toPullRequest(pull: ServerPullRequest): PullRequest {
    const closed = pull.state === 'MERGED' ? 'merged' : 'closed';
    const commit = pull.properties?.mergeCommit?.id;
    return {
      number: pull.id,
      url:
        pull.links?.self?.[0]?.href ??
        `${this.webUrl}/pull-requests/${pull.id}`,
      state: pull.state === 'OPEN' ? 'open' : closed,
      head: branchName(pull.fromRef.id),
      ...(pull.state === 'MERGED' && commit ? { mergeCommit: commit } : {}),
    };
  }
}
