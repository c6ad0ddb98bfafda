import { KubernetesObject, ObjectKey } from '../../types';
import { Health } from '../health';

/** `spec.source` of an Application, as far as the stand-in reads it. */
export interface ApplicationSource {
  repoURL?: string;
  path?: string;
  targetRevision?: string;
  chart?: string;
  kustomize?: Record<string, unknown> & { images?: string[] };
  directory?: { recurse?: boolean };
}

export interface ApplicationCondition {
  type: 'InvalidSpecError' | 'ComparisonError' | 'SyncError' | 'DeletionError';
  message: string;
  lastTransitionTime?: string;
}

/** One resource of an application: what should be, what is, and how they compare. */
export interface ManagedResource {
  key: ObjectKey;
  target?: KubernetesObject;
  live?: KubernetesObject;
  status: 'Synced' | 'OutOfSync' | 'Unknown';
  health?: Health;
  requiresPruning: boolean;
  wave: number;
}

/** Desired against live state at one revision. */
export interface Comparison {
  source: ApplicationSource;
  /** Absent when the source could not be read. */
  revision?: string;
  sourceType?: 'Kustomize' | 'Directory';
  resources: ManagedResource[];
  /** Objects with a hook annotation: they run during a sync and are not compared. */
  hooks: KubernetesObject[];
  errors: ApplicationCondition[];
}

/** `operation` of an Application: a request to sync. */
export interface Operation {
  sync?: {
    revision?: string;
    prune?: boolean;
    dryRun?: boolean;
    source?: ApplicationSource;
    resources?: Array<{
      group?: string;
      kind: string;
      name: string;
      namespace?: string;
    }>;
    syncOptions?: string[];
    autoHealAttemptsCount?: number;
  };
  initiatedBy?: { username?: string; automated?: boolean };
  retry?: {
    limit?: number;
    backoff?: { duration?: string; factor?: number; maxDuration?: string };
  };
}

export interface ResourceResult {
  group: string;
  version: string;
  kind: string;
  namespace: string;
  name: string;
  status?: 'Synced' | 'SyncFailed' | 'Pruned' | 'PruneSkipped';
  message?: string;
  syncPhase: 'PreSync' | 'Sync' | 'PostSync';
  hookType?: string;
  hookPhase?: 'Running' | 'Succeeded' | 'Failed';
}

export interface OperationState {
  phase: 'Running' | 'Terminating' | 'Succeeded' | 'Failed' | 'Error';
  message?: string;
  operation: Operation;
  startedAt: string;
  finishedAt?: string;
  retryCount?: number;
  syncResult?: {
    revision: string;
    source: ApplicationSource;
    resources: ResourceResult[];
  };
}
