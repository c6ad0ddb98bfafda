import type { RolloutStep } from '@fairway/plugin-gitops-common';
import type { ObjectFields } from '@fairway/plugin-gitops-node';

/** What a step is called that is none of weight, pause and analysis. */
const OTHER_STEPS: Record<string, string> = {
  experiment: 'Experiment',
  setCanaryScale: 'Scale',
  setHeaderRoute: 'Route by header',
  setMirrorRoute: 'Mirror traffic',
  plugin: 'Plugin',
};

/** The steps of `spec.strategy.canary`, one for each, also for those that are not known. */
export function readSteps(canary: ObjectFields): RolloutStep[] {
  return canary.list('steps').map(toStep);
}

function toStep(step: ObjectFields): RolloutStep {
  const weight = step.number('setWeight');
  if (weight !== undefined) {
    return { kind: 'weight', weight, label: `${weight} %` };
  }
  if (step.has('pause')) {
    const duration = readDuration(step.object('pause'));
    return {
      kind: 'pause',
      duration,
      label: duration ? `Pause ${duration}` : 'Pause until promoted',
    };
  }
  if (step.has('analysis')) {
    const names = step
      .object('analysis')
      .list('templates')
      .flatMap(template => template.string('templateName') ?? []);
    return { kind: 'analysis', label: ['Analysis', ...names].join(' ') };
  }
  const kind = Object.keys(OTHER_STEPS).find(name => step.has(name));
  const name = kind && step.object(kind).string('name');
  return {
    kind: 'other',
    label: kind
      ? [OTHER_STEPS[kind], name].filter(Boolean).join(' ')
      : step.keys()[0] ?? 'Unknown step',
  };
}

/** A number is one of seconds. */
function readDuration(pause: ObjectFields): string | undefined {
  const seconds = pause.number('duration');
  const text = pause.string('duration');
  if (seconds !== undefined) {
    return `${seconds}s`;
  }
  return text && /^\d+$/.test(text) ? `${text}s` : text;
}
