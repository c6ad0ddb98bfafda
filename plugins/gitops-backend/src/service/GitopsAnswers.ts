import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { Request } from 'express';
import type {
  Application,
  ApplicationCommand,
  ApplicationExplanation,
  ApplicationResponse,
  ApplicationsQuery,
  ApplicationsResponse,
  ClusterStatus,
  CommandPermission,
  CommandRequest,
  CommandResponse,
  CommandRun,
  Deployment,
  DeploymentsQuery,
  DeploymentsResponse,
  DoraQuery,
  DoraResponse,
  FleetQuery,
  FleetResponse,
  NameCheckQuery,
  NameCheckResponse,
  ServiceResponse,
} from '@fairway/plugin-gitops-common';
import type { PreparedAnswer } from './PreparedAnswer';
import type { Service } from '../catalog';

/** Who asks. */
export interface Caller {
  credentials: BackstageCredentials;
  /** The HTTP request, for the audit log; absent for actions. */
  request?: Request;
}

/** Who asks, with what the permission policy said of them. */
export interface AuthorizedCaller extends Caller {
  /** Whether they may read what one of these owns; without owners: what belongs to no component. */
  mayRead(owners: readonly string[]): boolean;
  /** Equal for callers for whom `mayRead` says the same. */
  readKey: string;
  /** Whether they may give commands to applications of a service, or of none. */
  mayOperate(service: Service | undefined): Promise<CommandPermission>;
}

/** An answer that many readers ask for. */
export type GitopsPage =
  | { kind: 'fleet'; query: FleetQuery }
  | { kind: 'applications'; query: ApplicationsQuery }
  | { kind: 'service'; entityRef: string };

/**
 * Everything that Fairway answers; the shapes are those of the HTTP API.
 *
 * @remarks
 * Errors: NotAllowedError when the caller may read nothing or not give the command,
 * NotFoundError for what does not exist or the caller may not see, InputError for a query that
 * makes no sense or a command that the engine does not have or cannot take now, ConflictError
 * for a sync while another one runs, ServiceUnavailableError for a cluster that does not take a
 * command.
 */
export interface GitopsAnswers<TCaller extends Caller = Caller> {
  getFleet(query: FleetQuery, caller: TCaller): Promise<FleetResponse>;
  getApplications(
    query: ApplicationsQuery,
    caller: TCaller,
  ): Promise<ApplicationsResponse>;
  getApplication(id: string, caller: TCaller): Promise<ApplicationResponse>;
  /** Why an application is out of sync or not healthy. */
  explainApplication(
    id: string,
    caller: TCaller,
  ): Promise<{ application: Application; explanation: ApplicationExplanation }>;
  getService(entityRef: string, caller: TCaller): Promise<ServiceResponse>;
  /** The same answers as bytes, made once for all who may see the same. */
  prepare(page: GitopsPage, caller: TCaller): Promise<PreparedAnswer>;
  getDeployments(
    query: DeploymentsQuery,
    caller: TCaller,
  ): Promise<DeploymentsResponse>;
  getDeployment(id: string, caller: TCaller): Promise<Deployment>;
  getDora(query: DoraQuery, caller: TCaller): Promise<DoraResponse>;
  getClusters(caller: TCaller): Promise<{ items: ClusterStatus[] }>;
  runCommand(
    command: {
      id: string;
      command: ApplicationCommand;
      request: CommandRequest;
    },
    caller: TCaller,
  ): Promise<CommandResponse>;
  /** How a command stands; readable for who may read its application. */
  getCommandRun(id: string, caller: TCaller): Promise<CommandRun>;
  checkName(query: NameCheckQuery, caller: TCaller): Promise<NameCheckResponse>;
}
