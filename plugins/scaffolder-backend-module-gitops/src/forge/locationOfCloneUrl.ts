import type { ScmIntegrationRegistry } from '@backstage/integration';
import { assertNames, type RepositoryLocation } from './parseLocation';

/** Hosts that some forges serve Git over SSH on. */
const SSH_HOSTS: Record<string, string> = {
  'ssh.github.com': 'github.com',
  'altssh.gitlab.com': 'gitlab.com',
  'altssh.bitbucket.org': 'bitbucket.org',
  'ssh.dev.azure.com': 'dev.azure.com',
};

interface CloneUrl {
  host: string;
  isSsh: boolean;
  segments: string[];
}

interface ForgeHost {
  host: string;
  provider: string;
  /** Where its pages begin, when that is not the root of the host. */
  base: URL;
}

/**
 * The repository that a clone URL names, HTTP or SSH, as far as its host is one of
 * `integrations:`; undefined when it is not, or when the URL is none of such a forge.
 */
export function locationOfCloneUrl(
  cloneUrl: string,
  integrations: ScmIntegrationRegistry,
): RepositoryLocation | undefined {
  const url = parseCloneUrl(cloneUrl);
  const forge = url && forgesOf(integrations).find(one => isAt(one, url));
  if (!forge) {
    return undefined;
  }
  const names = namesIn(url, forge);
  if (!names?.owner || !names.repo) {
    return undefined;
  }
  const { host, provider } = forge;
  const location = { host, provider, ...names } as RepositoryLocation;
  try {
    assertNames(location);
    return location;
  } catch {
    return undefined;
  }
}

/** The scaffolder's form of a location, as Backstage's own publish actions want it. */
export function toRepoUrl(location: RepositoryLocation): string {
  const { host, owner, project, repo, provider } = location;
  const fields: Record<string, Record<string, string | undefined>> = {
    bitbucketCloud: { workspace: owner, project, repo },
    bitbucketServer: { project: owner, repo },
    azure: { organization: owner, project, repo },
  };
  const query = Object.entries(fields[provider] ?? { owner, repo })
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => `${field}=${encodeURIComponent(value!)}`);
  return `${host}?${query.join('&')}`;
}

function parseCloneUrl(cloneUrl: string): CloneUrl | undefined {
  const scp = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)(.+)$/.exec(cloneUrl);
  try {
    const url = new URL(scp ? `ssh://${scp[1]}/${scp[2]}` : cloneUrl);
    if (!/^(https?|ssh|git\+ssh):$/.test(url.protocol)) {
      return undefined;
    }
    const isSsh = url.protocol.includes('ssh');
    const segments = url.pathname
      .replace(/\/+$/, '')
      .replace(/\.git$/, '')
      .split('/')
      .filter(Boolean)
      .map(decodeURIComponent);
    return { host: isSsh ? url.hostname : url.host, isSsh, segments };
  } catch {
    return undefined;
  }
}

function forgesOf(integrations: ScmIntegrationRegistry): ForgeHost[] {
  const { github, gitlab, gitea, azure } = integrations;
  const at = (provider: string, host: string, base?: string) => ({
    provider,
    host,
    base: new URL(base ?? `https://${host}`),
  });
  return [
    ...gitea.list().map(({ type, config }) => {
      return at(type, config.host, config.baseUrl);
    }),
    ...gitlab.list().map(({ type, config }) => {
      return at(type, config.host, config.baseUrl);
    }),
    ...github.list().map(({ type, config }) => at(type, config.host)),
    ...integrations.bitbucketCloud
      .list()
      .map(({ type, config }) => at(type, config.host)),
    ...integrations.bitbucketServer.list().map(({ type, config }) => {
      const base = config.apiBaseUrl.replace(/\/rest\/api\/[^/]+\/?$/, '');
      return at(type, config.host, base);
    }),
    ...azure.list().map(({ type, config }) => at(type, config.host)),
  ];
}

function isAt(forge: ForgeHost, url: CloneUrl): boolean {
  if (!url.isSsh) {
    return [forge.host, forge.base.host].includes(url.host);
  }
  const host = SSH_HOSTS[url.host] ?? url.host;
  return [forge.host.split(':')[0], forge.base.hostname].includes(host);
}

function namesIn(
  url: CloneUrl,
  { provider, base }: ForgeHost,
): Partial<RepositoryLocation> | undefined {
  const above = base.pathname.split('/').filter(Boolean);
  const isBelow = above.every((name, index) => url.segments[index] === name);
  const segments =
    isBelow && !url.isSsh ? url.segments.slice(above.length) : url.segments;
  switch (provider) {
    case 'azure':
      return azureNames(segments, url.isSsh);
    case 'bitbucketServer':
      return pair(segments[0] === 'scm' ? segments.slice(1) : segments);
    case 'gitlab':
      return {
        owner: segments.slice(0, -1).join('/'),
        repo: segments.at(-1),
      };
    default:
      return pair(segments);
  }
}

function pair(segments: string[]): Partial<RepositoryLocation> | undefined {
  const [owner, repo, ...rest] = segments;
  return rest.length === 0 ? { owner, repo } : undefined;
}

/** `v3/acme/payments/orders` by SSH, else `acme/payments/_git/orders` or `acme/_git/orders`. */
function azureNames(
  segments: string[],
  isSsh: boolean,
): Partial<RepositoryLocation> | undefined {
  if (isSsh) {
    const [version, owner, project, repo] = segments;
    return /^v\d+$/.test(version) ? { owner, project, repo } : undefined;
  }
  const git = segments.indexOf('_git');
  const repo = segments[git + 1];
  if (git < 1 || segments.length !== git + 2) {
    return undefined;
  }
  // A project has a repository of its own name, whose URL leaves the project out.
  const isCollection = segments[0] === 'tfs' ? 3 : 2;
  return git < isCollection
    ? { owner: segments.slice(0, git).join('/'), project: repo, repo }
    : {
        owner: segments.slice(0, git - 1).join('/'),
        project: segments[git - 1],
        repo,
      };
}
