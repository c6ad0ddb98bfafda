import { parseEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import {
  parseServiceModel,
  SYNC_POLICY_NAMES,
  syncPolicyByName,
  type ServiceModel,
  type SyncPolicyName,
} from '@fairway/gitops-manifests';
import type { z as Zod } from 'zod/v3';
import type { ActionsConfig } from '../config';

type ZodV3 = typeof Zod;

/** The inputs that describe a service to the actions that render it. */
export const serviceInput = {
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
      .enum(['nodejs', 'go'])
      .describe('What it is written in; decides requests and limits'),
  image: (z: ZodV3) =>
    z
      .string()
      .describe(
        'Image without a tag, for example registry.example.com/payments/orders',
      ),
  port: (z: ZodV3) =>
    z
      .number()
      .optional()
      .describe('Port on which the container listens; default 8080'),
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
        'Folder of the repository with base and overlays; default deploy',
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
        }),
      )
      .describe('The environments, in the order of promotion'),
};

/** The values of {@link serviceInput}. */
export interface ServiceInput {
  name: string;
  description?: string;
  owner: string;
  system?: string;
  engine: 'argocd' | 'flux';
  runtime: 'nodejs' | 'go';
  image: string;
  port?: number;
  cloneUrl: string;
  branch?: string;
  path?: string;
  environments: Array<{
    name: string;
    policy?: SyncPolicyName;
    replicas?: number;
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
  return parseServiceModel({
    name: input.name,
    description: input.description,
    team: teamOf(input.owner),
    partOf: input.system ? nameOf(input.system, 'system') : undefined,
    engine: input.engine,
    runtime: input.runtime,
    image: input.image,
    port: input.port,
    repoUrl: input.cloneUrl,
    revision: input.branch,
    path: input.path,
    environments: input.environments.map(environment => ({
      name: environment.name,
      tier: tierOf(environment.name, config),
      syncPolicy: syncPolicyByName(environment.policy ?? 'manual'),
      replicas: environment.replicas,
    })),
  });
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
