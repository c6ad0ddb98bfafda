import { InputError } from '@backstage/errors';
import { ENVIRONMENT_TIERS } from '@fairway/plugin-gitops-common';
import { z } from 'zod';
import {
  cloneUrl,
  dnsLabel,
  gitRevision,
  imageRepository,
  imageTag,
  labelValue,
  oneLine,
  repositoryFolder,
  serviceName,
} from './rules';

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
});

const serviceSchema = z
  .strictObject({
    name: serviceName,
    description: oneLine(200).default(''),
    /** Name of the owning team: the value of the label `team`. */
    team: labelValue,
    /** Value of `app.kubernetes.io/part-of`, for example the system of the catalog. */
    partOf: labelValue.optional(),
    engine: z.enum(['argocd', 'flux']),
    /** Image without tag. */
    image: imageRepository,
    /** Tag that every overlay starts with. */
    imageTag: imageTag.default('0.1.0'),
    /** Port on which the container listens. */
    port: z.number().int().min(1024).max(65535).default(8080),
    runtime: z.enum(['nodejs', 'go']),
    /** Clone URL of the repository with the manifests. */
    repoUrl: cloneUrl,
    /** Branch that the engine follows. */
    revision: gitRevision.default('main'),
    /** Folder with `base` and `overlays`. */
    path: repositoryFolder.default('deploy'),
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
  })
  .superRefine((model, context) => {
    for (const environment of [...model.environments, { name: 'preview' }]) {
      const namespace = namespaceName(model, environment.name);
      const result = dnsLabel().safeParse(namespace);
      if (!result.success) {
        context.addIssue({
          code: 'custom',
          path: ['namespacePattern'],
          message: `the namespace "${namespace}" must have ${result.error.issues[0].message}`,
        });
      }
    }
  });

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

/** The namespace of an environment of a service. */
export function namespaceName(
  model: { name: string; namespacePattern: string },
  environment: string,
): string {
  return model.namespacePattern
    .replaceAll('{name}', model.name)
    .replaceAll('{environment}', environment);
}
