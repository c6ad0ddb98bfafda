import type {
  Application,
  ApplicationSource,
  ClusterStatus,
  Deployment,
  DeploymentCommit,
  DeploymentsQuery,
  DeploymentsResponse,
  Engine,
  EnvironmentTier,
  Fact,
  Failure,
  FailureSignal,
  HealthStatus,
  SyncStatus,
} from '@fairway/plugin-gitops-common';
import type {
  ApplicationObservation,
  FactObservation,
  SourceObservation,
} from '@fairway/plugin-gitops-node';
import type { CommandStore } from './CommandStore';
import type { ObjectVersion } from './ObjectVersion';
import type { AlertToSend, RecorderStore } from './RecorderStore';

/** Which applications; lists are alternatives, different fields must all match. */
export interface ApplicationFilter {
  /** Words that must all occur in names, entity refs, environments or versions. */
  search?: string;
  /** Name of the engine's object. */
  name?: string;
  engine?: readonly Engine[];
  cluster?: readonly string[];
  /** Namespace that it deploys to. */
  namespace?: string;
  environment?: readonly string[];
  health?: readonly HealthStatus[];
  sync?: readonly SyncStatus[];
  /** An empty list matches nothing. Any length. */
  entityRefs?: readonly string[];
  /** True: only those that belong to no component. False: only those that do. */
  unregistered?: boolean;
}

/** A page of applications. Without a limit it is everything that matches. */
export interface ApplicationPageQuery extends ApplicationFilter {
  /** Default: name. `health` and `sync` put the worst first, `last-deployment` the newest. */
  sort?: 'name' | 'health' | 'sync' | 'last-deployment';
  limit?: number;
  /** @throws InputError from the store when it is not one of its own, or of another sort. */
  cursor?: string;
}

/** A page of {@link GitopsStore.listApplications}. */
export interface ApplicationPage {
  items: Application[];
  totalItems: number;
  nextCursor?: string;
}

/** Counts of {@link GitopsStore.countApplications}. */
export interface ApplicationCounts {
  applications: number;
  health: Record<HealthStatus, number>;
  sync: Record<SyncStatus, number>;
  /** Those that belong to no component. */
  unregistered: number;
}

/**
 * An observation without the engine's history, which has its own table, and without annotations,
 * which may hold a copy of the whole object.
 */
export type StoredObservation = Omit<
  ApplicationObservation,
  'deployments' | 'annotations'
>;

/** What a row of something observed says about where it came from. */
export interface ObservedOrigin {
  cluster: string;
  /** The watch that saw it: `<observer>:<group>/<plural>`, plus `?<selector>`. */
  resource: string;
  /** The object of the cluster: `<namespace>/<name>`, without the slash when cluster-scoped. */
  object: string;
  /** The version of the object; absent when its source does not say. */
  version?: ObjectVersion;
}

/** The last health that an application rested in, and what its engine worked at then. */
export interface SettledHealth {
  health: HealthStatus;
  /** ISO time. */
  since: string;
  attempt: string;
}

/** An application with what the recorder needs to judge the next observation. */
export interface StoredApplication {
  application: Application;
  observation: StoredObservation;
  /** Equal for equal observations, whatever the order of their keys. */
  fingerprint: string;
  origin: ObservedOrigin;
  /** ISO time of the first observation. */
  firstSeenAt: string;
  /** ISO time since when its owner has been told that it is degraded; absent while it is well. */
  alertedAt?: string;
  /** Of an engine that says what it attempts. */
  settled?: SettledHealth;
}

/** Where the manifests of an application came from at some time. */
export interface DeploymentOrigin extends ApplicationSource {
  /** Where people wrote what the engine rendered into it; see `Application.drySource`. */
  dry?: ApplicationSource;
}

/** A deployment to insert; its id follows from `applicationId` and `key`. */
export interface NewDeployment
  extends Omit<Deployment, 'id' | 'commits' | 'failures' | 'attribution'> {
  /** Unique in its application. Observed ones have the engine's key; see `ObservedDeployment`. */
  key: string;
  /** The engine knows that something else runs by it, whatever the revision says. */
  changed?: true;
  /** Where the application's manifests came from at that time. */
  from: DeploymentOrigin;
}

/** A deployment read from Git: complete from the start. */
export interface BackfilledDeployment extends NewDeployment {
  commits: DeploymentCommit[];
  attribution: Deployment['attribution'];
  failures: Array<Omit<Failure, 'id' | 'deploymentId' | 'applicationId'>>;
}

/** Everything that one observation of an application changes, written in one transaction. */
export interface ApplicationChange {
  stored: StoredApplication;
  /** Key of the source that it refers to; see {@link StoredSource}. */
  sourceKey?: string;
  /** Inserted unless an earlier one of the application has the same key. */
  deployments: NewDeployment[];
  /** Opened, or updated when one with the same id exists. */
  failures: Failure[];
  /** Remembered until it was sent. */
  alert?: AlertToSend;
}

/** What the attribution worker found out about a deployment. */
export interface DeploymentCompletion
  extends Pick<
    Deployment,
    | 'kind'
    | 'rework'
    | 'counted'
    | 'notCountedReason'
    | 'images'
    | 'version'
    | 'previousVersion'
    | 'author'
    | 'subject'
    | 'commits'
    | 'attribution'
  > {
  /** When given, replaces what the recorder believed. */
  previousRevision?: string;
}

/** A deployment whose kind and commits are not known yet. */
export interface DeploymentToAttribute {
  deployment: Deployment;
  /** The engine knows that something else runs by it. */
  changed?: true;
  /** Where the manifests came from at that time. */
  from: DeploymentOrigin;
  /** The last successful deployment of the application before it, whatever it counts for. */
  previous?: Deployment;
  /** Attempts that failed before. */
  attempts: number;
}

/** An application whose history before the first sight was not read yet. */
export interface ApplicationToBackfill {
  application: Application;
  /** The earliest deployment that was observed: the history ends before it. */
  firstDeployment?: Deployment;
  attempts: number;
}

/** A Flux source as last observed. `key` is `<cluster>~<kind>~<namespace>~<name>`, escaped. */
export interface StoredSource {
  key: string;
  observation: SourceObservation;
  /** Equal for equal observations. */
  fingerprint: string;
  origin: ObservedOrigin;
  /** ISO time. */
  recordedAt: string;
}

/**
 * A failure that a fact means or meant, kept until the deployment that failed is known, and after
 * that until it is over.
 */
export interface FactFailure {
  signal: FailureSignal;
  reason: string;
  /** ISO times. */
  startedAt: string;
  endedAt?: string;
  /** Images of the version that failed, as far as the fact names them. */
  images?: string[];
  /** Revision that the engine was applying when it failed, if it was. */
  revision?: string;
  /** The deployment that it is recorded of, its application, and that one's cluster. */
  deploymentId?: string;
  applicationId?: string;
  cluster?: string;
  /** Its end is recorded as well. */
  isOver?: boolean;
}

/** A fact as last observed. */
export interface StoredFact {
  fact: Fact;
  observation: FactObservation;
  origin: ObservedOrigin;
  /** Oldest first: those that are not over, and the last one. */
  failures?: FactFailure[];
}

/** Query of {@link GitopsStore.deploymentsInWindow}. */
export interface DeploymentWindowQuery {
  /** ISO times over `finishedAt`, half open. */
  from: string;
  to: string;
  tier?: EnvironmentTier;
  /** Absent: every deployment. An empty list matches nothing. Any length. */
  entityRefs?: readonly string[];
}

/**
 * Readers' queries. Applications have `lastDeployment` joined, and they and facts `staleSince`:
 * always current.
 */
export interface GitopsReader {
  listApplications(query: ApplicationPageQuery): Promise<ApplicationPage>;
  countApplications(filter?: ApplicationFilter): Promise<ApplicationCounts>;
  getApplication(id: string): Promise<Application | undefined>;
  /** In the order of `ids`; those that do not exist are left out. */
  getApplications(ids: readonly string[]): Promise<Application[]>;

  /** Newest first, with commits and failures. An empty `entityRef` list matches nothing. */
  listDeployments(
    query: DeploymentsQuery & { tier?: readonly EnvironmentTier[] },
  ): Promise<DeploymentsResponse>;
  getDeployment(id: string): Promise<Deployment | undefined>;
  /** Oldest first, counted or not, with commits and failures. */
  deploymentsInWindow(query: DeploymentWindowQuery): Promise<Deployment[]>;

  listFacts(query: {
    entityRefs?: readonly string[];
    kind?: Fact['kind'];
    /** Only those of these clusters that nobody owns and that may concern several services. */
    sharedOn?: readonly string[];
  }): Promise<Fact[]>;
  /** One per cluster that was ever configured and still is, by name. */
  listClusterStatus(): Promise<ClusterStatus[]>;
}

/** What the attribution worker reads and writes. */
export interface AttributionStore {
  /** Due ones, oldest first. */
  deploymentsToAttribute(limit: number): Promise<DeploymentToAttribute[]>;
  completeDeployment(
    id: string,
    completion: DeploymentCompletion,
  ): Promise<void>;
  /** Counts an attempt; the deployment is not due before `until` (ISO time). */
  postponeAttribution(id: string, until: string): Promise<void>;
  /** Due ones that a component and an environment are known for, in order of first sight. */
  applicationsToBackfill(limit: number): Promise<ApplicationToBackfill[]>;
  /** Inserts those whose key is new; returns the ids of those inserted. */
  insertBackfilled(
    deployments: readonly BackfilledDeployment[],
  ): Promise<string[]>;
  markBackfilled(applicationId: string): Promise<void>;
  /** Counts an attempt; the application is not due before `until` (ISO time). */
  postponeBackfill(applicationId: string, until: string): Promise<void>;
  /** Inserts the failure, or replaces the one with the same id; see `failureId`. */
  putFailure(failure: Failure): Promise<void>;
}

/** A lock with an end, so that one replica does something at a time. */
export interface LeaseStore {
  /** True when only one process can use the database, so that no lease is ever contended. */
  readonly exclusive: boolean;
  /** Takes or renews the lease; false when somebody else holds it. */
  acquireLease(lease: {
    name: string;
    holder: string;
    seconds: number;
  }): Promise<boolean>;
  releaseLease(lease: { name: string; holder: string }): Promise<void>;
}

/** All that Fairway remembers. Times are ISO strings in UTC with milliseconds. */
export interface GitopsStore
  extends GitopsReader,
    AttributionStore,
    RecorderStore,
    LeaseStore,
    CommandStore {}
