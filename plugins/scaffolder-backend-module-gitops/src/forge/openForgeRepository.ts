import { InputError } from '@backstage/errors';
import {
  DefaultAzureDevOpsCredentialsProvider,
  DefaultGithubCredentialsProvider,
  type ScmIntegrationRegistry,
} from '@backstage/integration';
import { AzureRepository } from './AzureRepository';
import { BitbucketCloudRepository } from './BitbucketCloudRepository';
import { BitbucketServerRepository } from './BitbucketServerRepository';
import type { ForgeRepository } from './ForgeRepository';
import { GiteaRepository } from './GiteaRepository';
import { GithubRepository } from './GithubRepository';
import { GitlabRepository } from './GitlabRepository';
import { parseLocation, type RepositoryLocation } from './parseLocation';

type Open = (
  location: RepositoryLocation,
  integrations: ScmIntegrationRegistry,
) => ForgeRepository;

const FORGES: Record<string, Open> = {
  gitea: (location, { gitea }) =>
    new GiteaRepository({
      location,
      config: gitea.byHost(location.host)!.config,
    }),
  github: (location, integrations) =>
    new GithubRepository({
      location,
      config: integrations.github.byHost(location.host)!.config,
      provider: providersOf(integrations).github,
    }),
  gitlab: (location, { gitlab }) =>
    new GitlabRepository({
      location,
      config: gitlab.byHost(location.host)!.config,
    }),
  bitbucketCloud: (location, { bitbucketCloud }) =>
    new BitbucketCloudRepository({
      location,
      config: bitbucketCloud.byHost(location.host)!.config,
    }),
  bitbucketServer: (location, { bitbucketServer }) =>
    new BitbucketServerRepository({
      location,
      config: bitbucketServer.byHost(location.host)!.config,
    }),
  azure: (location, integrations) =>
    new AzureRepository({
      location,
      provider: providersOf(integrations).azure,
    }),
};

/**
 * The repository that a scaffolder URL names, with the credentials of its host's integration.
 *
 * @throws InputError when the host is not configured, has no credentials, or is of a kind that
 * has no pull requests as the others have.
 */
export function openForgeRepository(
  repoUrl: string,
  integrations: ScmIntegrationRegistry,
): ForgeRepository {
  const location = parseLocation(repoUrl, integrations);
  const open = FORGES[location.provider];
  if (!open) {
    throw new InputError(
      `${location.host} is configured as ${
        location.provider
      }, which the gitops actions do not know; they know ${Object.keys(
        FORGES,
      ).join(', ')}. Open the pull request by hand, or with an action for it`,
    );
  }
  return open(location, integrations);
}

interface Providers {
  github: DefaultGithubCredentialsProvider;
  azure: DefaultAzureDevOpsCredentialsProvider;
}

// They remember the tokens that they were given, so there is one of each for all calls.
const known = new WeakMap<ScmIntegrationRegistry, Providers>();

function providersOf(integrations: ScmIntegrationRegistry): Providers {
  const providers = known.get(integrations) ?? {
    github: DefaultGithubCredentialsProvider.fromIntegrations(integrations),
    azure: DefaultAzureDevOpsCredentialsProvider.fromIntegrations(integrations),
  };
  known.set(integrations, providers);
  return providers;
}
