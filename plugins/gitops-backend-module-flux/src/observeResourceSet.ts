import type {
  GeneratorAttempt,
  GeneratorCondition,
  GeneratorDependency,
  GeneratorDetails,
} from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { readInventory } from './readInventory';
import { readOperatorHealth } from './readOperatorHealth';
import { readRef } from './readRefs';

const APPLICATION_KINDS = ['Kustomization', 'HelmRelease'];
const MAX_APPLICATIONS = 200;
const MAX_CONDITIONS = 20;
const MAX_INPUT_PROVIDERS = 50;
const MAX_DEPENDENCIES = 50;
/** The API allows no more. */
const MAX_STEPS = 20;
/** The operator keeps no more. */
const MAX_HISTORY = 5;

/**
 * A `ResourceSet` of the Flux Operator: what it made, by its inventory. Its inputs are told by
 * where they come from alone, because their values may be anything.
 */
export function observeResourceSet(
  object: KubernetesObject,
  context: ObserverContext,
): FactObservation {
  const fields = ObjectFields.of(object);
  const made = readInventory(fields.object('status'));
  const applications = made.filter(({ kind }) =>
    APPLICATION_KINDS.includes(kind),
  );
  return {
    type: 'fact',
    kind: 'generator',
    ref: readRef(object, context),
    labels: fields.object('metadata').record('labels'),
    title: `ResourceSet with ${countOf(
      applications.length,
      'application',
    )} among ${countOf(made.length, 'object')}`,
    ...readOperatorHealth(fields),
    details: {
      ...readDetails(fields),
      applications: applications
        .slice(0, MAX_APPLICATIONS)
        .map(({ kind, namespace, name }) => ({ kind, namespace, name }))
        .sort((a, b) => a.name.localeCompare(b.name)),
      applicationCount: applications.length,
      resourceCount: made.length,
    } satisfies GeneratorDetails,
  };
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function readDetails(
  fields: ObjectFields,
): Omit<GeneratorDetails, 'applications' | 'applicationCount'> {
  const spec = fields.object('spec');
  const status = fields.object('status');
  const history = readHistory(status);
  const dependsOn = readDependencies(spec);
  const steps = spec
    .list('steps')
    .slice(0, MAX_STEPS)
    .flatMap(step => step.string('name') ?? []);
  const inputProviders = spec
    .list('inputsFrom')
    .slice(0, MAX_INPUT_PROVIDERS)
    .flatMap(reference => {
      const name = reference.string('name');
      const labels = Object.entries(
        reference.object('selector').record('matchLabels'),
      ).map(([key, value]) => `${key}=${value}`);
      return name ? [name] : labels;
    });
  return {
    engine: 'flux',
    generators: ['inputs', 'inputsFrom'].filter(
      name => spec.list(name).length > 0,
    ),
    reads: [],
    ...(inputProviders.length > 0 && { inputProviders }),
    inputStrategy: spec.object('inputStrategy').string('name'),
    inputCount: history.find(({ inputCount }) => inputCount !== undefined)
      ?.inputCount,
    ...(dependsOn.length > 0 && { dependsOn }),
    ...(steps.length > 0 && { steps }),
    revision: status.string('lastAppliedRevision'),
    ...(history.length > 0 && { history }),
    conditions: readConditions(status),
  };
}

function readDependencies(spec: ObjectFields): GeneratorDependency[] {
  return spec
    .list('dependsOn')
    .slice(0, MAX_DEPENDENCIES)
    .flatMap(dependency => {
      const kind = dependency.string('kind');
      const name = dependency.string('name');
      const namespace = dependency.string('namespace');
      const ready = dependency.boolean('ready') === true;
      return kind && name ? [{ kind, namespace, name, ready }] : [];
    });
}

/** Numbers in the metadata of the history are texts. */
function readCount(metadata: ObjectFields, name: string): number | undefined {
  const text = metadata.string(name) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function readHistory(status: ObjectFields): GeneratorAttempt[] {
  return status
    .list('history')
    .slice(0, MAX_HISTORY)
    .flatMap(entry => {
      const digest = entry.string('digest');
      const firstAt = entry.time('firstReconciled');
      const lastAt = entry.time('lastReconciled');
      const metadata = entry.object('metadata');
      return digest && firstAt && lastAt
        ? [
            {
              ...{ digest, firstAt, lastAt },
              status: entry.string('lastReconciledStatus') ?? 'Unknown',
              count: entry.number('totalReconciliations') ?? 1,
              inputCount: readCount(metadata, 'inputs'),
              resourceCount: readCount(metadata, 'resources'),
            },
          ]
        : [];
    });
}

function readConditions(status: ObjectFields): GeneratorCondition[] {
  return status
    .list('conditions')
    .slice(0, MAX_CONDITIONS)
    .flatMap(item => {
      const type = item.string('type');
      return type
        ? [
            {
              type,
              status: item.string('status') ?? 'Unknown',
              reason: item.string('reason'),
              message: item.message('message'),
              since: item.time('lastTransitionTime'),
            },
          ]
        : [];
    });
}
