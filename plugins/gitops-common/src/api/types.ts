import type {
  Application,
  ApplicationCommand,
  ClusterStatus,
  CommandRun,
  Deployment,
  Engine,
  Environment,
  Fact,
  HealthStatus,
  SyncStatus,
} from '../model';
import type { DoraReport } from '../dora/types';

/** A part of an answer that could not be had, while the rest could. @public */
export interface PartialError {
  /** What is missing, for example the name of a cluster. */
  source: string;
  /** Cause and what to do. */
  message: string;
}

/** One application in a cell of the fleet: what a person needs at a glance. @public */
export type FleetCell = Pick<
  Application,
  | 'id'
  | 'engine'
  | 'ref'
  | 'environment'
  | 'sync'
  | 'syncMessage'
  | 'health'
  | 'healthMessage'
  | 'healthSince'
  | 'phase'
  | 'suspended'
  | 'revision'
  | 'version'
  | 'lastDeployment'
  | 'staleSince'
  | 'pullRequest'
>;

/** One service of the fleet with its applications by environment. @public */
export interface FleetRow {
  /** Entity ref; absent for applications that belong to no component. */
  entityRef?: string;
  name: string;
  title?: string;
  /** Entity ref of the owner, when the catalog knows it. */
  owner?: string;
  system?: string;
  /** True when the component has no application at all. */
  unregistered: boolean;
  engines: Engine[];
  /** Worst of its applications; `unknown` when it has none. */
  health: HealthStatus;
  sync: SyncStatus;
  cells: FleetCell[];
  /** Median lead time of the last 30 days in seconds, when there is enough data. */
  leadTimeSeconds?: number;
}

/** Query of {@link GitopsApi.getFleet}. Lists are alternatives; different fields must all match. @public */
export interface FleetQuery {
  /** Free text over names of services, owners, applications and versions. */
  search?: string;
  owner?: string[];
  system?: string[];
  engine?: Engine[];
  cluster?: string[];
  environment?: string[];
  health?: HealthStatus[];
  sync?: SyncStatus[];
  /** Only services that no engine deploys, and applications that belong to no service. */
  unregistered?: boolean;
  /** Only these components. */
  entityRef?: string[];
  /** `trouble` puts the worst first. Default: name. */
  sort?: 'name' | 'owner' | 'trouble' | 'last-deployment';
  /** 1 to 500, default 50. */
  limit?: number;
  cursor?: string;
}

/** The fleet, in one request. @public */
export interface FleetResponse {
  environments: Environment[];
  rows: FleetRow[];
  /** Rows that match, over all pages. */
  totalRows: number;
  nextCursor?: string;
  /** Counts over everything that the caller may read, without the filters, for the chips on top. */
  counts: {
    services: number;
    applications: number;
    health: Record<HealthStatus, number>;
    sync: Record<SyncStatus, number>;
    unregistered: number;
  };
  clusters: ClusterStatus[];
  errors: PartialError[];
}

/** Query of {@link GitopsApi.getApplications}. @public */
export interface ApplicationsQuery extends Omit<FleetQuery, 'sort'> {
  sort?: 'name' | 'health' | 'sync' | 'last-deployment';
}

/** @public */
export interface ApplicationsResponse {
  items: Application[];
  totalItems: number;
  nextCursor?: string;
  errors: PartialError[];
}

/** What a user may do with an application. @public */
export interface CommandPermission {
  allowed: boolean;
  /** Why not, and whom to ask. */
  reason?: string;
}

/** One application, with what the caller may do with it and what was asked of it. @public */
export interface ApplicationResponse extends Application {
  /** Commands of the last hour, newest first; at most 20. */
  commandRuns: CommandRun[];
  permissions: { operate: CommandPermission };
}

/** One environment of a service. @public */
export interface ServiceEnvironment {
  environment: Environment;
  applications: Application[];
  /** Commits that run in the environment before and not yet in this one, newest first. */
  waiting: { count: number; commits: Deployment['commits'] };
}

/** An entity page, in one request. @public */
export interface ServiceResponse {
  entityRef: string;
  environments: ServiceEnvironment[];
  /** Applications of the service that no environment of the configuration names. */
  otherApplications: Application[];
  /** Newest first; the first page, more by {@link GitopsApi.getDeployments}. */
  deployments: Deployment[];
  nextDeploymentsCursor?: string;
  /**
   * Commands that are not over, and the last one of each kind of each application, newest first.
   */
  commandRuns: CommandRun[];
  /** The last 30 days of the production tier. */
  dora: DoraReport;
  facts: Fact[];
  permissions: { operate: CommandPermission };
  clusters: ClusterStatus[];
  errors: PartialError[];
}

/** Query of {@link GitopsApi.getDeployments}. @public */
export interface DeploymentsQuery {
  entityRef?: string[];
  applicationId?: string[];
  environment?: string[];
  /** Only these ids; at most 500. */
  id?: string[];
  /** ISO times over `finishedAt`, half open. */
  from?: string;
  to?: string;
  /** Only those that count for the metrics. */
  counted?: boolean;
  /** 1 to 500, default 50. */
  limit?: number;
  cursor?: string;
}

/** @public */
export interface DeploymentsResponse {
  items: Deployment[];
  totalItems: number;
  nextCursor?: string;
}

/** Whose deployments a report is over. @public */
export interface DoraScope {
  kind: 'service' | 'owner' | 'system' | 'domain' | 'all';
  /** Entity ref; absent for `all`. */
  ref?: string;
}

/** Query of {@link GitopsApi.getDora}. @public */
export interface DoraQuery {
  scope: DoraScope;
  /** ISO times; default the last 30 days. */
  from?: string;
  to?: string;
  /** IANA zone; default UTC. */
  timeZone?: string;
  /** Default chosen by the length of the window: day up to 31 days, week up to 180, else month. */
  interval?: 'day' | 'week' | 'month';
  /** Default: `gitops.dora.bands`, else 2023. */
  bands?: 2021 | 2023;
}

/** The DORA page, in one request. @public */
export interface DoraResponse {
  scope: DoraScope;
  report: DoraReport;
  /** The services of the scope with their own five values, worst first; empty for one service. */
  services: Array<{
    entityRef: string;
    name: string;
    owner?: string;
    deployments: number;
    values: DoraReport['metrics'][number]['result'][];
  }>;
  /** Deployments that the report counted or left out, newest first, without their commits; at most 500. */
  deployments: Array<Omit<Deployment, 'commits'> & { commitCount: number }>;
}

/** @public */
export interface CommandResponse {
  application: Application;
  command: ApplicationCommand;
  /** What was asked of the engine, in one sentence. */
  message: string;
  /** The command itself; ask {@link GitopsApi.getCommandRun} how it went on. */
  run: CommandRun;
}

/** Query of {@link GitopsApi.checkName}. @public */
export interface NameCheckQuery {
  /** Name that a new service would have. */
  name: string;
  /** Scaffolder repository URL, for example `host?owner=payments&repo=orders`. */
  repoUrl?: string;
  /**
   * Owner in the forge, or the entity ref of the team whose organisation has its name. Without a
   * `repoUrl`, its repository is looked for in the forge of `gitops.platformRepository`.
   */
  owner?: string;
}

/** Whether a name is free everywhere that a new service would need it. @public */
export interface NameCheckResponse {
  valid: boolean;
  checks: Array<{
    where: 'format' | 'catalog' | 'cluster' | 'forge';
    state: 'free' | 'taken' | 'invalid' | 'unknown';
    /** What was found and what to do; absent when free. */
    message?: string;
  }>;
}

/** What changed, as browsers hear it on the signals channel {@link GITOPS_SIGNAL_CHANNEL}. @public */
export interface GitopsSignal {
  type: 'applications-changed' | 'deployments-changed' | 'clusters-changed';
  /** Ids of the applications that changed, at most 100; absent means "look again". */
  applicationIds?: string[];
  /** Entity refs that the change concerns, at most 100. */
  entityRefs?: string[];
}

/** The signals channel of Fairway. @public */
export const GITOPS_SIGNAL_CHANNEL = 'gitops';
