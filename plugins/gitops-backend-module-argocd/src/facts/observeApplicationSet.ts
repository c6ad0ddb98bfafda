import type {
  GeneratedApplication,
  GeneratorCondition,
  GeneratorDetails,
  HealthStatus,
} from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { lookUp } from '../lookUp';
import { toHealth, toSync } from '../readHealth';
import { factBase, toDetails } from './factBase';
import { readGenerators } from './readGenerators';

/** What to do, by the reason that Argo CD gives for an error. */
const ADVICE: Record<string, string> = {
  ApplicationGenerationFromParamsError:
    'see that its generators can read what they name, with the credentials that they have',
  RenderTemplateParamsError:
    'correct its template in Git, or the parameters that it uses',
  ApplicationValidationError:
    'correct its template in Git, so that its project allows what it makes',
  CreateApplicationError:
    'see that no other application has the name, and what the cluster refused',
  UpdateApplicationError: 'see what the cluster refused',
  DeleteApplicationError: 'look at the finalizers of the application',
  SyncApplicationError: 'look at the applications of the step',
  RefreshApplicationError: 'see what the cluster refused',
};

/** More than Argo CD has kinds of. */
const MAX_CONDITIONS = 20;

/** As many as a page shows; the count tells of the others. */
const MAX_APPLICATIONS = 500;

/**
 * What an `ApplicationSet` says; its details are {@link GeneratorDetails}. One that makes
 * applications of pull requests is a fact of kind `preview`, every other one of kind `generator`.
 *
 * @remarks
 * The order of what decides its health is that of Argo CD's `CalculateHealth`: an error, a
 * rollout in progress, up to date; else unknown.
 */
export function observeApplicationSet(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation {
  const fields = ObjectFields.of(object);
  const spec = fields.object('spec');
  const status = fields.object('status');
  const { kinds, reads } = readGenerators(spec.list('generators'));
  const applications = readApplications(status);
  const conditions = readConditions(status);
  const policy = spec.object('syncPolicy');
  const count = Math.max(
    status.number('resourcesCount') ?? 0,
    applications.length,
  );
  const details: GeneratorDetails = {
    engine: 'argocd',
    generators: kinds,
    reads,
    applications: applications.slice(0, MAX_APPLICATIONS),
    applicationCount: count,
    applicationsSync: policy.string('applicationsSync'),
    preserveResourcesOnDeletion: policy.boolean('preserveResourcesOnDeletion'),
    rolloutSteps: readSteps(spec),
    conditions,
  };
  return {
    ...factBase(object, context),
    kind: kinds.includes('pullRequest') ? 'preview' : 'generator',
    title: `ApplicationSet ${object.metadata.name}: ${count} ${
      count === 1 ? 'application' : 'applications'
    }`,
    ...judge(conditions, applications),
    details: toDetails(details),
  };
}

function readConditions(status: ObjectFields): GeneratorCondition[] {
  const conditions = status.list('conditions').slice(0, MAX_CONDITIONS);
  return conditions.flatMap(condition => {
    const type = condition.string('type');
    return type
      ? [
          {
            type,
            status: condition.string('status') ?? 'Unknown',
            reason: condition.string('reason'),
            message: condition.message('message'),
            since: condition.time('lastTransitionTime'),
          },
        ]
      : [];
  });
}

/** Number of the steps of a rolling sync; only then Argo CD follows steps. */
function readSteps(spec: ObjectFields): number | undefined {
  const strategy = spec.object('strategy');
  return strategy.string('type') === 'RollingSync'
    ? strategy.object('rollingSync').list('steps').length
    : undefined;
}

/** What is in `resources`, with what `applicationStatus` says of their steps. */
function readApplications(status: ObjectFields): GeneratedApplication[] {
  const made = new Map<string, GeneratedApplication>();
  for (const resource of status.list('resources')) {
    const name = resource.string('name');
    if (name) {
      const health = resource.object('health').string('status');
      const sync = resource.string('status');
      made.set(name, {
        namespace: resource.string('namespace'),
        name,
        health: health ? toHealth(health) : undefined,
        sync: sync ? toSync(sync) : undefined,
      });
    }
  }
  for (const progress of status.list('applicationStatus')) {
    const name = progress.string('application');
    if (name) {
      const step = Number(progress.string('step'));
      made.set(name, {
        ...(made.get(name) ?? { name }),
        // Argo CD writes -1 for one that no step names.
        step: Number.isInteger(step) && step > 0 ? step : undefined,
        status: progress.string('status'),
        message: progress.message('message'),
        since: progress.time('lastTransitionTime'),
      });
    }
  }
  return [...made.values()].sort((a, b) =>
    a.name < b.name ? -1 : Number(a.name > b.name),
  );
}

function judge(
  conditions: readonly GeneratorCondition[],
  applications: readonly GeneratedApplication[],
): { health: HealthStatus; message?: string } {
  const find = (type: string, status: string) =>
    conditions.find(one => one.type === type && one.status === status);
  const failed =
    find('ErrorOccurred', 'True') ?? find('ParametersGenerated', 'False');
  if (failed) {
    return { health: 'degraded', message: explain(failed) };
  }
  const progressing = find('RolloutProgressing', 'True');
  if (progressing) {
    return {
      health: 'progressing',
      message: explainRollout(progressing, applications),
    };
  }
  if (find('ResourcesUpToDate', 'True')) {
    return { health: 'healthy' };
  }
  const behind = find('ResourcesUpToDate', 'False');
  return behind
    ? { health: 'progressing', message: explain(behind) }
    : {
        health: 'unknown',
        message:
          'Argo CD has not worked on it yet; if that lasts, look whether the ApplicationSet controller runs, and whether it watches this namespace',
      };
}

function explain({ type, reason, message }: GeneratorCondition): string {
  const advice =
    lookUp(ADVICE, reason) ??
    'look at the logs of the ApplicationSet controller';
  return `${message ?? reason ?? type}; ${advice}`;
}

function explainRollout(
  { message }: GeneratorCondition,
  applications: readonly GeneratedApplication[],
): string {
  const waiting = applications.filter(
    ({ status }) => status !== undefined && status !== 'Healthy',
  );
  const steps = waiting.flatMap(({ step }) => step ?? []);
  const now = steps.length > 0 ? Math.min(...steps) : undefined;
  const names = waiting
    .filter(({ step }) => step === now)
    .slice(0, 3)
    .map(({ name }) => name);
  const progress =
    now === undefined
      ? undefined
      : `step ${now} waits until ${names.join(', ')} ${
          names.length === 1 ? 'is' : 'are'
        } healthy`;
  return [message, progress].filter(Boolean).join('; ');
}
