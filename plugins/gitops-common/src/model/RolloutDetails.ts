/**
 * The `details` of a fact of kind `rollout`: progressive delivery as Argo Rollouts and Flagger
 * report it, in one vocabulary.
 *
 * @remarks
 * Everything that an engine does not say is absent, never zero or empty. Weights are percent of
 * the traffic (or, without traffic routing, of the replicas) that the new version has.
 *
 * @public
 */
export interface RolloutDetails {
  engine: 'flagger' | 'argo-rollouts';
  strategy: 'canary' | 'blue-green' | 'ab';
  /** The engine's own word, for example `Progressing` or `Paused`. */
  phase: string;
  /** The steps in the order in which they are taken, when they are known beforehand. */
  steps?: RolloutStep[];
  /** Index in `steps` of the one being taken; their number when all were taken. */
  currentStep?: number;
  /** Percent that the new version has now. */
  weight?: number;
  /** Percent after which the new version is promoted. */
  maxWeight?: number;
  /** Set while it waits for somebody or for time to pass. */
  paused?: {
    reason: string;
    /** ISO time. */
    since?: string;
  };
  /** Newest last. */
  analysis?: RolloutAnalysis[];
  /** Checks that failed in this rollout. */
  failedChecks?: number;
  /** Failed checks after which it is aborted. */
  threshold?: number;
  /** The object whose versions are rolled out, in the namespace of the rollout. */
  workload?: { kind: string; name: string };
  /** True when it was aborted, and the old version has the traffic again. */
  aborted?: boolean;
}

/** One step of a rollout. @public */
export interface RolloutStep {
  kind: 'weight' | 'pause' | 'analysis' | 'other';
  /** Percent, for steps of kind `weight`. */
  weight?: number;
  /** How long it lasts, as the engine writes it: `30s`, `5m`; absent when somebody must resume it. */
  duration?: string;
  /** What people read, for example `20 %` or `Pause 5m`. */
  label: string;
}

/** One analysis of a rollout. @public */
export interface RolloutAnalysis {
  name: string;
  /** The engine's own word, for example `Running` or `Failed`. */
  phase: string;
  message?: string;
  metrics?: RolloutMetric[];
}

/** One metric of an analysis. @public */
export interface RolloutMetric {
  name: string;
  /** The engine's own word. */
  phase: string;
  /** The last value that was measured, as the engine writes it. */
  value?: string;
  /** Measurements taken. */
  count?: number;
  /** Measurements that failed. */
  failed?: number;
}

/**
 * The `details` of a fact of kind `rollout` whose object is an `AnalysisRun` of Argo Rollouts: the
 * measurements of one analysis. Of the runs of one kind of a rollout only the latest is kept.
 *
 * @public
 */
export interface AnalysisRunDetails {
  engine: 'argo-rollouts';
  /** Name of the `Rollout` in the same namespace that it was made for, if it was. */
  rollout?: string;
  /** What it is for: `Step`, `Background`, `PrePromotion` or `PostPromotion`, if it says so. */
  purpose?: string;
  /** Index of the step that it was made for. */
  step?: number;
  /** The engine's own word, for example `Running`, `Failed` or `Inconclusive`. */
  phase: string;
  metrics: RolloutMetric[];
  /** ISO times. */
  startedAt?: string;
  finishedAt?: string;
}
