import { InputError, toError } from '@backstage/errors';
import type {
  ScmIntegration,
  ScmIntegrationRegistry,
} from '@backstage/integration';
import type { NameCheckResponse } from '@fairway/plugin-gitops-common';
import { RepositoryAccess } from '../git/RepositoryAccess';

const TIMEOUT_MS = 10_000;

type Answer = Omit<NameCheckResponse['checks'][number], 'where'>;

interface RepositoryLocation {
  integration: ScmIntegration;
  owner: string;
  organization?: string;
  project?: string;
  repository: string;
}

/**
 * Asks a forge whether a repository exists, as Git would: every forge speaks Git over HTTP, so
 * that no interface of a vendor is needed. Only hosts of `integrations:` are asked.
 */
export class ForgeLookup {
  readonly #integrations: ScmIntegrationRegistry;
  readonly #access: RepositoryAccess;

  constructor(integrations: ScmIntegrationRegistry) {
    this.#integrations = integrations;
    this.#access = new RepositoryAccess(integrations);
  }

  /**
   * Looks for a repository.
   *
   * @param repoUrl - in the scaffolder's form, `host?owner=payments&repo=orders`
   * @param defaultName - of the repository, when the URL names none
   * @throws InputError when the URL cannot be read, or its host is no integration.
   */
  async look(repoUrl: string, defaultName: string): Promise<Answer> {
    const location = this.#parse(repoUrl, defaultName);
    const repository = this.#access.allow(cloneUrl(location));
    const url = new URL(repository.url);
    url.pathname += '/info/refs';
    url.searchParams.set('service', 'git-upload-pack');
    const page = repository.pageUrl;
    let status: number;
    try {
      const authorization = await this.#access.authorization(repository);
      const response = await fetch(url, {
        headers: { ...(authorization && { authorization }) },
        // The credentials are for this host; a forge that redirects has renamed the repository.
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body?.cancel();
      status = response.status;
    } catch (error) {
      const { message, cause } = toError(error);
      return {
        state: 'unknown',
        message: `${url.host} did not answer (${
          cause instanceof Error ? cause.message : message
        }); look yourself whether ${page} exists`,
      };
    }
    if (status === 404) {
      return { state: 'free' };
    }
    if (status === 200 || (status >= 300 && status < 400)) {
      return {
        state: 'taken',
        message: `There is a repository ${page}; choose another name`,
      };
    }
    return {
      state: 'unknown',
      message: `${url.host} answered ${status}, so it cannot be said whether ${page} exists; check the credentials of its integration`,
    };
  }

  #parse(repoUrl: string, defaultName: string): RepositoryLocation {
    const url = URL.canParse(`https://${repoUrl}`)
      ? new URL(`https://${repoUrl}`)
      : undefined;
    const read = (name: string) => url?.searchParams.get(name) || undefined;
    const owner = read('owner') ?? read('workspace') ?? read('project');
    if (!url || url.username || url.pathname !== '/' || !owner) {
      throw new InputError(
        `'${repoUrl}' is no repository URL of the form host?owner=payments&repo=orders`,
      );
    }
    const integration = this.#integrations.byHost(url.host);
    if (!integration) {
      throw new InputError(
        `No integration knows the host ${url.host}; add it to "integrations:" of app-config, or choose another`,
      );
    }
    return {
      integration,
      owner,
      organization: read('organization') ?? read('owner'),
      project: read('project'),
      repository: read('repo') ?? defaultName,
    };
  }
}

/** Where Git clones from; each part is one segment of the path, whatever is in it. */
function cloneUrl(location: RepositoryLocation): string {
  const { integration, owner, organization, project, repository } = location;
  const { config } = integration as unknown as {
    config: { host: string; baseUrl?: string };
  };
  const base = (config.baseUrl ?? `https://${config.host}`).replace(/\/+$/, '');
  const segments = {
    azure: [organization ?? owner, project ?? owner, '_git', repository],
    bitbucketServer: ['scm', project ?? owner, `${repository}.git`],
    gerrit: [repository],
    // Groups of GitLab nest.
    gitlab: [...owner.split('/'), `${repository}.git`],
  }[integration.type] ?? [owner, `${repository}.git`];
  return `${base}/${segments.map(safeSegment).join('/')}`;
}

function safeSegment(name: string): string {
  if (name === '' || /^\.+$/.test(name) || /^\.+\.git$/.test(name)) {
    throw new InputError(`'${name}' is no name of an owner or a repository`);
  }
  return encodeURIComponent(name);
}
