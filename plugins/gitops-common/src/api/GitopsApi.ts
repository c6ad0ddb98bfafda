import type {
  ApplicationCommand,
  ClusterStatus,
  CommandRequest,
  CommandRun,
  Deployment,
} from '../model';
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

/** Credentials of a call from a backend; a browser's fetch adds its own. @public */
export interface GitopsRequestOptions {
  token?: string;
  signal?: AbortSignal;
}

/**
 * What Fairway answers, for browsers and other backends alike.
 *
 * @remarks
 * Every method rejects with a `ResponseError` (of `@backstage/errors`) whose `cause` has
 * the name of the backend's error: `NotAllowedError`, `NotFoundError`, `InputError`, ...
 *
 * @public
 */
export interface GitopsApi {
  /** `GET /fleet`: services by environments. */
  getFleet(
    query?: FleetQuery,
    options?: GitopsRequestOptions,
  ): Promise<FleetResponse>;
  /** `GET /applications`. */
  getApplications(
    query?: ApplicationsQuery,
    options?: GitopsRequestOptions,
  ): Promise<ApplicationsResponse>;
  /** `GET /applications/{id}`. */
  getApplication(
    id: string,
    options?: GitopsRequestOptions,
  ): Promise<ApplicationResponse>;
  /** `GET /services/{namespace}/{name}`: a service's page; the ref names a component. */
  getService(
    entityRef: string,
    options?: GitopsRequestOptions,
  ): Promise<ServiceResponse>;
  /** `GET /deployments`. */
  getDeployments(
    query?: DeploymentsQuery,
    options?: GitopsRequestOptions,
  ): Promise<DeploymentsResponse>;
  /** `GET /deployments/{id}`. */
  getDeployment(
    id: string,
    options?: GitopsRequestOptions,
  ): Promise<Deployment>;
  /** `GET /dora`. */
  getDora(
    query: DoraQuery,
    options?: GitopsRequestOptions,
  ): Promise<DoraResponse>;
  /** `GET /clusters`. */
  getClusters(
    options?: GitopsRequestOptions,
  ): Promise<{ items: ClusterStatus[] }>;
  /** `POST /applications/{id}/{command}`; needs `gitops.application.operate`. */
  runCommand(
    id: string,
    command: ApplicationCommand,
    request?: CommandRequest,
    options?: GitopsRequestOptions,
  ): Promise<CommandResponse>;
  /** `GET /commands/{id}`: how a command went on; see {@link CommandResponse.run}. */
  getCommandRun(
    id: string,
    options?: GitopsRequestOptions,
  ): Promise<CommandRun>;
  /** `GET /name-check`. */
  checkName(
    query: NameCheckQuery,
    options?: GitopsRequestOptions,
  ): Promise<NameCheckResponse>;
}
