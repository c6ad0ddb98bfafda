import type { HealthStatus } from './health';
import type { SyncStatus } from './sync';

/**
 * The `details` of a fact of kind `generator`, or `preview` when pull requests make the
 * applications: an Argo CD ApplicationSet, a ResourceSet of the Flux Operator.
 *
 * @remarks
 * What the engine does not say is absent.
 *
 * @public
 */
export interface GeneratorDetails {
  engine: 'argocd' | 'flux';
  /**
   * Kinds of its generators, by the names of their fields, outermost first, each once: for example
   * `matrix`, `git`, `list`, `pullRequest`.
   */
  generators: string[];
  /** Clone URLs that its generators read, and projects of forges as `owner/name`; sorted. */
  reads: string[];
  /** Flux: names of the input providers in its namespace, or the labels that select them. */
  inputProviders?: string[];
  /** Flux: how several providers are combined, `Flatten` or `Permute`. */
  inputStrategy?: string;
  /** Flux: how many sets of inputs it made objects of when it last did. */
  inputCount?: number;
  /** Flux: what must be there, or be ready, before it makes anything. */
  dependsOn?: GeneratorDependency[];
  /** Flux: names of its steps, each of which waits for the one before. */
  steps?: string[];
  /** Flux: digest of what it applied last. */
  revision?: string;
  /** Flux: what it applied or could not, newest first; the engine keeps a few. */
  history?: GeneratorAttempt[];
  /** The applications that it made, sorted by name; the engine may leave some out. */
  applications: GeneratedApplication[];
  /** How many it made, also those that are left out of `applications`. */
  applicationCount: number;
  /** How many objects it made of whatever kind, its applications among them. */
  resourceCount?: number;
  /** What it may do to them: `sync`, `create-only`, `create-update` or `create-delete`. */
  applicationsSync?: string;
  /** True when the objects of an application stay when it is deleted. */
  preserveResourcesOnDeletion?: boolean;
  /** Number of the steps in which it syncs them; absent when it leaves that to each. */
  rolloutSteps?: number;
  /** The engine's own conditions, in its order. */
  conditions: GeneratorCondition[];
}

/** An object that a generator waits for. @public */
export interface GeneratorDependency {
  kind: string;
  namespace?: string;
  name: string;
  /** Being there is not enough. */
  ready: boolean;
}

/** One result of a generator, with how often it came. @public */
export interface GeneratorAttempt {
  /** Of the objects; of what they are made from, when they could not be made. */
  digest: string;
  /** The engine's reason: `ReconciliationSucceeded`, `BuildFailed`. */
  status: string;
  /** ISO times. */
  firstAt: string;
  lastAt: string;
  count: number;
  inputCount?: number;
  resourceCount?: number;
}

/** One application that a generator made. @public */
export interface GeneratedApplication {
  /** When the generator makes more than one kind. */
  kind?: string;
  namespace?: string;
  name: string;
  /** As the generator saw them last; absent where it does not look. */
  health?: HealthStatus;
  sync?: SyncStatus;
  /** Progressive syncs: the number of its step, counted from 1. */
  step?: number;
  /** Progressive syncs, the engine's own word: `Waiting`, `Pending`, `Progressing`, `Healthy`. */
  status?: string;
  message?: string;
  /** ISO time since when it has its status. */
  since?: string;
}

/** What a generator says about itself. @public */
export interface GeneratorCondition {
  /** For example `ErrorOccurred`, `ParametersGenerated`, `ResourcesUpToDate`. */
  type: string;
  /** `True`, `False` or `Unknown`. */
  status: string;
  reason?: string;
  message?: string;
  /** ISO time. */
  since?: string;
}
