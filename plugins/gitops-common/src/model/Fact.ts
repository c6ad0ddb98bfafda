import type { ObjectRef } from './Application';
import type { HealthStatus } from './health';

/**
 * Something that Fairway knows about a service beside its applications: a rollout, a
 * preview, a guardrail.
 *
 * @public
 */
export interface Fact {
  /** Opaque and stable. */
  id: string;
  kind: 'rollout' | 'preview' | 'policy' | 'secret' | 'backup';
  ref: ObjectRef;
  entityRef?: string;
  environment?: string;
  /** What people read, one line. */
  title: string;
  health: HealthStatus;
  /** Why it is not healthy, and what to do. */
  message?: string;
  /** Details by kind; JSON. */
  details: Record<string, unknown>;
  observedAt: string;
}
