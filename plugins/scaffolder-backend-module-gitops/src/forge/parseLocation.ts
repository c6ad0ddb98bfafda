import { InputError } from '@backstage/errors';
import type { ScmIntegrationRegistry } from '@backstage/integration';
import { parseRepoUrl } from '@backstage/plugin-scaffolder-node';

/** Where a repository is. */
export interface RepositoryLocation {
  host: string;
  owner: string;
  repo: string;
  /** Kind of forge, as `integrations:` calls it: `gitea`, `github`, ... */
  provider: string;
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;

/**
 * Reads the scaffolder's form of a repository URL, `host?owner=payments&repo=orders`.
 *
 * @throws InputError when the host has no integration or a name could mean another path.
 */
export function parseLocation(
  repoUrl: string,
  integrations: ScmIntegrationRegistry,
): RepositoryLocation {
  const { host, owner, repo } = parseRepoUrl(repoUrl, integrations);
  for (const [field, name] of Object.entries({ owner, repo })) {
    if (!name || !NAME.test(name) || name.includes('..')) {
      throw new InputError(
        `"${
          name ?? ''
        }" cannot be the ${field} of a repository: it needs letters, digits, dots, dashes and underscores, and starts with a letter, a digit or an underscore`,
      );
    }
  }
  return {
    host,
    owner: owner!,
    repo,
    provider: integrations.byHost(host)!.type,
  };
}
