import { InputError } from '@backstage/errors';
import { ENVIRONMENT_TIERS } from '@fairway/plugin-gitops-common';
import { z } from 'zod';
import { invalidFields } from '../model/invalidFields';
import {
  cloneUrl,
  dnsLabel,
  gitRevision,
  labelValue,
  oneLine,
  repositoryFolder,
  serviceName,
} from '../model/rules';
import { chartPatches } from './chartPatches';
import { chartName, chartRepository, chartVersion, yamlText } from './rules';
import { parseValues } from './valuesText';

/**
 * How a chart and manifests come together.
 *
 * @remarks
 * `kustomize`: Argo CD lets kustomize inflate the chart, so that patches and labels reach every
 * object of it. `multiple-sources`: Argo CD renders the chart with values from Git, beside other
 * manifests; patches cannot reach its objects. `helm-release`: Flux.
 *
 * @public
 */
export const CHART_METHODS = [
  'kustomize',
  'multiple-sources',
  'helm-release',
] as const;

const RESERVED_ENVIRONMENTS = ['preview', 'base'];

const environmentSchema = z.strictObject({
  name: dnsLabel(20).refine(
    name => !RESERVED_ENVIRONMENTS.includes(name),
    `not one of ${RESERVED_ENVIRONMENTS.join(', ')}`,
  ),
  tier: z.enum(ENVIRONMENT_TIERS),
  syncPolicy: z
    .strictObject({
      automated: z.boolean(),
      prune: z.boolean().default(false),
      selfHeal: z.boolean().default(false),
    })
    .default({ automated: false, prune: false, selfHeal: false }),
  /** Version of the chart, where it is another than that of the rest. */
  version: chartVersion.optional(),
  /** YAML that is merged into the values of all environments. */
  values: yamlText.default(''),
  /** YAML: a list of patches of Kustomize. */
  patches: yamlText.default(''),
});

const chartSchema = z.strictObject({
  name: serviceName,
  description: oneLine(200).default(''),
  team: labelValue,
  partOf: labelValue.optional(),
  engine: z.enum(['argocd', 'flux']),
  method: z.enum(CHART_METHODS),
  chart: z.strictObject({
    repository: chartRepository,
    name: chartName,
    version: chartVersion,
  }),
  /** YAML of all environments. */
  values: yamlText.default(''),
  /** Clone URL of the repository with the manifests. */
  repoUrl: cloneUrl,
  revision: gitRevision.default('main'),
  /** Folder with `overlays`. */
  path: repositoryFolder.default('deploy'),
  namespacePattern: z
    .string()
    .max(80)
    .regex(
      /^(?:[a-z0-9-]|\{name\}|\{environment\})+$/,
      'lower-case letters, digits, dashes, "{name}" and "{environment}"',
    )
    .refine(
      pattern =>
        pattern.includes('{name}') && pattern.includes('{environment}'),
      'both "{name}" and "{environment}", so that no two share a namespace',
    )
    .default('{name}-{environment}'),
  /** Pod security standard that the namespaces enforce. */
  podSecurity: z
    .enum(['restricted', 'baseline', 'privileged'])
    .default('baseline'),
  /** What the chart brings that belongs to no namespace: Argo CD refuses what is not named. */
  clusterResources: z
    .array(
      z.strictObject({
        group: z
          .string()
          .max(253)
          .regex(
            /^[a-z0-9.-]*$/,
            'an API group such as "apiextensions.k8s.io", or nothing',
          ),
        kind: z
          .string()
          .max(63)
          .regex(
            /^[A-Z][A-Za-z0-9]*$/,
            'a kind such as "CustomResourceDefinition"',
          ),
      }),
    )
    .max(20)
    .default([]),
  environments: z
    .array(environmentSchema)
    .min(1, 'at least one environment')
    .max(20, 'at most 20 environments')
    .refine(
      list => new Set(list.map(item => item.name)).size === list.length,
      'every environment once',
    ),
});

/** A chart as a golden path describes it, before defaults. @public */
export type ChartModelInput = Omit<z.input<typeof chartSchema>, 'method'> & {
  /** Default: what {@link recommendChartMethod} says. */
  method?: (typeof CHART_METHODS)[number];
};

/** A chart that can be wrapped: valid, with every default in its place. @public */
export type ChartModel = z.output<typeof chartSchema>;

/** One environment of a {@link ChartModel}. @public */
export type ChartEnvironment = ChartModel['environments'][number];

/**
 * The method that suits an engine best, and why.
 *
 * @public
 */
export function recommendChartMethod(engine: 'argocd' | 'flux'): {
  method: (typeof CHART_METHODS)[number];
  reason: string;
} {
  return engine === 'flux'
    ? {
        method: 'helm-release',
        reason:
          'Flux does not let kustomize inflate charts; a HelmRelease keeps a release that Helm knows, and its post-renderers patch every object of the chart.',
      }
    : {
        method: 'kustomize',
        reason:
          'Labels and patches reach every object of the chart, and each environment pins its own version. It needs "kustomize.buildOptions: --enable-helm" in argocd-cm, which lets every repository download charts: where that is not wanted, take multiple sources, which cannot patch.',
      };
}

/**
 * Checks a model and fills in its defaults.
 *
 * @throws InputError with the field, what it was and the rule that it breaks.
 *
 * @public
 */
export function parseChartModel(input: ChartModelInput): ChartModel {
  const method = input.method ?? recommendChartMethod(input.engine).method;
  const result = chartSchema.safeParse(
    { ...input, method },
    { reportInput: true },
  );
  if (!result.success) {
    throw invalidFields('The chart cannot be wrapped', result.error);
  }
  const model = result.data;
  assertMethod(model);
  parseValues(model.values, 'values');
  for (const environment of model.environments) {
    assertValues(model, environment);
    assertNamespace(model, environment);
    assertPatches(model, environment);
  }
  return model;
}

function assertMethod({ engine, method }: ChartModel): void {
  if ((engine === 'flux') !== (method === 'helm-release')) {
    throw new InputError(
      `method ${JSON.stringify(method)} is not for ${
        engine === 'flux'
          ? 'Flux: use "helm-release"'
          : 'Argo CD: use "kustomize" or "multiple-sources"'
      }`,
    );
  }
}

function assertValues(model: ChartModel, environment: ChartEnvironment) {
  const field = `values of ${environment.name}`;
  const values = parseValues(environment.values, field);
  if (model.method === 'helm-release' && hasNull(values)) {
    throw new InputError(
      `${field}: null takes a value away before Helm sees it; write the value that is meant`,
    );
  }
}

function hasNull(value: unknown): boolean {
  return (
    value === null ||
    (typeof value === 'object' && Object.values(value).some(hasNull))
  );
}

function assertNamespace(model: ChartModel, environment: ChartEnvironment) {
  const namespace = chartNamespace(model, environment.name);
  const result = dnsLabel().safeParse(namespace);
  if (!result.success) {
    throw new InputError(
      `namespacePattern: the namespace "${namespace}" must have ${result.error.issues[0].message}`,
    );
  }
}

function assertPatches(model: ChartModel, environment: ChartEnvironment) {
  const patches = chartPatches(
    environment.patches,
    `patches of ${environment.name}`,
  );
  if (patches.length > 0 && model.method === 'multiple-sources') {
    throw new InputError(
      `patches of ${environment.name}: with multiple sources patches cannot reach the objects of the chart; use the method "kustomize", or leave them out`,
    );
  }
}

/** The namespace of an environment of a chart. */
export function chartNamespace(
  model: { name: string; namespacePattern: string },
  environment: string,
): string {
  return model.namespacePattern
    .replaceAll('{name}', model.name)
    .replaceAll('{environment}', environment);
}

export const isOci = ({ chart }: ChartModel) =>
  chart.repository.startsWith('oci://');
