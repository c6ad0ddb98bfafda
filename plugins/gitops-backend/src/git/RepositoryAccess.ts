import { InputError } from '@backstage/errors';
import {
  DefaultAzureDevOpsCredentialsProvider,
  DefaultGithubCredentialsProvider,
  getBitbucketCloudRequestOptions,
  getBitbucketServerRequestOptions,
  getGerritRequestOptions,
  getGiteaRequestOptions,
  type ScmIntegration,
  type ScmIntegrationRegistry,
} from '@backstage/integration';

/** A repository that Fairway may read. */
export interface AllowedRepository {
  /** What Git is told; has no credentials. */
  url: string;
  /** The page of the repository in its forge. */
  pageUrl: string;
  integration: ScmIntegration;
}

const COMMIT_PAGES: Record<string, string> = {
  gitlab: '/-/commit/',
  bitbucketCloud: '/commits/',
  bitbucketServer: '/commits/',
};

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** `git@host:owner/repo` is how people write `ssh://git@host/owner/repo`. */
function parseUrl(repoUrl: string): URL | undefined {
  const scp = /^([\w.-]+@)?([\w.-]+):(?!\/\/|:)(.+)$/.exec(repoUrl);
  const text =
    scp && !repoUrl.includes('://')
      ? `ssh://${scp[1] ?? ''}${scp[2]}/${scp[3]}`
      : repoUrl;
  return URL.canParse(text) ? new URL(text) : undefined;
}

function baseUrlOf(integration: ScmIntegration): string | undefined {
  const { config } = integration as unknown as {
    config?: { baseUrl?: string; apiBaseUrl?: string };
  };
  return config?.baseUrl ?? config?.apiBaseUrl;
}

/**
 * Which repositories Fairway reads, with whose credentials, and where their commits are shown: the
 * hosts of `integrations:`, because the URLs come from objects in clusters and must not lead the
 * backend anywhere else.
 */
export class RepositoryAccess {
  readonly #integrations: ScmIntegrationRegistry;

  constructor(integrations: ScmIntegrationRegistry) {
    this.#integrations = integrations;
  }

  /**
   * Checks a clone URL.
   *
   * @throws InputError when it is none, or names a host that no integration knows.
   */
  allow(repoUrl: string): AllowedRepository {
    const url = repoUrl.startsWith('-') ? undefined : parseUrl(repoUrl);
    if (!url || !/^(https?|ssh):$/.test(url.protocol)) {
      throw new InputError(
        'The URL of the repository is neither http, https nor ssh: Fairway reads Git repositories from their forge',
      );
    }
    const host = url.protocol === 'ssh:' ? url.hostname : url.host;
    const integration = this.#integrations.byHost(host);
    if (!integration) {
      throw new InputError(
        `No integration knows the host ${host}: add it to "integrations:" of app-config, so that deployments from there can be traced to their commits`,
      );
    }
    const plain = baseUrlOf(integration)?.startsWith('http:') ?? false;
    if (url.protocol === 'http:' && !plain) {
      // Credentials must not travel in the clear because a manifest says so.
      url.protocol = 'https:';
    }
    url.username = url.protocol === 'ssh:' ? url.username || 'git' : '';
    url.password = '';
    const path = url.pathname.replace(/\/+$/, '').replace(/\.git$/, '');
    const scheme = plain ? 'http:' : 'https:';
    return {
      url: url.href,
      pageUrl: `${url.protocol === 'ssh:' ? scheme : url.protocol}//${
        url.protocol === 'ssh:' ? integration.title : url.host
      }${path}`,
      integration,
    };
  }

  /** The page of a commit. */
  commitUrl({ pageUrl, integration }: AllowedRepository, sha: string): string {
    return `${pageUrl}${COMMIT_PAGES[integration.type] ?? '/commit/'}${sha}`;
  }

  /** The value of the `Authorization` header for Git over HTTP; absent when it needs none. */
  async authorization({
    url,
    integration,
  }: AllowedRepository): Promise<string | undefined> {
    if (url.startsWith('ssh:')) {
      return undefined;
    }
    const known = this.#integrations;
    const { host } = new URL(url);
    switch (integration.type) {
      case 'github': {
        const provider =
          DefaultGithubCredentialsProvider.fromIntegrations(known);
        const { token } = await provider.getCredentials({ url });
        return token ? basic('x-access-token', token) : undefined;
      }
      case 'gitlab': {
        const token = known.gitlab.byHost(host)?.config.token;
        return token ? basic('oauth2', token) : undefined;
      }
      case 'azure': {
        const provider =
          DefaultAzureDevOpsCredentialsProvider.fromIntegrations(known);
        const credentials = await provider.getCredentials({ url });
        return credentials?.headers.Authorization;
      }
      case 'bitbucketCloud': {
        const config = known.bitbucketCloud.byHost(host)!.config;
        const { headers } = await getBitbucketCloudRequestOptions(config);
        return headers.Authorization;
      }
      case 'bitbucketServer':
        return getBitbucketServerRequestOptions(
          known.bitbucketServer.byHost(host)!.config,
        ).headers.Authorization;
      case 'gerrit':
        return getGerritRequestOptions(known.gerrit.byHost(host)!.config)
          .headers?.Authorization;
      case 'gitea':
        return getGiteaRequestOptions(known.gitea.byHost(host)!.config).headers
          ?.Authorization;
      default:
        return undefined;
    }
  }
}
