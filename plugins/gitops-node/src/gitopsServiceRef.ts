import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type AuthService,
  type BackstageCredentials,
} from '@backstage/backend-plugin-api';
import { GitopsClient, type GitopsApi } from '@fairway/plugin-gitops-common';

/** The methods of {@link GitopsApi}, with credentials in place of a token. @public */
export interface GitopsService {
  /** The API as seen with these credentials: what they may not read or do, it refuses. */
  as(credentials: BackstageCredentials): GitopsApi;
}

class DefaultGitopsService implements GitopsService {
  readonly #client: GitopsClient;
  readonly #auth: AuthService;

  constructor(options: { client: GitopsClient; auth: AuthService }) {
    this.#client = options.client;
    this.#auth = options.auth;
  }

  as(credentials: BackstageCredentials): GitopsApi {
    const client = this.#client;
    const withToken = async () => {
      const { token } = await this.#auth.getPluginRequestToken({
        onBehalfOf: credentials,
        targetPluginId: 'gitops',
      });
      return { token };
    };
    return {
      getFleet: async query => client.getFleet(query, await withToken()),
      getApplications: async query =>
        client.getApplications(query, await withToken()),
      getApplication: async id => client.getApplication(id, await withToken()),
      getService: async ref => client.getService(ref, await withToken()),
      getDeployments: async query =>
        client.getDeployments(query, await withToken()),
      getDeployment: async id => client.getDeployment(id, await withToken()),
      getDora: async query => client.getDora(query, await withToken()),
      getClusters: async () => client.getClusters(await withToken()),
      runCommand: async (id, command, request) =>
        client.runCommand(id, command, request, await withToken()),
      getCommandRun: async id => client.getCommandRun(id, await withToken()),
      checkName: async query => client.checkName(query, await withToken()),
    };
  }
}

/**
 * Fairway for other backend plugins and modules: scaffolder actions, MCP tools.
 *
 * @public
 */
export const gitopsServiceRef = createServiceRef<GitopsService>({
  id: 'gitops.service',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: { auth: coreServices.auth, discovery: coreServices.discovery },
      factory({ auth, discovery }) {
        return new DefaultGitopsService({
          auth,
          client: new GitopsClient({ discoveryApi: discovery }),
        });
      },
    }),
});
