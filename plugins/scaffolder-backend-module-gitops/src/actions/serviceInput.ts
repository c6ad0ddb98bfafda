import { parseEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import {
  parseImageReference,
  parseServiceModel,
  RUNTIMES,
  SYNC_POLICY_NAMES,
  syncPolicyByName,
  type ServiceModel,
  type SyncPolicyName,
  WORKLOAD_KINDS,
} from '@fairway/gitops-manifests';
import type { z as Zod } from 'zod/v3';
import type { ActionsConfig } from '../config';
import { toWorkloadModel, type WorkloadInput } from './toWorkloadModel';
import { workloadInput } from './workloadInput';

type ZodV3 = typeof Zod;

/** The inputs that describe a service to the actions that render it. */
export const serviceInput = {
  kind: (z: ZodV3) =>
    z
      .enum(WORKLOAD_KINDS)
      .optional()
      .describe('What it is; default web-service'),
  name: (z: ZodV3) =>
    z
      .string()
      .describe(
        'Name of the service: lower-case letters, digits and dashes, at most 40',
      ),
  description: (z: ZodV3) =>
    z.string().optional().describe('What the service is for, on one line'),
  owner: (z: ZodV3) =>
    z
      .string()
      .describe(
        'Entity ref of the owning group; its name becomes the label "team"',
      ),
  system: (z: ZodV3) =>
    z
      .string()
      .optional()
      .describe(
        'Entity ref of the system that it is part of; its name becomes app.kubernetes.io/part-of',
      ),
  engine: (z: ZodV3) =>
    z.enum(['argocd', 'flux']).describe('The engine that deploys it'),
  runtime: (z: ZodV3) =>
    z
      .enum(RUNTIMES)
      .describe(
        'What it is written in, or "image" for one that is built elsewhere; decides requests and limits',
      ),
  image: (z: ZodV3) =>
    z
      .string()
      .describe(
        'Image without a tag, for example registry.example.com/payments/orders; of the runtime "image" with a tag or a digest',
      ),
  ...workloadInput,
  cloneUrl: (z: ZodV3) =>
    z.string().describe('Clone URL of the repository that holds the manifests'),
  branch: (z: ZodV3) =>
    z
      .string()
      .optional()
      .describe('Branch that the engine follows; default main'),
  path: (z: ZodV3) =>
    z
      .string()
      .optional()
      .describe(
        'Folder of the repository with base and overlays; default that of the layout',
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
          replicas: z
            .number()
            .optional()
            .describe('Pods; default 1, in production 2'),
          minReplicas: z
            .number()
            .optional()
            .describe('Fewest pods with "scaling"; default 1, in production 2'),
          maxReplicas: z
            .number()
            .optional()
            .describe('Most pods with "scaling"; default 3, in production 10'),
          host: z
            .string()
            .optional()
            .describe('Host name, with a "route"; without one it has none'),
        }),
      )
      .describe('The environments, in the order of promotion'),
};

/** The values of {@link serviceInput}. */
export interface ServiceInput extends WorkloadInput {
  kind?: (typeof WORKLOAD_KINDS)[number];
  name: string;
  description?: string;
  owner: string;
  system?: string;
  engine: 'argocd' | 'flux';
  runtime: (typeof RUNTIMES)[number];
  image: string;
  cloneUrl: string;
  branch?: string;
  path?: string;
  environments: Array<{
    name: string;
    policy?: SyncPolicyName;
    replicas?: number;
    minReplicas?: number;
    maxReplicas?: number;
    host?: string;
  }>;
}

/**
 * The model that an action's input describes.
 *
 * @throws InputError with every field that breaks a rule.
 */
export function toServiceModel(
  input: ServiceInput,
  config: ActionsConfig,
): ServiceModel {
  const workload = toWorkloadModel(input);
  return parseServiceModel({
    ...workload,
    // What the skeletons build has no tag yet; of the image of others it is part of the name.
    ...(input.runtime === 'image'
      ? withoutUndefined(parseImageReference(input.image))
      : { image: input.image }),
    kind: input.kind,
    name: input.name,
    description: input.description,
    team: teamOf(input.owner),
    partOf: input.system ? nameOf(input.system, 'system') : undefined,
    engine: input.engine,
    runtime: input.runtime,
    repoUrl: input.cloneUrl,
    revision: input.branch,
    path: input.path,
    environments: input.environments.map(environment => ({
      name: environment.name,
      tier: tierOf(environment.name, config),
      syncPolicy: syncPolicyByName(environment.policy ?? 'manual'),
      replicas: environment.replicas,
      scaling: workload.scaling ? limitsOf(environment, config) : undefined,
      host: input.route?.type === 'none' ? undefined : environment.host,
    })),
  });
}

/** The part of a model that a registration says something of; the rest is the workload's. */
export function toRegistrationModel(
  input: ServiceInput,
  config: ActionsConfig,
): ServiceModel {
  const { name, description, owner, system, engine } = input;
  const { cloneUrl, branch, path, layout, runtime } = input;
  return toServiceModel(
    {
      ...{ name, description, owner, system, engine },
      ...{ cloneUrl, branch, path, layout },
      runtime: 'nodejs',
      image:
        runtime === 'image'
          ? parseImageReference(input.image).image
          : input.image,
      environments: input.environments.map(environment => ({
        name: environment.name,
        policy: environment.policy,
      })),
    },
    config,
  );
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as T;
}

/** Limits of an environment; one that is given alone moves the other only where it must. */
function limitsOf(
  environment: ServiceInput['environments'][number],
  config: ActionsConfig,
) {
  const { minReplicas, maxReplicas } = environment;
  if (minReplicas === undefined && maxReplicas === undefined) {
    return undefined;
  }
  const usual =
    tierOf(environment.name, config) === 'production'
      ? { min: 2, max: 10 }
      : { min: 1, max: 3 };
  const min = minReplicas ?? Math.min(usual.min, maxReplicas ?? usual.min);
  return { min, max: maxReplicas ?? Math.max(usual.max, min) };
}

/** Name of the team that an owner's entity ref names. */
export function teamOf(owner: string): string {
  return nameOf(owner, 'group');
}

function nameOf(ref: string, defaultKind: string): string {
  try {
    return parseEntityRef(ref, { defaultKind, defaultNamespace: 'default' })
      .name;
  } catch {
    throw new InputError(
      `"${ref}" is no entity ref; write for example ${defaultKind}:default/payments`,
    );
  }
}

/** Tier of a configured environment. */
export function tierOf(environment: string, config: ActionsConfig) {
  const tier = config.tiers.get(environment);
  if (!tier) {
    throw new InputError(
      `There is no environment "${environment}"; use one of ${[
        ...config.tiers.keys(),
      ].join(', ')}, or add it with its tier to gitops.environments`,
    );
  }
  return tier;
}
