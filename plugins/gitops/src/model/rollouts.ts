import type {
  Fact,
  HealthStatus,
  RolloutDetails,
  RolloutMetric,
  RolloutStep,
} from '@fairway/plugin-gitops-common';
import { FactFields } from './FactFields';

/** One analysis of a rollout, with what it measured. */
export interface Analysis {
  name: string;
  /** What it is for, in the engine's word: `Step`, `Background`, ... */
  purpose?: string;
  /** Index of the step that it was made for. */
  step?: number;
  phase: string;
  health: HealthStatus;
  message?: string;
  metrics: RolloutMetric[];
}

/** A rollout as the page of a service shows it, whatever engine does it. */
export interface Rollout {
  id: string;
  ref: Fact['ref'];
  environment?: string;
  /** Name of what is rolled out. */
  name: string;
  health: HealthStatus;
  message?: string;
  engine?: RolloutDetails['engine'];
  strategy?: RolloutDetails['strategy'];
  /** The engine's own word. */
  phase: string;
  steps: RolloutStep[];
  currentStep?: number;
  weight?: number;
  maxWeight?: number;
  paused?: NonNullable<RolloutDetails['paused']>;
  analyses: Analysis[];
  failedChecks?: number;
  threshold?: number;
  aborted: boolean;
  /** ISO time since when all this may be out of date. */
  staleSince?: string;
}

const ANALYSIS_HEALTH = new Map<string, HealthStatus>([
  ['Pending', 'progressing'],
  ['Running', 'progressing'],
  ['Successful', 'healthy'],
  ['Failed', 'degraded'],
  ['Error', 'degraded'],
]);

/** How an analysis, or one of its metrics, goes. */
export function analysisHealth(phase: string): HealthStatus {
  return ANALYSIS_HEALTH.get(phase) ?? 'unknown';
}

function isRun(fact: Fact): boolean {
  return fact.ref.kind === 'AnalysisRun';
}

function readStep(step: FactFields): RolloutStep {
  return {
    kind:
      step.oneOf('kind', ['weight', 'pause', 'analysis', 'other']) ?? 'other',
    weight: step.number('weight'),
    duration: step.string('duration'),
    label: step.string('label') ?? step.string('kind') ?? '',
  };
}

function readMetric(metric: FactFields): RolloutMetric[] {
  const name = metric.string('name');
  return name
    ? [
        {
          name,
          phase: metric.string('phase') ?? 'Unknown',
          value: metric.string('value'),
          count: metric.number('count'),
          failed: metric.number('failed'),
        },
      ]
    : [];
}

/** The analysis as the rollout names it, completed by the fact of its run. */
function readAnalysis(
  named: FactFields,
  runs: ReadonlyMap<string, Fact>,
): Analysis[] {
  const name = named.string('name');
  if (!name) {
    return [];
  }
  const run = runs.get(name);
  const ran = FactFields.of(run?.details);
  // The rollout speaks of now; its run may be the newer of the two only in what it measured.
  const phase = named.string('phase') ?? ran.string('phase') ?? 'Unknown';
  const measured = ran.list('metrics').flatMap(readMetric);
  return [
    {
      name,
      purpose: ran.string('purpose'),
      step: ran.number('step'),
      phase,
      health: analysisHealth(phase),
      message: named.string('message') ?? run?.message,
      metrics:
        measured.length > 0
          ? measured
          : named.list('metrics').flatMap(readMetric),
    },
  ];
}

function readRollout(fact: Fact, runs: ReadonlyMap<string, Fact>): Rollout {
  const fields = FactFields.of(fact.details);
  const paused = fields.object('paused');
  const reason = paused.string('reason');
  return {
    id: fact.id,
    ref: fact.ref,
    environment: fact.environment,
    name: fields.object('workload').string('name') ?? fact.ref.name,
    health: fact.health,
    message: fact.message,
    engine: fields.oneOf('engine', ['flagger', 'argo-rollouts']),
    strategy: fields.oneOf('strategy', ['canary', 'blue-green', 'ab']),
    phase: fields.string('phase') ?? 'Unknown',
    steps: fields.list('steps').map(readStep),
    currentStep: fields.number('currentStep'),
    weight: fields.number('weight'),
    maxWeight: fields.number('maxWeight'),
    paused: reason ? { reason, since: paused.string('since') } : undefined,
    analyses: fields
      .list('analysis')
      .flatMap(named => readAnalysis(named, runs)),
    failedChecks: fields.number('failedChecks'),
    threshold: fields.number('threshold'),
    aborted: fields.boolean('aborted') === true,
    staleSince: fact.staleSince,
  };
}

/** The rollouts among the facts, those that want a look first. */
export function listRollouts(facts: readonly Fact[]): Rollout[] {
  const rollouts = facts.filter(({ kind }) => kind === 'rollout');
  const place = ({ cluster, namespace }: Fact['ref']) =>
    `${cluster}/${namespace}`;
  return rollouts
    .filter(fact => !isRun(fact))
    .map(fact =>
      readRollout(
        fact,
        new Map(
          rollouts
            .filter(
              other => isRun(other) && place(other.ref) === place(fact.ref),
            )
            .map(run => [run.ref.name, run]),
        ),
      ),
    )
    .sort((a, b) => Number(isComplete(a)) - Number(isComplete(b)));
}

/** True when there is nothing to look at: one version has everything. */
export function isComplete(rollout: Rollout): boolean {
  return rollout.health === 'healthy';
}

/** What a rollout waits for. */
export type PauseReason =
  | 'timed'
  | 'open'
  | 'blueGreen'
  | 'inconclusive'
  | 'manual';

/** The reason of a pause; undefined when the engine says it in a sentence of its own. */
export function pauseReason(rollout: Rollout): PauseReason | undefined {
  const reason = rollout.paused?.reason ?? '';
  if (/Inconclusive/.test(reason)) {
    return 'inconclusive';
  }
  if (reason === 'ManuallyPaused') {
    return 'manual';
  }
  if (reason === 'BlueGreenPause') {
    return 'blueGreen';
  }
  if (reason !== 'CanaryPauseStep') {
    return undefined;
  }
  return pauseDuration(rollout) ? 'timed' : 'open';
}

/** How long the pause lasts that a rollout is in, as the engine writes it. */
export function pauseDuration(rollout: Rollout): string | undefined {
  const { steps, currentStep } = rollout;
  return currentStep === undefined ? undefined : steps[currentStep]?.duration;
}

/** A word of an engine as people read it: "WaitingPromotion" is "Waiting promotion". */
export function readableWord(word: string): string {
  const words = word.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
