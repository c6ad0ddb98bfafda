import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { InputError } from '@backstage/errors';
import { openForgeRepository } from '../forge';
import type { ActionDependencies } from './createGitopsActions';
import { locateService, type ServiceOverlay } from './locateService';

/** `gitops:service:locate`: where the manifests of a service are, and what runs from them. */
export function createServiceLocateAction({
  config,
  gitops,
  integrations,
}: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:service:locate',
    description:
      'Says where the manifests of a service and its registration are, and what runs from them in each environment, from what Fairway knows of the service. Changes nothing.',
    supportsDryRun: true,
    examples: [
      {
        description: 'Find the manifests of a service, and fetch them',
        example: `steps:
  - id: service
    action: gitops:service:locate
    input:
      entityRef: component:default/orders
  - id: fetch
    action: gitops:repository:fetch
    input:
      repoUrl: \${{ steps.service.output.repoUrl }}
      branch: \${{ steps.service.output.branch }}
      targetPath: ./service
`,
      },
    ],
    schema: {
      input: {
        entityRef: z => z.string().describe('Entity ref of the service'),
        environment: z =>
          z
            .string()
            .optional()
            .describe(
              'Only this environment; default all of them, which must be in one repository then',
            ),
      },
      output: {
        entityRef: z => z.string().describe('Its entity ref'),
        name: z => z.string().describe('Name of the service'),
        team: z =>
          z.string().optional().describe('Name of the group that owns it'),
        owner: z => z.string().optional().describe('Entity ref of its owner'),
        system: z => z.string().optional().describe('Entity ref of its system'),
        engine: z =>
          z.enum(['argocd', 'flux']).describe('Engine that deploys it'),
        forge: z =>
          z.string().describe('Kind of its forge: gitea, github, gitlab, ...'),
        repoUrl: z =>
          z
            .string()
            .describe(
              'Repository of the manifests, in the form host?owner=payments&repo=orders',
            ),
        cloneUrl: z => z.string().describe('Its clone URL'),
        webUrl: z => z.string().describe('Its page'),
        branch: z => z.string().describe('Branch that changes go to'),
        root: z =>
          z
            .string()
            .describe(
              'Folder of the repository with base and overlays; "." for its root',
            ),
        overlays: z =>
          z
            .array(
              z.object({
                environment: z.string().describe('Name of the environment'),
                tier: z.string().describe('What the environment is for'),
                path: z.string().describe('Folder that is deployed'),
                branch: z
                  .string()
                  .optional()
                  .describe('Branch, tag or commit that the engine follows'),
                cluster: z.string().describe('Cluster of the registration'),
                namespace: z
                  .string()
                  .optional()
                  .describe('Namespace that it is deployed to'),
                image: z.string().optional().describe('Image that runs'),
                revision: z.string().optional().describe('Commit that runs'),
                syncPolicy: z
                  .object({
                    automated: z.boolean(),
                    prune: z.boolean(),
                    selfHeal: z.boolean(),
                  })
                  .describe('What the engine does by itself'),
                application: z
                  .object({
                    id: z.string(),
                    kind: z.string(),
                    namespace: z.string().optional(),
                    name: z.string(),
                  })
                  .describe('The object of the engine that deploys it'),
              }),
            )
            .describe('What runs from it, in the order of promotion'),
        registrationRepoUrl: z =>
          z
            .string()
            .optional()
            .describe(
              'Repository of its registration: gitops.platformRepository',
            ),
      },
    },
    async handler(ctx) {
      const { entityRef, environment } = ctx.input;
      const api = gitops.as(await ctx.getInitiatorCredentials());
      const found = await locateService(api, {
        entityRef,
        environment,
        integrations,
      });
      const repository = openForgeRepository(found.repoUrl, integrations);
      const branch = await branchOf(repository, found.overlays);
      ctx.logger.info(
        `${found.name} is in ${repository.webUrl}, branch ${branch}, folder ${found.root}`,
      );
      for (const [name, value] of Object.entries(found)) {
        ctx.output(name as never, value as never);
      }
      ctx.output('webUrl', repository.webUrl);
      ctx.output('branch', branch);
      ctx.output('registrationRepoUrl', config.platformRepository);
    },
  });
}

/** The branch that is followed; when a tag or a commit is, or nothing is named, the default one. */
async function branchOf(
  repository: ReturnType<typeof openForgeRepository>,
  overlays: ServiceOverlay[],
): Promise<string> {
  const found = await repository.find();
  if (!found) {
    throw new InputError(
      `There is no repository ${repository.webUrl}, or the integration's user may not see it; check "integrations:"`,
    );
  }
  const followed = [...new Set(overlays.map(overlay => overlay.branch))];
  if (
    followed.every(one => !one || one === 'HEAD') ||
    followed.includes(found.defaultBranch)
  ) {
    return found.defaultBranch;
  }
  const branches = await repository.branches();
  return (
    followed.find(one => branches.some(({ name }) => name === one)) ??
    found.defaultBranch
  );
}
