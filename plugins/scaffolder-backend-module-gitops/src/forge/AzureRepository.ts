import { ConflictError, InputError } from '@backstage/errors';
import type { AzureDevOpsCredentialsProvider } from '@backstage/integration';
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

interface AzurePullRequest {
  pullRequestId: number;
  status: 'active' | 'completed' | 'abandoned';
  sourceRefName: string;
  lastMergeCommit?: { commitId: string };
}

interface AzureRef {
  name: string;
  objectId: string;
}

const API_VERSION = '7.1';
const PAGE_SIZE = 1000;
const MOST_PAGES = 200;
const NOTHING = '0'.repeat(40);

/** A repository of Azure DevOps, services or server, through its REST API (7.1). */
export class AzureRepository implements ForgeRepository {
  readonly cloneUrl: string;
  readonly webUrl: string;
  readonly longestDescription = 4_000;
  readonly unfolds = true;
  readonly #location: RepositoryLocation;
  readonly #provider: AzureDevOpsCredentialsProvider;
  readonly #organisationUrl: string;
  readonly #api: ForgeApi;
  readonly #path: string;

  constructor(options: {
    location: RepositoryLocation;
    provider: AzureDevOpsCredentialsProvider;
  }) {
    const { location, provider } = options;
    const { host, owner, project = '', repo } = location;
    this.#location = location;
    this.#provider = provider;
    const organisation = owner.split('/').map(encodeURIComponent).join('/');
    this.#organisationUrl = `https://${host}/${organisation}`;
    this.webUrl = `${this.#organisationUrl}${route`/${project}/_git/${repo}`}`;
    this.cloneUrl = this.webUrl;
    this.#path = route`/${project}/_apis/git/repositories/${repo}`;
    this.#api = new ForgeApi({
      base: this.#organisationUrl,
      headers: async () => ({
        ...(await this.#credentials()).headers,
        // Else it answers with the page to sign in.
        'x-tfs-fedauthredirect': 'Suppress',
      }),
    });
  }

  async credentials(): Promise<GitCredentials> {
    const { token } = await this.#credentials();
    return { username: 'notempty', password: token };
  }

  async ownerExists(): Promise<boolean> {
    const { project } = this.#location;
    return (await this.#get(route`/_apis/projects/${project}`)) !== undefined;
  }

  async find(): Promise<{ defaultBranch: string } | undefined> {
    const found = await this.#find();
    return (
      found && { defaultBranch: branchName(found.defaultBranch ?? 'main') }
    );
  }

  async branches(): Promise<ForgeBranch[]> {
    const refs = await this.#refs('heads/');
    return refs.map(({ name, objectId }) => ({
      name: branchName(name),
      commit: objectId,
    }));
  }

  async differsOnlyIn(options: {
    file: string;
    before: string;
    after: string;
  }): Promise<boolean> {
    const { file, before, after } = options;
    const found = await this.#get<{
      allChangesIncluded: boolean;
      changes?: Array<{
        item: { path: string; isFolder?: boolean };
        changeType: string;
      }>;
    }>(`${this.#path}/diffs/commits`, {
      baseVersion: before,
      baseVersionType: 'commit',
      targetVersion: after,
      targetVersionType: 'commit',
      // From the one to the other, not from where they parted.
      diffCommonCommit: 'false',
      $top: PAGE_SIZE,
    });
    const files = (found?.changes ?? []).filter(({ item }) => !item.isFolder);
    return (
      found?.allChangesIncluded === true &&
      files.length === 1 &&
      files[0].changeType === 'edit' &&
      files[0].item.path === `/${file}`
    );
  }

  async delete(): Promise<void> {
    const found = await this.#find();
    if (found) {
      const { project } = this.#location;
      await this.#send(
        'DELETE',
        // It is deleted by its id only.
        route`/${project}/_apis/git/repositories/${found.id}`,
      );
    }
  }

  async deleteBranch(name: string): Promise<void> {
    const ref = `${HEADS}${name}`;
    const refs = await this.#refs(`heads/${name}`);
    const found = refs.find(one => one.name === ref);
    if (!found) {
      return;
    }
    const answer = await this.#send<{
      value: Array<{ success: boolean; updateStatus: string }>;
    }>('POST', `${this.#path}/refs`, [
      { name: ref, oldObjectId: found.objectId, newObjectId: NOTHING },
    ]);
    const [result] = answer?.value ?? [];
    if (result && !result.success) {
      throw new ConflictError(
        `The forge does not delete the branch ${name} of ${this.webUrl}: ${result.updateStatus}`,
      );
    }
  }

  async openPullRequest(request: PullRequestRequest): Promise<PullRequest> {
    const made = await this.#send<AzurePullRequest>(
      'POST',
      `${this.#path}/pullrequests`,
      {
        sourceRefName: `${HEADS}${request.head}`,
        targetRefName: `${HEADS}${request.base}`,
        title: request.title,
        description: request.body,
      },
    );
    return this.#toPullRequest(this.#required(made, 'pull requests'));
  }

  async findPullRequest(options: {
    head: string;
    base: string;
  }): Promise<PullRequest | undefined> {
    const found = await this.#get<{ value: AzurePullRequest[] }>(
      `${this.#path}/pullrequests`,
      {
        'searchCriteria.status': 'active',
        'searchCriteria.sourceRefName': `${HEADS}${options.head}`,
        'searchCriteria.targetRefName': `${HEADS}${options.base}`,
      },
    );
    const first = found?.value[0];
    return first && this.#toPullRequest(first);
  }

  async getPullRequest(number: number): Promise<PullRequest> {
    const found = await this.#get<AzurePullRequest>(
      `${this.#path}/pullrequests/${number}`,
    );
    return this.#toPullRequest(this.#required(found, `pull request ${number}`));
  }

  async closePullRequest(number: number): Promise<void> {
    const { state } = await this.getPullRequest(number);
    if (state === 'open') {
      await this.#send('PATCH', `${this.#path}/pullrequests/${number}`, {
        status: 'abandoned',
      });
    }
  }

  #find() {
    return this.#get<{ id: string; defaultBranch?: string }>(this.#path);
  }

  async #refs(filter: string): Promise<AzureRef[]> {
    const all: AzureRef[] = [];
    let continuationToken: string | undefined;
    for (let count = 0; count < MOST_PAGES; count += 1) {
      const answer = await this.#api.send<{ value: AzureRef[] }>({
        method: 'GET',
        path: `${this.#path}/refs`,
        query: {
          filter,
          $top: PAGE_SIZE,
          continuationToken,
          'api-version': API_VERSION,
        },
      });
      all.push(...(answer?.body.value ?? []));
      continuationToken =
        answer?.headers.get('x-ms-continuationtoken') ?? undefined;
      if (!continuationToken) {
        break;
      }
    }
    return all;
  }

  #get<T>(path: string, query: Record<string, string | number> = {}) {
    return this.#api.get<T>(path, { ...query, 'api-version': API_VERSION });
  }

  async #send<T>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<T | undefined> {
    const query = { 'api-version': API_VERSION };
    return (await this.#api.send<T>({ method, path, query, body }))?.body;
  }

  async #credentials() {
    const { host, owner } = this.#location;
    const found = await this.#provider
      .getCredentials({ url: this.#organisationUrl })
      .catch(error => {
        throw new InputError(
          `integrations.azure: there are no credentials for ${host}/${owner}: ${error.message}`,
        );
      });
    if (!found) {
      throw new InputError(
        `integrations.azure: the entry of ${host} needs credentials for the organisation ${owner}, so that Fairway can push and open pull requests`,
      );
    }
    return found;
  }

  #required<T>(value: T | undefined, what: string): T {
    return required(value, { webUrl: this.webUrl, what });
  }

  #toPullRequest(pull: AzurePullRequest): PullRequest {
    const closed = pull.status === 'completed' ? 'merged' : 'closed';
    const commit = pull.lastMergeCommit?.commitId;
    return {
      number: pull.pullRequestId,
      url: `${this.webUrl}/pullrequest/${pull.pullRequestId}`,
      state: pull.status === 'active' ? 'open' : closed,
      head: branchName(pull.sourceRefName),
      ...(pull.status === 'completed' && commit ? { mergeCommit: commit } : {}),
    };
  }
}
