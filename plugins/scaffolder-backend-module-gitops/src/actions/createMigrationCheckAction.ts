import { ConflictError, InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type {
  Application,
  ServiceResponse,
} from '@fairway/plugin-gitops-common';
import {
  describeBlockers,
  migrationBlockers,
  nextMigrationStep,
  REGISTRATION_KINDS,
  type MigrationBlocker,
  type RegistrationKind,
} from '@fairway/gitops-manifests';
import type { ActionDependencies } from './createGitopsActions';

/** `gitops:migration:check`: what the next migration phase would do. */
export function createMigrationCheckAction({ gitops }: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:migration:check',
    description:
      'Says which migration phase a service is in in an environment, which one is next, and what stands in the way of it: objects that pruning would delete, drift that self-healing would revert, and what cannot be told. Changes nothing.',
    supportsDryRun: true,
    examples: [
      {
        description: 'Stop when something stands in the way',
        example: `steps:
  - id: check
    action: gitops:migration:check
    input:
      entityRef: component:default/orders
      environment: staging
`,
      },
      {
        description: 'Go on: somebody has looked at it',
        example: `steps:
  - id: check
    action: gitops:migration:check
    input:
      entityRef: component:default/orders
      environment: staging
      accept: true
`,
      },
    ],
    schema: {
      input: {
        entityRef: z => z.string().describe('Entity ref of the service'),
        environment: z => z.string().describe('Name of the environment'),
        accept: z =>
          z
            .boolean()
            .optional()
            .describe(
              'Go on with what stands in the way, which is told all the same; default false: the step fails',
            ),
      },
      output: {
        current: z => z.number().describe('Phase that it is in, 1 to 4'),
        next: z => z.number().describe('Phase that is next'),
        policy: z =>
          z.string().describe('Its policy, for gitops:sync-policy:set'),
        registrations: z =>
          z
            .array(z.record(z.unknown()))
            .describe('What is to be changed, for gitops:sync-policy:set'),
        blockers: z =>
          z
            .array(z.record(z.unknown()))
            .describe('What stands in the way: `kind`, `resource`, `message`'),
        markdown: z => z.string().describe('The same for people'),
      },
    },
    async handler(ctx) {
      const { entityRef, environment, accept = false } = ctx.input;
      const api = gitops.as(await ctx.getInitiatorCredentials());
      const service = await api.getService(entityRef);
      const check = checkNext(service, { entityRef, environment });
      const { current, next, blockers, applications } = check;
      const where = `${entityRef} in ${environment}`;
      ctx.logger.info(`${where} is in phase ${current}; next is ${next.phase}`);
      blockers.forEach(({ message }) => ctx.logger.warn(message));
      ctx.output('current', current);
      ctx.output('next', next.phase);
      ctx.output('policy', next.policy);
      ctx.output(
        'registrations',
        applications.map(({ ref: { kind, namespace, name } }) => ({
          ...{ kind, name },
          ...(namespace && { namespace }),
        })),
      );
      ctx.output(
        'blockers',
        blockers.map(blocker => ({ ...blocker })),
      );
      ctx.output('markdown', describeBlockers(blockers));
      if (blockers.length > 0 && !accept && !ctx.isDryRun) {
        throw new ConflictError(
          `${blockers.length} things stand in the way of phase ${
            next.phase
          } for ${where}. Settle them, or run the template again and accept them. ${blockers
            .map(({ message }) => message)
            .join('. ')}`,
        );
      }
    },
  });
}

/** Those that are furthest behind go first, so that an environment is in one phase. */
function checkNext(
  service: ServiceResponse,
  where: { entityRef: string; environment: string },
) {
  const { entityRef, environment } = where;
  const all = service.environments.flatMap(one => one.applications);
  const there =
    service.environments.find(one => one.environment.name === environment)
      ?.applications ?? [];
  if (there.length === 0) {
    throw new InputError(
      `${entityRef} has no application in ${JSON.stringify(
        environment,
      )} that you may see; register it first`,
    );
  }
  const steps = there.map(application => ({
    application,
    ...nextMigrationStep(kindOf(application), application.policy),
  }));
  const current = steps.map(step => step.current).sort()[0];
  const behind = steps.filter(step => step.current === current);
  const { next } = behind[0];
  if (!next) {
    throw new InputError(
      `${entityRef} is in phase ${current} in ${environment}, the last one: the engine applies, deletes and reverts by itself`,
    );
  }
  const applications = behind.map(({ application }) => application);
  const blockers: MigrationBlocker[] = applications.flatMap(application =>
    migrationBlockers(application, next.phase, all),
  );
  return { current, next, applications, blockers };
}

function kindOf({ ref }: Application): RegistrationKind {
  const kind = REGISTRATION_KINDS.find(known => known === ref.kind);
  if (!kind) {
    throw new InputError(
      `${ref.kind} "${ref.name}" has no migration phases; change what makes it instead`,
    );
  }
  return kind;
}
