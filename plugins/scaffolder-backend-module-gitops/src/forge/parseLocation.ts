import { InputError } from '@backstage/errors';
import type { ScmIntegrationRegistry } from '@backstage/integration';
import { parseRepoUrl } from '@backstage/plugin-scaffolder-node';

/** Where a repository is. */
export interface RepositoryLocation {
  host: string;
  /**
   * GitHub, Gitea: organisation or user; GitLab: group with its subgroups, separated by slashes;
   * Bitbucket Cloud: workspace; Bitbucket Server: key of the project; Azure DevOps: organisation.
   */
  owner: string;
  /** Bitbucket Cloud: key of the project, as far as it is known; Azure DevOps: name of the project. */
  project?: string;
  repo: string;
  /** Kind of forge, as `integrations:` calls it: `gitea`, `github`, ... */
  provider: string;
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;
const RULE =
  'it needs letters, digits, dots, dashes and underscores, and starts with a letter, a digit or an underscore';
/** Azure DevOps allows spaces; Bitbucket Server marks the projects of users. */
const NAME_OF: Record<string, Partial<Record<string, RegExp>>> = {
  azure: {
    project: /^[A-Za-z0-9_][A-Za-z0-9 ._-]{0,99}$/,
    repo: /^[A-Za-z0-9_][A-Za-z0-9 ._-]{0,99}$/,
  },
  bitbucketServer: { owner: /^~?[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/ },
};
/** Owners that are a path: groups in groups, and collections below a folder of the server. */
const OWNER_IS_PATH = ['gitlab', 'azure'];
const LONGEST_PATH = 20;
const NO_PROJECT = 'unknown';

/**
 * Reads the scaffolder's form of a repository URL: `host?owner=payments&repo=orders`, for Bitbucket
 * Cloud `bitbucket.org?workspace=acme&project=PAY&repo=orders` (the project matters only to a new
 * repository), for Bitbucket Server `host?project=PAY&repo=orders`, for Azure DevOps
 * `dev.azure.com?organization=acme&project=payments&repo=orders`.
 *
 * @throws InputError when the host has no integration or a name could mean another path.
 */
export function parseLocation(
  repoUrl: string,
  integrations: ScmIntegrationRegistry,
): RepositoryLocation {
  const parsed = parseRepoUrl(withProject(repoUrl, integrations), integrations);
  const { host, repo, workspace, organization } = parsed;
  const provider = integrations.byHost(host)!.type;
  const project = parsed.project === NO_PROJECT ? undefined : parsed.project;
  const names: Record<string, Partial<RepositoryLocation>> = {
    bitbucketCloud: { owner: workspace, project },
    bitbucketServer: { owner: project },
    azure: { owner: organization ?? parsed.owner, project },
  };
  const { owner, ...more } = names[provider] ?? { owner: parsed.owner };
  const location = { host, owner: owner ?? '', ...more, repo, provider };
  assertNames(location);
  return location;
}

/** @throws InputError when a name of a location could mean another path. */
export function assertNames(location: RepositoryLocation): void {
  const { provider, owner, project, repo } = location;
  const path = OWNER_IS_PATH.includes(provider) ? owner.split('/') : [owner];
  const names = [
    ...path.map(name => ['owner', name]),
    ...(project === undefined ? [] : [['project', project]]),
    ['repo', repo],
  ];
  for (const [field, name] of names) {
    const pattern = NAME_OF[provider]?.[field] ?? NAME;
    if (!name || !pattern.test(name) || /\.\.|[. ]$/.test(name)) {
      throw new InputError(
        `"${name ?? ''}" cannot be the ${field} of a repository: ${RULE}`,
      );
    }
  }
  if (path.length > LONGEST_PATH) {
    throw new InputError(`"${owner}" cannot be the owner of a repository`);
  }
}

/** A repository that exists is found without the project that the scaffolder asks for. */
function withProject(
  repoUrl: string,
  integrations: ScmIntegrationRegistry,
): string {
  const [host, query = ''] = repoUrl.split('?');
  const isBitbucket = integrations.byHost(host)?.type === 'bitbucketCloud';
  return isBitbucket && !new URLSearchParams(query).has('project')
    ? `${repoUrl}&project=${NO_PROJECT}`
    : repoUrl;
}
