import { InputError } from '@backstage/errors';
import type { ScmIntegrationRegistry } from '@backstage/integration';
import type { ForgeRepository } from './ForgeRepository';
import { GiteaRepository } from './GiteaRepository';
import { parseLocation } from './parseLocation';

// The forges that Backstage's own actions open pull requests on.
const OTHER_ACTIONS: Record<string, string> = {
  github: 'publish:github:pull-request',
  gitlab: 'publish:gitlab:merge-request',
  bitbucketCloud: 'publish:bitbucketCloud:pull-request',
  bitbucketServer: 'publish:bitbucketServer:pull-request',
  gerrit: 'publish:gerrit:review',
};

/**
 * The repository that a scaffolder URL names, with the credentials of its host's integration.
 *
 * @throws InputError when the host is not configured, has no credentials, or is of a kind that
 * is served by other actions.
 */
export function openForgeRepository(
  repoUrl: string,
  integrations: ScmIntegrationRegistry,
): ForgeRepository {
  const location = parseLocation(repoUrl, integrations);
  const gitea = integrations.gitea.byHost(location.host);
  if (gitea) {
    return new GiteaRepository({ location, config: gitea.config });
  }
  const action = OTHER_ACTIONS[location.provider];
  throw new InputError(
    `This action knows Gitea and Forgejo; ${location.host} is configured as ${
      location.provider
    }. ${
      action
        ? `Use the action ${action} in the template instead`
        : 'Open the pull request by hand'
    }`,
  );
}
