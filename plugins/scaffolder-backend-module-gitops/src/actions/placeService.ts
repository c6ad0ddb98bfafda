import { InputError } from '@backstage/errors';
import type { ScmIntegrationRegistry } from '@backstage/integration';
import type { ActionsConfig } from '../config';
import { assertNames, parseLocation, type RepositoryLocation } from '../forge';

/** Where a template wants a new service to be. */
export interface WantedPlace {
  name: string;
  team: string;
  host?: string;
  organisation?: string;
  project?: string;
}

/** Registries of images that belong to a forge and are not on its host; else they are. */
const REGISTRIES: Record<string, string> = {
  'github.com': 'ghcr.io',
  'gitlab.com': 'registry.gitlab.com',
};
const WITHOUT_REGISTRY = ['azure', 'bitbucketCloud', 'bitbucketServer'];
/** Forges whose repositories are in a project of something larger, which all teams share. */
const SHARED_OWNER = ['azure', 'bitbucketCloud'];

/**
 * Where the repository of a new service will be: in what is called like its team, on the forge of
 * the platform repository, unless the template says otherwise.
 *
 * @throws InputError when there is no such forge, or a name cannot be one there.
 */
export function placeService(
  wanted: WantedPlace,
  config: ActionsConfig,
  integrations: ScmIntegrationRegistry,
): RepositoryLocation {
  const { name, team } = wanted;
  const platform = config.platformRepository
    ? parseLocation(config.platformRepository, integrations)
    : undefined;
  const host = wanted.host || platform?.host;
  if (!host) {
    throw new InputError(
      'No forge was chosen, and gitops.platformRepository does not name one; choose the host of the forge in the form, or set gitops.platformRepository',
    );
  }
  const provider = integrations.byHost(host)?.type;
  if (!/^[a-z0-9.-]+(:[0-9]+)?$/i.test(host) || !provider) {
    const known = integrations.list().map(({ title }) => title);
    throw new InputError(
      `${JSON.stringify(
        host,
      )} is no host of "integrations:"; those are ${known.join(', ')}`,
    );
  }
  const isShared = SHARED_OWNER.includes(provider);
  const shared = isShared && platform?.host === host && platform.owner;
  const usual = provider === 'bitbucketServer' ? keyOf(team) : shared || team;
  const location = {
    ...{ host, provider, repo: name },
    owner: wanted.organisation || usual,
    ...(isShared
      ? { project: wanted.project || usualProject(provider, team) }
      : {}),
  };
  assertNames(location);
  return location;
}

/** The image of a service, without a tag; undefined when there is no registry to be had. */
export function imageOf(
  { host, provider, owner, repo }: RepositoryLocation,
  config: ActionsConfig,
): string | undefined {
  if (!config.imageRegistry && WITHOUT_REGISTRY.includes(provider)) {
    return undefined;
  }
  const registry = config.imageRegistry ?? REGISTRIES[host] ?? host;
  // Names of images have no capitals, and nothing but letters, digits and separators.
  return `${registry}/${owner}/${repo}`.toLowerCase().replace(/[~ ]/g, '-');
}

function usualProject(provider: string, team: string): string {
  return provider === 'bitbucketCloud' ? keyOf(team) : team;
}

/** Keys of projects are capitals, digits and underscores. */
function keyOf(team: string): string {
  return team.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}
