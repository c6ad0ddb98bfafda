import type {
  GeneratorCondition,
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
    conditions: readConditions(fields.object('status')),
  };
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
