import { parseEntityRef } from '@backstage/catalog-model';
import { ResponseError } from '@backstage/errors';
import type {
  ApplicationCommand,
  ClusterStatus,
  CommandRequest,
  CommandRun,
  Deployment,
} from '../model';
import type { GitopsApi, GitopsRequestOptions } from './GitopsApi';
import type {
  ApplicationResponse,
  ApplicationsQuery,
  ApplicationsResponse,
  CommandResponse,
  DeploymentsQuery,
  DeploymentsResponse,
  DoraQuery,
  DoraResponse,
  FleetQuery,
  FleetResponse,
  NameCheckQuery,
  NameCheckResponse,
  ServiceResponse,
} from './types';

type QueryValue = string | number | boolean | string[] | undefined;

/**
 * The HTTP client of `/api/gitops`, for browsers and backends.
 *
 * @public
 */
export class GitopsClient implements GitopsApi {
  readonly #discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
  readonly #fetchApi: { fetch: typeof fetch };

  constructor(options: {
    discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
    /** Default: the global fetch; a browser passes the one that adds its token. */
    fetchApi?: { fetch: typeof fetch };
  }) {
    this.#discoveryApi = options.discoveryApi;
    this.#fetchApi = options.fetchApi ?? { fetch };
  }

  getFleet(query: FleetQuery = {}, options?: GitopsRequestOptions) {
    return this.#get<FleetResponse>(['fleet'], { ...query }, options);
  }

  getApplications(
    query: ApplicationsQuery = {},
    options?: GitopsRequestOptions,
  ) {
    return this.#get<ApplicationsResponse>(
      ['applications'],
      { ...query },
      options,
    );
  }

  getApplication(id: string, options?: GitopsRequestOptions) {
    return this.#get<ApplicationResponse>(['applications', id], {}, options);
  }

  getService(entityRef: string, options?: GitopsRequestOptions) {
    const { namespace, name } = parseEntityRef(entityRef, {
      defaultKind: 'Component',
    });
    return this.#get<ServiceResponse>(
      ['services', namespace, name],
      {},
      options,
    );
  }

  getDeployments(query: DeploymentsQuery = {}, options?: GitopsRequestOptions) {
    return this.#get<DeploymentsResponse>(
      ['deployments'],
      { ...query },
      options,
    );
  }

  getDeployment(id: string, options?: GitopsRequestOptions) {
    return this.#get<Deployment>(['deployments', id], {}, options);
  }

  getDora(query: DoraQuery, options?: GitopsRequestOptions) {
    const { scope, ...rest } = query;
    return this.#get<DoraResponse>(
      ['dora'],
      { scope: scope.kind, ref: scope.ref, ...rest },
      options,
    );
  }

  getClusters(options?: GitopsRequestOptions) {
    return this.#get<{ items: ClusterStatus[] }>(['clusters'], {}, options);
  }

  runCommand(
    id: string,
    command: ApplicationCommand,
    request: CommandRequest = {},
    options?: GitopsRequestOptions,
  ) {
    return this.#request<CommandResponse>({
      method: 'POST',
      path: ['applications', id, command],
      query: {},
      body: request,
      options,
    });
  }

  getCommandRun(id: string, options?: GitopsRequestOptions) {
    return this.#get<CommandRun>(['commands', id], {}, options);
  }

  checkName(query: NameCheckQuery, options?: GitopsRequestOptions) {
    return this.#get<NameCheckResponse>(['name-check'], { ...query }, options);
  }

  #get<T>(
    path: string[],
    query: Record<string, QueryValue>,
    options?: GitopsRequestOptions,
  ): Promise<T> {
    return this.#request<T>({ method: 'GET', path, query, options });
  }

  async #request<T>(call: {
    method: 'GET' | 'POST';
    path: string[];
    query: Record<string, QueryValue>;
    body?: unknown;
    options?: GitopsRequestOptions;
  }): Promise<T> {
    const baseUrl = await this.#discoveryApi.getBaseUrl('gitops');
    const url = new URL(
      `${baseUrl}/${call.path.map(encodeURIComponent).join('/')}`,
    );
    for (const [name, value] of Object.entries(call.query)) {
      for (const item of Array.isArray(value) ? value : [value]) {
        if (item !== undefined && item !== '') {
          url.searchParams.append(name, String(item));
        }
      }
    }
    const headers: Record<string, string> = {};
    if (call.body !== undefined) {
      headers['content-type'] = 'application/json';
    }
    if (call.options?.token) {
      headers.authorization = `Bearer ${call.options.token}`;
    }
    const response = await this.#fetchApi.fetch(url.toString(), {
      method: call.method,
      headers,
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      signal: call.options?.signal,
    });
    if (!response.ok) {
      throw await ResponseError.fromResponse(response);
    }
    return (await response.json()) as T;
  }
}
