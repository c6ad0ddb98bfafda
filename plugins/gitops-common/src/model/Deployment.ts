import type { Engine } from './Application';
import type { EnvironmentTier } from './Environment';

/** One commit that a deployment carried. @public */
export interface DeploymentCommit {
  sha: string;
  /** Clone URL of the repository it is in. */
  repoUrl: string;
  /** First line of the message. */
  subject: string;
  author: string;
  authorEmail?: string;
  /** ISO times. */
  authoredAt: string;
  committedAt: string;
  /** Page of the commit in its forge. */
  url?: string;
}

/** How Fairway found the commits of a deployment, surest first. @public */
export type AttributionMethod =
  | 'image-revision'
  | 'image-tag'
  | 'git-tag'
  | 'configuration'
  | 'none';

/** Why a deployment was recorded and does not count. @public */
export type NotCountedReason =
  | 'adoption'
  | 'same-revision'
  | 'not-touched'
  | 'preview'
  | 'not-production';

/** A signal that says a deployment needed intervention. @public */
export type FailureSignal =
  | 'reconcile'
  | 'health'
  | 'rollback'
  | 'revert'
  | 'rollout-aborted'
  | 'incident'
  | 'mark';

/** That a deployment needed intervention: the signal, and from when to when. @public */
export interface Failure {
  id: string;
  deploymentId: string;
  applicationId: string;
  signal: FailureSignal;
  /** One sentence, in the engine's or the commit's words. */
  reason: string;
  /** ISO time of the first failing signal. */
  startedAt: string;
  /** ISO time of the moment it was over; absent while it lasts. */
  endedAt?: string;
}

/**
 * A change of what runs, by DORA's meaning; not the Kubernetes kind.
 *
 * @public
 */
export interface Deployment {
  id: string;
  applicationId: string;
  /** Name of the application at that time. */
  applicationName: string;
  entityRef?: string;
  environment?: string;
  tier?: EnvironmentTier;
  engine: Engine;
  cluster: string;
  /** `observed`: the engine said so. `git`: read from the history at first sight. */
  source: 'observed' | 'git';
  kind: 'release' | 'configuration' | 'rollback';
  /** Deployment made to repair production: a revert, a rollback or a hotfix. */
  rework: boolean;
  /** Counted by the DORA metrics; otherwise `notCountedReason` says why not. */
  counted: boolean;
  notCountedReason?: NotCountedReason;
  revision: string;
  /**
   * Commit that `revision` was built from, when that is an artifact or a chart that says so (Flux),
   * or a branch that the engine rendered into (Argo CD).
   */
  originRevision?: string;
  previousRevision?: string;
  images: string[];
  /** What people call the version that it brought. */
  version?: string;
  previousVersion?: string;
  /** ISO times; a backfilled deployment has no start. */
  startedAt?: string;
  finishedAt: string;
  outcome: 'succeeded' | 'failed';
  message?: string;
  /** Who made the change, as Git names them; else who asked the engine. */
  author?: string;
  /** First line of the commit that changed the configuration. */
  subject?: string;
  commits: DeploymentCommit[];
  attribution: AttributionMethod;
  failures: Failure[];
}
