import {
  CHART_METHODS,
  SYNC_POLICY_NAMES,
  syncPolicyByName,
  type ChartModelInput,
  type SyncPolicyName,
} from '@fairway/gitops-manifests';
import type { z as Zod } from 'zod/v3';
import type { ActionsConfig } from '../config';
import { serviceInput, teamOf, tierOf } from './serviceInput';

type ZodV3 = typeof Zod;

/** The inputs that describe a chart. */
export const chartInput = {
  name: serviceInput.name,
  description: serviceInput.description,
  owner: serviceInput.owner,
  engine: serviceInput.engine,
  cloneUrl: serviceInput.cloneUrl,
  branch: serviceInput.branch,
  method: (z: ZodV3) =>
    z
      .enum(CHART_METHODS)
      .optional()
      .describe(
        'How chart and manifests come together: "kustomize" (default with Argo CD; patches and labels reach everything, needs --enable-helm) or "multiple-sources" (no patches), with Flux "helm-release"',
      ),
  chart: (z: ZodV3) =>
    z
      .object({
        repository: z
          .string()
          .describe('Repository of the chart: https:// or oci://'),
        name: z.string().describe('Name of the chart'),
        version: z.string().describe('One exact version, for example 20.1.0'),
      })
      .describe('The chart'),
  values: (z: ZodV3) =>
    z
      .string()
      .optional()
      .describe('Values of all environments, as YAML; comments stay'),
  path: (z: ZodV3) =>
    z
      .string()
      .optional()
      .describe('Folder of the repository with overlays; default deploy'),
  podSecurity: (z: ZodV3) =>
    z
      .enum(['restricted', 'baseline', 'privileged'])
      .optional()
      .describe('Pod security standard of its namespaces; default baseline'),
  clusterResources: (z: ZodV3) =>
    z
      .array(
        z.object({
          group: z.string().describe('API group; empty for the core'),
          kind: z.string().describe('Kind'),
        }),
      )
      .optional()
      .describe(
        'Kinds without a namespace that the chart brings; Argo CD refuses others',
      ),
  environments: (z: ZodV3) =>
    z
      .array(
        z.object({
          name: z
            .string()
            .describe('Name of the environment, as in gitops.environments'),
          policy: z
            .enum(SYNC_POLICY_NAMES)
            .optional()
            .describe('What the engine does by itself; default manual'),
          version: z
            .string()
            .optional()
            .describe('Version of the chart, where it is another one'),
          values: z
            .string()
            .optional()
            .describe('Values of this environment alone, as YAML'),
          patches: z
            .string()
            .optional()
            .describe(
              'A YAML list of Kustomize patches of what the chart makes, each with target and patch',
            ),
        }),
      )
      .describe('The environments, in the order of promotion'),
};

/** The values of {@link chartInput}. */
export interface ChartInput {
  name: string;
  description?: string;
  owner: string;
  engine: 'argocd' | 'flux';
  cloneUrl: string;
  branch?: string;
  method?: (typeof CHART_METHODS)[number];
  chart: { repository: string; name: string; version: string };
  values?: string;
  path?: string;
  podSecurity?: 'restricted' | 'baseline' | 'privileged';
  clusterResources?: Array<{ group: string; kind: string }>;
  environments: Array<{
    name: string;
    policy?: SyncPolicyName;
    version?: string;
    values?: string;
    patches?: string;
  }>;
}

/**
 * The model that an action's input describes.
 *
 * @throws InputError when the owner is no entity ref, or an environment is not configured.
 */
export function toChartModel(
  input: ChartInput,
  config: ActionsConfig,
): ChartModelInput {
  const { owner, cloneUrl, branch, environments, ...rest } = input;
  return {
    ...rest,
    team: teamOf(owner),
    repoUrl: cloneUrl,
    revision: branch,
    environments: environments.map(({ policy, version, ...environment }) => ({
      ...environment,
      // A field of a form that was left empty.
      version: version || undefined,
      tier: tierOf(environment.name, config),
      syncPolicy: syncPolicyByName(policy ?? 'manual'),
    })),
  };
}
