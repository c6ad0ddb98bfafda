/** Names of the tables. */
export const TABLES = {
  applications: 'applications',
  sources: 'sources',
  deployments: 'deployments',
  commits: 'deployment_commits',
  failures: 'failures',
  facts: 'facts',
  clusters: 'clusters',
  clusterStatus: 'cluster_status',
  leases: 'leases',
  changes: 'changes',
  changeCounter: 'change_counter',
  commandRuns: 'command_runs',
  alerts: 'alerts',
} as const;

/** Where a row came from; part of several tables. */
export interface DbOriginColumns {
  cluster: string;
  resource: string;
  object: string;
  /** JSON of an `ObjectVersion`. */
  object_version: string | null;
  recorded_at: string | null;
}

/** Row of `applications`. */
export interface DbApplicationRow extends DbOriginColumns {
  id: string;
  engine: string;
  name: string;
  entity_ref: string | null;
  environment: string | null;
  destination: string | null;
  sync: string;
  sync_rank: number;
  health: string;
  health_rank: number;
  search: string;
  source_key: string | null;
  last_deployment_id: string | null;
  last_deployment_at: string;
  first_seen_at: string;
  observed_at: string;
  backfilled_at: string | null;
  backfill_attempts: number;
  backfill_due_at: string;
  fingerprint: string;
  alerted_at: string | null;
  /** JSON of a `SettledHealth`. */
  settled: string | null;
  document: string;
  /** What the document does not hold in the same way. */
  observation: string;
}

/** Row of `sources`. */
export interface DbSourceRow extends DbOriginColumns {
  key: string;
  /** Null in rows of before it was a column. */
  fingerprint: string | null;
  observation: string;
}

/** Row of `deployments`. */
export interface DbDeploymentRow {
  id: string;
  application_id: string;
  key: string;
  application_name: string;
  entity_ref: string | null;
  environment: string | null;
  tier: string | null;
  engine: string;
  cluster: string;
  source: string;
  kind: string;
  /** 0 or 1 on SQLite. */
  rework: boolean | number;
  counted: boolean | number;
  not_counted_reason: string | null;
  revision: string;
  origin_revision: string | null;
  /** True, 1 on SQLite, when the engine knows that something else runs; else null. */
  changed: boolean | number | null;
  previous_revision: string | null;
  images: string;
  version: string | null;
  previous_version: string | null;
  started_at: string | null;
  finished_at: string;
  outcome: string;
  message: string | null;
  author: string | null;
  subject: string | null;
  attribution: string;
  origin: string;
  attributed_at: string | null;
  attribution_attempts: number;
  attribution_due_at: string;
}

/** Row of `deployment_commits`. */
export interface DbCommitRow {
  deployment_id: string;
  position: number;
  sha: string;
  repo_url: string;
  subject: string;
  author: string;
  author_email: string | null;
  authored_at: string;
  committed_at: string;
  url: string | null;
}

/** Row of `failures`. */
export interface DbFailureRow {
  id: string;
  deployment_id: string;
  application_id: string;
  signal: string;
  reason: string;
  started_at: string;
  ended_at: string | null;
}

/** Row of `facts`. */
export interface DbFactRow extends DbOriginColumns {
  id: string;
  kind: string;
  entity_ref: string | null;
  /** 0 or 1 on SQLite. */
  shared: boolean | number;
  observed_at: string;
  document: string;
  observation: string;
  /** JSON of `FactFailure[]`. */
  failures: string | null;
}

/** Row of `cluster_status`. */
export interface DbClusterStatusRow {
  cluster: string;
  /** The `resource` of the rows that the watch stores. */
  watch: string;
  resource: string;
  state: string;
  since: string;
  last_seen_at: string | null;
  message: string | null;
}

/** Row of `command_runs`. */
export interface DbCommandRunRow {
  id: string;
  application_id: string;
  entity_ref: string | null;
  engine: string;
  target: string;
  command: string;
  request: string;
  requested_by: string;
  requested_at: string;
  state: string;
  message: string;
  heard_at: string;
  finished_at: string | null;
  exclusive_key: string | null;
  /** What {@link CommandRun} has of the objects; null when it has nothing. */
  results: string | null;
}

/** Row of `changes`: the number of the last change of something. */
export interface DbChangeRow {
  kind: 'application' | 'entity' | 'cluster';
  name: string;
  /** Text on PostgreSQL. */
  seq: number | string;
}

/** The one row of `change_counter`. */
export interface DbChangeCounterRow {
  id: number;
  /** The last number; text on PostgreSQL. */
  value: number | string;
  /** Changes up to this number may be forgotten. */
  pruned: number | string;
}
