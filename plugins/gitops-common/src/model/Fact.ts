import type { ObjectRef } from './Application';
import type { HealthStatus } from './health';

/**
 * What a fact is about.
 *
 * - `rollout`: progressive delivery: an Argo Rollouts `Rollout`, a Flagger `Canary`;
 * - `preview`: what makes previews: an ApplicationSet over pull requests, a ResourceSet's inputs;
 * - `policy`: results of policies, or what a constraint's audit found;
 * - `secret`: an external secret, or the store it is read from;
 * - `backup`: a schedule of backups with the last backup;
 * - `generator`: what makes applications: an ApplicationSet, a ResourceSet;
 * - `project`: an Argo CD AppProject with its destinations and sync windows.
 *
 * @public
 */
export type FactKind =
  | 'rollout'
  | 'preview'
  | 'policy'
  | 'secret'
  | 'backup'
  | 'generator'
  | 'project';

/**
 * Something that Fairway knows about a service beside its applications: a rollout, a
 * preview, a guardrail.
 *
 * @public
 */
export interface Fact {
  /** Opaque and stable. */
  id: string;
  kind: FactKind;
  ref: ObjectRef;
  entityRef?: string;
  environment?: string;
  /** Id of the application that manages what it is about, or that deploys to its place. */
  applicationId?: string;
  /** What people read, one line. */
  title: string;
  health: HealthStatus;
  /** Why it is not healthy, and what to do. */
  message?: string;
  /** Details by kind; JSON. */
  details: Record<string, unknown>;
  observedAt: string;
  /** Set when its cluster cannot be seen at present: what is shown was true then (ISO time). */
  staleSince?: string;
}
