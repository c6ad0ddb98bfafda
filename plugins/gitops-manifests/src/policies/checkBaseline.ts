import { LABEL_TEAM } from '@fairway/plugin-gitops-common';
import type { RenderedObject } from '../kustomize';
import { isFromRegistry, isPinned } from './imageNames';
import { violationMessage } from './policyCatalog';
import {
  BASELINE_POLICIES,
  SYSTEM_NAMESPACES,
  type ValidatingName,
} from './policyInput';

/** A rule that an object breaks. @public */
export interface PolicyViolation {
  /** Name of the policy. */
  rule: ValidatingName;
  /** The object, as kind/name. */
  object: string;
  message: string;
}

/** @public */
export interface CheckBaselineOptions {
  /** Rules to check. Default: all for which there is what they need. */
  rules?: readonly ValidatingName[];
  /** Registries from which images may come; without them any will do. */
  registries?: readonly string[];
  /** Namespaces for which no rule holds. Default: those of the system. */
  excludedNamespaces?: readonly string[];
}

interface Container {
  name?: string;
  image?: string;
  securityContext?: { privileged?: boolean };
  resources?: {
    requests?: Record<string, unknown>;
    limits?: Record<string, unknown>;
  };
  livenessProbe?: unknown;
  readinessProbe?: unknown;
}

interface PodSpec {
  containers?: Container[];
  initContainers?: Container[];
  ephemeralContainers?: Container[];
}

/** Kinds that have to name a team. */
const OWNED_KINDS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'CronJob',
  'Rollout',
];

/** Kinds whose pods run until somebody ends them. */
const LONG_RUNNING_KINDS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Rollout',
];

const POD_PATHS: Record<string, string[]> = {
  Pod: ['spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  ...Object.fromEntries(
    [...LONG_RUNNING_KINDS, 'ReplicaSet', 'Job'].map(kind => [
      kind,
      ['spec', 'template', 'spec'],
    ]),
  ),
};

function containersOf(
  object: RenderedObject,
  fields: ReadonlyArray<keyof PodSpec>,
): Container[] {
  const keys = POD_PATHS[object.kind];
  if (!keys) {
    return [];
  }
  let value: unknown = object;
  for (const key of keys) {
    value = (value as Record<string, unknown> | null | undefined)?.[key];
  }
  const pod = (value ?? {}) as PodSpec;
  return fields
    .flatMap(field => (Array.isArray(pod[field]) ? pod[field] : []))
    .map(container => container ?? {});
}

const allContainers = (object: RenderedObject) =>
  containersOf(object, ['containers', 'initContainers', 'ephemeralContainers']);

type Rule = (object: RenderedObject, options: CheckBaselineOptions) => boolean;

/** Whether an object keeps a rule; the policies say the same in their languages. */
const RULES: Record<ValidatingName, Rule> = {
  'require-team-label': ({ kind, metadata }) =>
    !OWNED_KINDS.includes(kind) || Boolean(metadata?.labels?.[LABEL_TEAM]),
  'disallow-privileged-containers': object =>
    allContainers(object).every(
      ({ securityContext }) => securityContext?.privileged !== true,
    ),
  'require-requests-and-limits': object =>
    containersOf(object, ['containers', 'initContainers']).every(
      ({ resources }) =>
        resources?.requests?.cpu !== undefined &&
        resources.requests.memory !== undefined &&
        resources.limits?.memory !== undefined,
    ),
  'require-probes': object =>
    !LONG_RUNNING_KINDS.includes(object.kind) ||
    containersOf(object, ['containers']).every(
      container => container.livenessProbe && container.readinessProbe,
    ),
  'disallow-latest-tag': object =>
    allContainers(object).every(({ image = '' }) => isPinned(image)),
  'allowed-registries': (object, { registries = [] }) =>
    registries.length === 0 ||
    allContainers(object).every(({ image = '' }) =>
      isFromRegistry(image, registries),
    ),
};

/**
 * Looks at rendered objects by the rules of the policies that `addPolicy` writes, before anything
 * reaches a cluster.
 *
 * @returns what is wrong, in the order of the objects.
 *
 * @public
 */
export function checkBaseline(
  objects: ReadonlyArray<RenderedObject>,
  options: CheckBaselineOptions = {},
): PolicyViolation[] {
  const rules = options.rules ?? ['require-team-label', ...BASELINE_POLICIES];
  const excluded = options.excludedNamespaces ?? SYSTEM_NAMESPACES;
  return objects
    .filter(object => !excluded.includes(object.metadata?.namespace ?? ''))
    .flatMap(object =>
      rules
        .filter(rule => !RULES[rule](object, options))
        .map(rule => ({
          rule,
          object: `${object.kind}/${object.metadata?.name ?? ''}`,
          message: violationMessage(rule, options.registries),
        })),
    );
}
