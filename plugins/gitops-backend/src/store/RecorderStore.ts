import type {
  Application,
  ClusterResourceStatus,
  Deployment,
  Failure,
} from '@fairway/plugin-gitops-common';
import type { ChangeFeed } from './ChangeFeed';
import type {
  ApplicationChange,
  FactFailure,
  GitopsReader,
  ObservedOrigin,
  StoredApplication,
  StoredFact,
  StoredObservation,
  StoredSource,
} from './GitopsStore';
import type { RecordedVersion } from './ObjectVersion';

/** What tells whether an observation says something new. */
export interface RecordedState extends RecordedVersion {
  fingerprint: string;
  /** Of an application that belongs to a component. */
  entityRef?: string;
}

/** Something that was observed, as far as is needed to tell whose it is. */
export interface OwnedApplication {
  id: string;
  observation: Pick<StoredObservation, 'engine' | 'ref' | 'labels'>;
  entityRef?: string;
}

/**
 * An object that is gone, or says less than before. Rows of a newer version of it stay; see
 * `isLate`.
 */
export interface Removal {
  origin: ObservedOrigin;
  /** Ids or keys of the rows of the object that stay. */
  keep: readonly string[];
  /** ISO time by the clock of the recorder; that of the store when absent. */
  at?: string;
  /** ISO time; rows that were recorded from then on stay. */
  lookedAt?: string;
}

/** An owner is to be told of the health of an application. */
export interface AlertToSend {
  applicationId: string;
  /** Entity ref. */
  owner: string;
  /** ISO time. */
  recordedAt: string;
}

/** What removals deleted. */
export interface Removed {
  applications: Application[];
  facts: StoredFact[];
  sourceKeys: string[];
}

/**
 * One transaction of the recorder. No other recorder, of whatever process, records anything of
 * the same clusters meanwhile, so that what is read here is still so when it is written.
 */
export interface Recording {
  /** By application id; reads no document. */
  recordedApplications(
    ids: readonly string[],
  ): Promise<Map<string, RecordedState>>;
  /** By key. */
  recordedSources(keys: readonly string[]): Promise<Map<string, RecordedState>>;
  storedApplications(
    ids: readonly string[],
  ): Promise<Map<string, StoredApplication>>;
  storedSources(keys: readonly string[]): Promise<Map<string, StoredSource>>;
  /** Those that refer to one of these, or to one that is made from one of these. */
  applicationsOfSources(keys: readonly string[]): Promise<StoredApplication[]>;
  /**
   * The newest observed deployments of each application, newest first, with failures and without
   * commits. Applications without any are left out.
   */
  latestDeployments(
    applicationIds: readonly string[],
    limit: number,
  ): Promise<Map<string, Deployment[]>>;
  /** The subset of `keys` that is stored already, by application. */
  knownDeploymentKeys(
    applicationIds: readonly string[],
    keys: readonly string[],
  ): Promise<Map<string, Set<string>>>;
  /** Failures that last, by application. */
  openFailures(
    applicationIds: readonly string[],
  ): Promise<Map<string, Failure[]>>;

  putSources(sources: readonly StoredSource[]): Promise<void>;
  /** At most one change of each application. */
  applyChanges(changes: readonly ApplicationChange[]): Promise<{
    /** Ids of the deployments that were new. */
    inserted: Set<string>;
  }>;
  storedFact(id: string): Promise<StoredFact | undefined>;
  /** What is remembered of a fact's failures; the fact stays as it is. */
  putFactFailures(id: string, failures: readonly FactFailure[]): Promise<void>;
  putFailures(failures: readonly Failure[]): Promise<void>;
  /** Deployments and failures of what is gone stay: they are history. */
  deleteObjects(removals: readonly Removal[]): Promise<Removed>;
}

/** What the recorder reads and writes. */
export interface RecorderStore
  extends Pick<
      GitopsReader,
      'getApplication' | 'getApplications' | 'listApplications'
    >,
    ChangeFeed,
    Pick<Recording, 'recordedApplications' | 'recordedSources'> {
  /**
   * Runs `work` in a transaction that excludes other recordings of these clusters; again when the
   * database ended it because of a conflict, so that `work` must change nothing else.
   */
  recording<T>(
    clusters: readonly string[],
    work: (recording: Recording) => Promise<T>,
  ): Promise<T>;
  /** Objects of these of which a row is stored that is not to be kept. */
  outdatedObjects(removals: readonly Removal[]): Promise<Removal[]>;

  /** Forgets an alert; not a newer one of the application. */
  alertSent(alert: AlertToSend): Promise<void>;
  /**
   * Alerts that are due, which are then due anew from `now` on, so that nobody else sends them
   * too; forgets those that are older than `recordedAfter`. ISO times.
   */
  claimAlerts(times: {
    dueBefore: string;
    recordedAfter: string;
    now: string;
  }): Promise<AlertToSend[]>;

  getFact(id: string): Promise<StoredFact | undefined>;
  /** False when it comes late, so that nothing was stored; see `isLate`. */
  putFact(fact: StoredFact): Promise<boolean>;
  /** Every fact by id, some at a time. */
  listStoredFacts(page: {
    after?: string;
    limit: number;
  }): Promise<StoredFact[]>;

  /** Every application by id, some at a time, for joining entities anew. */
  listOwnedApplications(page: {
    after?: string;
    limit: number;
  }): Promise<OwnedApplication[]>;

  /** Objects of a watch that something is stored of. */
  listObjects(
    origin: Pick<ObservedOrigin, 'cluster' | 'resource'>,
  ): Promise<Set<string>>;
  /** Everything stored of a watch was seen to be so at that time. */
  touchObserved(
    origin: Pick<ObservedOrigin, 'cluster' | 'resource'>,
    at: string,
  ): Promise<void>;

  /** What a watch knows of its connection; a missing `lastSeenAt` keeps the last known one. */
  putClusterStatus(
    watch: Pick<ObservedOrigin, 'cluster' | 'resource'>,
    status: ClusterResourceStatus,
  ): Promise<{
    /** Nothing was known of the watch. */
    isNew: boolean;
  }>;
  /**
   * Registers the clusters that this backend knows. The others are said to be unreachable, unless
   * somebody watches them, and forgotten with all that is stored of them when nobody registered
   * them for so long; never when no time is given.
   */
  setClusters(
    clusters: ReadonlyArray<{ name: string; title: string }>,
    options?: { forgetMissingForMillis?: number },
  ): Promise<void>;
}
