import { ConflictError, InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { Application, GitopsApi } from '@fairway/plugin-gitops-common';
import {
  prepareRemoval,
  removeRegistration,
  type RemovalInput,
} from '@fairway/gitops-manifests';
import { changeTree } from './changeTree';
import type { ActionDependencies } from './createGitopsActions';
import { overlaysInput, registrationsOf } from './overlaysInput';

/** `gitops:registration:remove`: what an engine deploys is deleted, and nothing is left running. */
export function createRegistrationRemoveAction({ gitops }: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:registration:remove',
    description:
      'Removes the registrations of a service in two stages. If the engine would leave running what it deployed (no finalizer, no pruning, suspended), the files are only changed so that it would not: that must be merged and applied first. Else the registrations go, with the project and the source that are the service’s own.',
    supportsDryRun: true,
    examples: [
      {
        description: 'Prepare the removal of a service, or remove it',
        example: `steps:
  - id: removal
    action: gitops:registration:remove
    input:
      path: ./registration
      entityRef: component:default/orders
      service: orders
      overlays: \${{ steps.service.output.overlays }}
`,
      },
    ],
    schema: {
      input: {
        path: z =>
          z.string().describe('Folder of the workspace with the registrations'),
        entityRef: z => z.string().describe('Entity ref of the service'),
        service: z => z.string().describe('Name of the service'),
        overlays: overlaysInput,
        environment: z =>
          z
            .string()
            .optional()
            .describe('Only this environment; default all of them'),
      },
      output: {
        stage: z =>
          z
            .enum(['prepare', 'remove'])
            .describe('What was done: only prepared, or removed'),
        reasons: z => z.array(z.string()).describe('Why it had to be prepared'),
        files: z => z.array(z.string()).describe('Files that changed'),
        removed: z => z.array(z.string()).describe('Objects that were removed'),
        kept: z =>
          z
            .array(z.string())
            .describe('Objects that others use, too, and that stay'),
      },
    },
    async handler(ctx) {
      const { workspacePath, logger, input } = ctx;
      const { path, service, overlays, environment, entityRef } = input;
      const registrations = registrationsOf(overlays, environment);
      if (registrations.length === 0) {
        throw new InputError(
          'The overlays do not say what registers them; take them from gitops:service:locate',
        );
      }
      const removal: RemovalInput = { service, registrations };
      let reasons: string[] = [];
      const prepared = await changeTree({
        ...{ workspacePath, path, logger },
        change: tree => {
          const preparation = prepareRemoval(tree, removal);
          reasons = preparation.reasons;
          return preparation;
        },
      });
      ctx.output('reasons', reasons);
      if (reasons.length > 0) {
        reasons.forEach(reason => logger.info(reason));
        ctx.output('stage', 'prepare');
        ctx.output('files', prepared.files);
        ctx.output('removed', []);
        ctx.output('kept', []);
        return;
      }
      if (!ctx.isDryRun) {
        const api = gitops.as(await ctx.getInitiatorCredentials());
        await assertApplied(api, { entityRef, registrations });
      }
      const { result, files } = await changeTree({
        ...{ workspacePath, path, logger },
        change: tree => removeRegistration(tree, removal),
      });
      const told = ({ kind, name }: { kind: string; name: string }) =>
        `${kind} ${name}`;
      ctx.output('stage', 'remove');
      ctx.output('files', files);
      ctx.output('removed', result.removed.map(told));
      ctx.output('kept', result.kept.map(told));
    },
  });
}

/**
 * What counts when a registration goes is what the cluster has, not what Git says: where Fairway
 * can see that it was not applied yet, nothing is removed.
 */
async function assertApplied(
  api: GitopsApi,
  options: {
    entityRef: string;
    registrations: RemovalInput['registrations'];
  },
): Promise<void> {
  const service = await api.getService(options.entityRef);
  const applications = [
    ...service.environments.flatMap(one => one.applications),
    ...service.otherApplications,
  ];
  const pending = applications.filter(
    application =>
      options.registrations.some(({ name }) => name === application.ref.name) &&
      wouldOrphan(application),
  );
  if (pending.length > 0) {
    throw new ConflictError(
      `The cluster has not taken up yet what Git says of ${pending
        .map(({ ref }) => `${ref.kind} ${ref.name}`)
        .join(
          ', ',
        )}: removed now, what it deployed would go on running. Run the template again when the engine has applied the preparation`,
    );
  }
}

function wouldOrphan({ engine, ref, policy, suspended }: Application): boolean {
  return (
    engine === 'flux' &&
    (suspended || (ref.kind === 'Kustomization' && !policy.prune))
  );
}
