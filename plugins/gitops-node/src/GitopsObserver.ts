import type {
  Application,
  ApplicationCommand,
  CommandRequest,
  CommandRun,
  Engine,
  Fact,
  FailureSignal,
  HealthStatus,
  ObjectRef,
  SyncStatus,
} from '@fairway/plugin-gitops-common';
import type { JsonObject } from '@backstage/types';

/** Any object of the Kubernetes API; only the metadata is certain. @public */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

/** A kind that an observer wants to see. @public */
export interface ObservedResource {
  /** Empty for the core group. */
  group: string;
  /** Versions that the observer understands, newest first; the first one that the cluster serves is watched. */
  versions: string[];
  /** `*` with a plural of `*`: every kind that the cluster serves in the group, now or later. */
  kind: string;
  /** Lower-case plural, as in the URL. */
  plural: string;
  /** Watch only objects that match, for example `app.kubernetes.io/part-of=argocd`. */
  labelSelector?: string;
}

/** What an observer knows beside the object. @public */
export interface ObserverContext {
  cluster: string;
  /** Now, by the backend's clock. Observers MUST NOT read a clock themselves. */
  now: Date;
}

/**
 * One entry of an application's history: the engine finished reconciling a revision.
 *
 * @public
 */
export interface ObservedDeployment {
  /**
   * Stable over repeated observations of the same event, and different for any two events of one
   * application. For example `history/7` or `failed/<revision>/<startedAt>`.
   */
  key: string;
  revision: string;
  /** Commit that `revision` was built from, when it is an artifact or a chart that says so. */
  originRevision?: string;
  /**
   * True when the engine knows that something else runs by it: other manifests or values, perhaps of
   * the same revision. Absent: the revision decides, and what Git says of it.
   */
  changed?: true;
  /**
   * True when the engine keeps no history, and it is concluded from the state that the object is in
   * now. Its key MAY differ from one observation to the next; recorded is only another revision
   * than the last one.
   */
  inferred?: true;
  /** ISO times. */
  startedAt?: string;
  finishedAt: string;
  outcome: 'succeeded' | 'failed';
  message?: string;
  /** Who asked for it; absent when the engine did so by itself. */
  initiatedBy?: string;
  /** Images that it brought, when the engine knows them for this very entry. */
  images?: string[];
  /** What people call it where no image says so: the version of a chart. */
  version?: string;
}

/** An application as an engine reports it. @public */
export interface ApplicationObservation
  extends Pick<
    Application,
    | 'engine'
    | 'ref'
    | 'sync'
    | 'syncMessage'
    | 'health'
    | 'healthMessage'
    | 'policy'
    | 'suspended'
    | 'source'
    | 'sources'
    | 'drySource'
    | 'project'
    | 'projectNamespace'
    | 'parent'
    | 'dependsOn'
    | 'destination'
    | 'revision'
    | 'desiredRevision'
    | 'originRevision'
    | 'images'
    | 'resources'
    | 'resourceCount'
    | 'operation'
    | 'conditions'
    | 'externalUrls'
    | 'commands'
  > {
  type: 'application';
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** ISO time since when the engine says the health has its value, if it says so. */
  healthSince?: string;
  /**
   * What the engine works at, of one that forgets since when the health has its value whenever it
   * goes over the same once more. While this stays the same, health that comes back after
   * `progressing` never went.
   */
  attempt?: string;
  /** The version of a chart, when the source is one. */
  chartVersion?: string;
  /**
   * The object that holds the revision that should run (Flux sources). The recorder joins it, and
   * what that is made from: it fills `source.repoUrl`, `source.targetRevision`, `desiredRevision`
   * and `originRevision`, and decides whether `sync` is `synced`; what is `out-of-sync` by itself
   * stays so. An observation that names its own `desiredRevision` and no `sourceRevision` cannot
   * be compared, and keeps its `sync`.
   */
  sourceRef?: ObjectRef;
  /** What it took from `sourceRef` last, in the source's words; absent: its `revision`. */
  sourceRevision?: string;
  /** What the object's own history says, oldest first; replayed observations repeat it. */
  deployments: ObservedDeployment[];
}

/** A source that applications refer to, with the revision that it has now. @public */
export interface SourceObservation {
  type: 'source';
  ref: ObjectRef;
  url?: string;
  /** Branch, tag, commit or range that is followed. */
  targetRevision?: string;
  /** Folder below the root of what it is made from, when it holds a part of that only. */
  path?: string;
  /** Revision in the form that applications report, for example a 40-digit commit. */
  revision?: string;
  /** Commit that `revision` was built from, when it is an artifact or a chart that says so. */
  originRevision?: string;
  /** The source that it is made from (the repository of a chart), which says what it does not. */
  sourceRef?: ObjectRef;
  /** False when what it has may not be the newest: it could not be fetched. */
  ready: boolean;
  /** Why it is not ready; of one that is: why it stays as it is, because it is suspended. */
  message?: string;
}

/** The object that a fact speaks of, where that is not the object that says so. @public */
export interface FactSubject {
  /** Absent where the report does not say it; empty for the core group. */
  group?: string;
  kind: string;
  namespace?: string;
  name: string;
}

/**
 * A fact about a service: a rollout, a preview, a guardrail.
 *
 * @remarks
 * The recorder ties it to a service and an environment: by its labels; else by the application
 * that manages `subject` (or the object itself, when there is none); else by those that deploy to
 * `targetNamespace`, when all of them are of one service. What none of these decides belongs to
 * the cluster, and concerns services that share it; see `shared`.
 *
 * @public
 */
export interface FactObservation
  extends Pick<
    Fact,
    'kind' | 'ref' | 'title' | 'health' | 'message' | 'details'
  > {
  type: 'fact';
  labels: Record<string, string>;
  /** Namespace whose applications it concerns, when the labels do not say. */
  targetNamespace?: string;
  /** The object that it is about, when it is another than `ref`. */
  subject?: FactSubject;
  /**
   * Tells apart the facts of one object, which MUST be stable and distinct among them: one
   * report about many objects is a fact for each. Absent for the only or overall one.
   */
  part?: string;
  /**
   * Of objects that follow one another, such as the backups of a schedule, only the latest is
   * kept: of those with the same kind, namespace and `name`, the one with the latest `at` (ISO
   * time). An earlier one does not come back when the latest is deleted, before the next list.
   */
  series?: { name: string; at: string };
  /**
   * Where nobody owns it, it may concern several services of its cluster: a store of secrets, the
   * backups of all namespaces. Readers find by its details whether it concerns theirs.
   */
  shared?: boolean;
  /** ISO time since when the object says that its health has its value, if it says so. */
  healthSince?: string;
  /** The failure that it means for the deployment in progress, for example an aborted rollout. */
  failure?: {
    signal: FailureSignal;
    reason: string;
    /** ISO time of the first failing signal, when the object says so. */
    startedAt?: string;
    /** Images of the version that failed, where the object names them. */
    images?: string[];
  };
}

/** What an observer says about one object. @public */
export type Observation =
  | ApplicationObservation
  | SourceObservation
  | FactObservation;

/** One write to a cluster that carries out a command. @public */
export interface CommandPatch {
  ref: ObjectRef;
  /** Lower-case plural, as in the URL. */
  plural: string;
  /** Content type of the patch. */
  type: 'application/merge-patch+json';
  /** Written onto the very version of the object that was read for it. */
  patch: JsonObject;
  /**
   * The object need not be there; then this write is left out. The last patch of a command MUST
   * NOT be optional: it is the one that the command is followed by.
   */
  optional?: boolean;
  /**
   * The object keeps the last request alone: a command of its kind that is not over gives way to
   * this one. Without it, a sync is refused while another one is on its way.
   */
  supersedes?: boolean;
  /** What who asks should know beside that it was asked for: part of a sentence. */
  note?: string;
}

/** What `progress` is told beside the object. @public */
export interface ProgressContext {
  /** The object of the patch before, as it is now; absent for the first patch. */
  before?: KubernetesObject;
  /** The object was read for the patch, which is not written yet. */
  beforehand?: boolean;
}

/** What `commands` needs to know. @public */
export interface CommandContext {
  command: ApplicationCommand;
  request: CommandRequest;
  /** Entity ref of the user who asked, for the engine's own record. */
  user: string;
  now: Date;
  /** Facts of kind `project` about the application's own project, as last observed. */
  projects?: readonly Fact[];
  /**
   * Nobody asks for the sync: it is what the engine would do by itself now, where its policy says
   * so. Nothing is written; what is thrown tells why the engine does not do it.
   */
  isAutomatic?: boolean;
}

/** How a command stands, by what its object says now. @public */
export interface CommandProgress {
  state: Exclude<CommandRun['state'], 'lost'>;
  /** One sentence in the engine's words, when it says something. */
  message?: string;
  /** ISO time of the end. */
  finishedAt?: string;
  /** Of one that ended, as `limitResults` bounds it. */
  results?: CommandRun['results'];
  omittedResults?: number;
}

/**
 * Maps the objects of one engine to observations, and commands to patches.
 *
 * @remarks
 * All members are pure: they MUST NOT keep state, read clocks, or call anything, and MUST accept
 * any object of their kinds, whatever is missing from it. An object that makes no sense SHOULD be
 * reported as an application with unknown health and a message rather than by throwing; what is
 * thrown is reported for that object alone.
 *
 * @public
 */
export interface GitopsObserver {
  /** Unique among all observers, for example `argocd`. */
  readonly id: string;
  /** The kinds that it wants to see. */
  readonly resources: ObservedResource[];
  /** What one object means; empty when it means nothing to Fairway. */
  observe(object: KubernetesObject, context: ObserverContext): Observation[];
  /**
   * The patches, in order, that carry out a command on one of its applications. Each after the
   * first is written when `progress` says that the command succeeded at the object of the one
   * before; without `progress`, all are written at once.
   *
   * @param application - for a command that somebody gives: as its object in the cluster says just
   *   before the first write
   * @throws InputError when the engine has no such command, or would not do by itself what
   *   `isAutomatic` asks about; saying why, and until when where that is known.
   */
  commands?(application: Application, context: CommandContext): CommandPatch[];
  /**
   * How a command stands at the object of one of its patches, by what the object says now. Called
   * with each observation of that object until the command is over; undefined when the object says
   * nothing of it. Also asked before a patch of another object than the application's, or a later
   * one, is written: what fails or is over then is not written.
   */
  progress?(
    object: KubernetesObject,
    run: CommandRun,
    context: ProgressContext,
  ): CommandProgress | undefined;
}

/** Re-exported for observers. @public */
export type { Engine, HealthStatus, SyncStatus };
