import type { EnvironmentTier } from './Environment';
import type { HealthStatus } from './health';
import type { SyncStatus } from './sync';
import type { MigrationPhase, SyncPolicy } from './SyncPolicy';

/** The engines that Fairway's own modules observe. @public */
export type Engine = 'argocd' | 'flux';

/** Names one object of one cluster. @public */
export interface ObjectRef {
  /** Name of the cluster in the `kubernetes:` section. */
  cluster: string;
  /** For example `argoproj.io/v1alpha1`. */
  apiVersion: string;
  kind: string;
  /** Absent for cluster-scoped objects. */
  namespace?: string;
  name: string;
}

/** Where the manifests of an application come from. @public */
export interface ApplicationSource {
  /** Clone URL, Helm repository URL or OCI URL. */
  repoUrl?: string;
  /** Folder below the root of the repository, without a leading `./`; empty for the root. */
  path?: string;
  /** Name of a Helm chart, when the source is one. */
  chart?: string;
  /** Branch, tag, commit or version range that is followed. */
  targetRevision?: string;
  /** What turns it into manifests, as far as the engine says so. */
  type?: 'kustomize' | 'helm' | 'directory' | 'plugin';
  /** The object of the cluster that fetches it: a Flux source. */
  ref?: ObjectRef;
}

/** One object that an application manages. @public */
export interface ApplicationResource {
  group: string;
  version: string;
  kind: string;
  namespace?: string;
  name: string;
  sync?: SyncStatus;
  health?: HealthStatus;
  message?: string;
  /** True when it runs and Git no longer names it. */
  requiresPruning?: boolean;
}

/** What the engine is doing, or did last. @public */
export interface ApplicationOperation {
  phase: 'running' | 'terminating' | 'succeeded' | 'failed';
  /** True when it only tries out what a sync would do: it says nothing of what runs. */
  dryRun?: boolean;
  message?: string;
  /** ISO times. */
  startedAt?: string;
  finishedAt?: string;
  revision?: string;
  /** Who asked for it; absent when the engine did so by itself. */
  initiatedBy?: string;
  /** How often it was tried again after it failed; absent when it was not. */
  retryCount?: number;
}

/** A warning or an error that the engine attached to the application. @public */
export interface ApplicationCondition {
  type: string;
  message: string;
  since?: string;
}

/**
 * One object that a GitOps engine reconciles for a service in an environment on a cluster.
 *
 * @public
 */
export interface Application {
  /** Opaque and stable; safe in a URL path segment. */
  id: string;
  engine: Engine;
  ref: ObjectRef;
  /** Entity ref of the component it belongs to; absent when it is unregistered. */
  entityRef?: string;
  /** Name of its environment; absent when no label says so. */
  environment?: string;
  tier?: EnvironmentTier;
  /** Number of the pull request that it previews. */
  pullRequest?: string;
  sync: SyncStatus;
  /** Why it is not synced, in the engine's words. */
  syncMessage?: string;
  /** ISO time since when `sync` has its value. */
  syncSince: string;
  health: HealthStatus;
  /** Why it is not healthy, in the engine's words. */
  healthMessage?: string;
  /** ISO time since when `health` has its value. */
  healthSince: string;
  policy: SyncPolicy;
  phase: MigrationPhase;
  /** Reconciliation is switched off. */
  suspended: boolean;
  /** The source that decides the revision and the version. */
  source: ApplicationSource;
  /** All sources in the engine's order, where it lists them; absent when it names a single one. */
  sources?: ApplicationSource[];
  /**
   * Where people write what the engine renders into `source` by itself (Argo CD's source
   * hydrator); revisions are those of `source`.
   */
  drySource?: ApplicationSource;
  /** Argo CD: the AppProject that it is in. */
  project?: string;
  /** Argo CD: the namespace of that AppProject, when it says so. */
  projectNamespace?: string;
  /**
   * The object that made it and would make it again: an ApplicationSet, an app of apps, a
   * ResourceSet or a Kustomization.
   */
  parent?: ObjectRef;
  /** Applications that must be ready before this one is reconciled (Flux `dependsOn`). */
  dependsOn?: ObjectRef[];
  /** Where it deploys to; `server` is an address or a name, absent for the engine's own cluster. */
  destination: { namespace?: string; server?: string };
  /** Revision that runs: a commit for Git sources, a version for charts. */
  revision?: string;
  /** Revision that should run, when the engine knows it. */
  desiredRevision?: string;
  /**
   * Commit that `revision` was built from, when that is an artifact or a chart that says so (Flux),
   * or a branch that the engine rendered `drySource` into.
   */
  originRevision?: string;
  /** Full image references that run, sorted. */
  images: string[];
  /** What people call the version: the tag of the main image, else chart version, else short revision. */
  version?: string;
  resources: ApplicationResource[];
  /** How many there are, when `resources` holds only a part of them. */
  resourceCount?: number;
  operation?: ApplicationOperation;
  conditions: ApplicationCondition[];
  /** URLs that the application serves. */
  externalUrls: string[];
  /** Page of the engine's own user interface, when one is configured. */
  engineUrl?: string;
  /** The last deployment that Fairway recorded. */
  lastDeployment?: {
    id: string;
    finishedAt: string;
    outcome: 'succeeded' | 'failed';
    /** Who made the change, as Git names them. */
    author?: string;
  };
  /** Commands that its engine allows now; permission is a different question. */
  commands: ApplicationCommand[];
  /** ISO time of the last observation. */
  observedAt: string;
  /** Set when the cluster cannot be seen at present: what is shown was true then (ISO time). */
  staleSince?: string;
}

/** Names one object that an application manages, for a command about it alone. @public */
export interface CommandResource {
  /** Empty for the core group. */
  group: string;
  kind: string;
  namespace?: string;
  name: string;
}

/** The commands that change no desired state. @public */
export const APPLICATION_COMMANDS = [
  'sync',
  'refresh',
  'suspend',
  'resume',
  'terminate',
] as const;

/** One of {@link APPLICATION_COMMANDS}. @public */
export type ApplicationCommand = (typeof APPLICATION_COMMANDS)[number];
