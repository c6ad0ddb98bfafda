import { InputError } from '@backstage/errors';
import {
  ENVIRONMENT_TIERS,
  LAYOUTS,
  layoutFolder,
} from '@fairway/plugin-gitops-common';
import { z } from 'zod';
import { checkCombination } from './checkCombination';
import {
  cloneUrl,
  dnsLabel,
  gitRevision,
  hostName,
  imageDigest,
  imageRepository,
  imageTag,
  labelValue,
  oneLine,
  repositoryFolder,
  serviceName,
  unprivilegedPort,
} from './rules';
import * as options from './workloadOptions';

/** What a golden path can make of a service. @public */
export const WORKLOAD_KINDS = [
  'web-service',
  'background-worker',
  'cron-job',
] as const;

/** What it is written in; `image` is an image that somebody else builds. @public */
export const RUNTIMES = ['nodejs', 'go', 'python', 'image'] as const;

const RESERVED_ENVIRONMENTS = ['preview', 'base'];

const environmentSchema = z.strictObject({
  /** Value of the label `fairway.dev/environment`, and the name of the overlay. */
  name: dnsLabel(20).refine(
    name => !RESERVED_ENVIRONMENTS.includes(name),
    `not one of ${RESERVED_ENVIRONMENTS.join(
      ', ',
    )}, which have their own folder`,
  ),
  tier: z.enum(ENVIRONMENT_TIERS),
  syncPolicy: z
    .strictObject({
      automated: z.boolean(),
      prune: z.boolean().default(false),
      selfHeal: z.boolean().default(false),
    })
    .default({ automated: false, prune: false, selfHeal: false }),
  /** Pods; by default 1, in production 2. */
  replicas: z.number().int().min(0).max(100).optional(),
  /** Fewest and most pods, with `scaling`; by default 1 and 3, in production 2 and 10. */
  scaling: options.scalingLimits.optional(),
  /** Host name, with a `route`; an environment without one has no route. */
  host: hostName.optional(),
});

const serviceFields = z.strictObject({
  kind: z.enum(WORKLOAD_KINDS).default('web-service'),
  name: serviceName,
  description: oneLine(200).default(''),
  /** Name of the owning team: the value of the label `team`. */
  team: labelValue,
  /** Value of `app.kubernetes.io/part-of`, for example the system of the catalog. */
  partOf: labelValue.optional(),
  engine: z.enum(['argocd', 'flux']),
  runtime: z.enum(RUNTIMES),
  /** Image without tag. */
  image: imageRepository,
  /** Tag that every overlay starts with; default 0.1.0 for what the skeletons build. */
  imageTag: imageTag.optional(),
  /** Digest that every overlay starts with. */
  imageDigest: imageDigest.optional(),
  /** What the container runs; default what its image says. */
  command: options.commandLine.optional(),
  args: options.commandLine.optional(),
  /** Port on which the container listens. */
  port: unprivilegedPort.default(8080),
  /** User and group of the processes. */
  user: z
    .number()
    .int()
    .min(1, 'a user other than root')
    .max(2147483647)
    .default(65532),
  /** An empty `/tmp` that can be written, beside a root that cannot. */
  temporaryFolder: z.boolean().optional(),
  probes: options.probes.default({}),
  resources: options.resources.default({}),
  schedule: options.schedule.optional(),
  scaling: options.scaling.optional(),
  route: options.route.optional(),
  networkPolicy: options.networkPolicy.optional(),
  monitoring: options.monitoring.optional(),
  externalSecrets: z.array(options.externalSecret).max(10).default([]),
  /** Whose repository holds the manifests. */
  layout: z.enum(LAYOUTS).default('service-repository'),
  /** Clone URL of the repository with the manifests. */
  repoUrl: cloneUrl,
  /** Branch that the engine follows. */
  revision: gitRevision.default('main'),
  /** Folder with `base` and `overlays`; default that of the layout. */
  path: repositoryFolder.optional(),
  /** Namespace of an environment, with `{name}` and `{environment}` in it. */
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
  environments: z
    .array(environmentSchema)
    .min(1, 'at least one environment')
    .max(20, 'at most 20 environments')
    .refine(
      list => new Set(list.map(item => item.name)).size === list.length,
      'every environment once',
    ),
});

/** A service as it was described, each field right by itself. */
export type ServiceFields = z.output<typeof serviceFields>;

const serviceSchema = serviceFields
  .superRefine((model, context) => {
    for (const { path, message } of checkCombination(model)) {
      context.addIssue({ code: 'custom', path, message });
    }
  })
  .transform(model => ({
    ...model,
    path: model.path ?? layoutFolder(model),
    imageTag:
      model.imageTag ?? (model.imageDigest === undefined ? '0.1.0' : undefined),
    // Nobody knows what an image of others writes; workers of the skeletons keep their
    // heartbeat there.
    temporaryFolder:
      model.temporaryFolder ??
      (model.runtime === 'image' || model.kind === 'background-worker'),
  }));

/** A service as a golden path describes it, before defaults. @public */
export type ServiceModelInput = z.input<typeof serviceSchema>;

/** A service that can be rendered: valid, with every default in its place. @public */
export type ServiceModel = z.output<typeof serviceSchema>;

/** One environment of a {@link ServiceModel}. @public */
export type EnvironmentModel = ServiceModel['environments'][number];

/**
 * Checks a model and fills in its defaults.
 *
 * @throws InputError with the field, what it was and the rule that it breaks, one line each.
 *
 * @public
 */
export function parseServiceModel(input: ServiceModelInput): ServiceModel {
  const result = serviceSchema.safeParse(input, { reportInput: true });
  if (!result.success) {
    const lines = result.error.issues.map(issue => {
      const field = issue.path.join('.') || 'the model';
      const value =
        typeof issue.input === 'string'
          ? ` (${JSON.stringify(issue.input.slice(0, 80))})`
          : '';
      return `${field}${value}: ${issue.message}`;
    });
    throw new InputError(
      `The service cannot be rendered; correct these fields: ${lines.join(
        '; ',
      )}`,
    );
  }
  return result.data;
}
