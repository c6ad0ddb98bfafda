import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { registerExisting } from '@fairway/gitops-manifests';
import { stat } from 'node:fs/promises';
import { openForgeRepository } from '../forge';
import { FetchedFolder, writeNewFiles } from '../workspace';
import type { ActionDependencies } from './createGitopsActions';
import { teamOf } from './serviceInput';

/** `gitops:registration:adopt`: registers folders that exist for what runs. */
export function createRegistrationAdoptAction({
  integrations,
}: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:registration:adopt',
    description:
      'Registers folders of a repository with Argo CD or Flux for objects that run already: manual sync, no pruning, and nothing is deleted when the registration goes again. The first phase of a migration.',
    supportsDryRun: true,
    examples: [
      {
        description: 'Register a folder as it is',
        example: `steps:
  - id: registration
    action: gitops:registration:adopt
    input:
      name: orders
      owner: group:default/payments
      engine: argocd
      sourcePath: ./service
      targetPath: ./registration
      environments:
        - name: production
          namespace: orders
          path: k8s/production
`,
      },
    ],
    schema: {
      input: {
        name: z => z.string().describe('Name of the service'),
        owner: z =>
          z
            .string()
            .describe(
              'Entity ref of the owning group; its name becomes the label "team"',
            ),
        engine: z =>
          z.enum(['argocd', 'flux']).describe('The engine that deploys it'),
        sourcePath: z =>
          z
            .string()
            .describe(
              'Folder of the workspace that gitops:repository:fetch fetched the repository with the manifests to',
            ),
        targetPath: z =>
          z
            .string()
            .describe('Folder of the workspace that the registration goes to'),
        environments: z =>
          z
            .array(
              z.object({
                name: z.string().describe('Name of the environment'),
                namespace: z.string().describe('Namespace that it runs in'),
                path: z.string().describe('Folder of the repository'),
              }),
            )
            .describe('The environments'),
      },
      output: {
        files: z => z.array(z.string()).describe('Files that were written'),
      },
    },
    async handler(ctx) {
      const { workspacePath, input } = ctx;
      const { name, engine, sourcePath, environments } = input;
      const fetched = await FetchedFolder.containing(workspacePath, sourcePath);
      if (!fetched) {
        throw new InputError(
          `"${sourcePath}" was not fetched by gitops:repository:fetch; fetch the repository with the manifests first`,
        );
      }
      const files = registerExisting({
        ...{ name, engine, environments },
        team: teamOf(input.owner),
        repoUrl: openForgeRepository(fetched.repoUrl, integrations).cloneUrl,
        revision: fetched.branch,
      });
      for (const { path } of environments) {
        const folder = resolveSafeChildPath(fetched.directory, path);
        const found = await stat(folder).catch(() => undefined);
        if (!found?.isDirectory()) {
          throw new InputError(
            `${fetched.repoUrl} has no folder ${JSON.stringify(path)} in ${
              fetched.branch
            }; name one that exists`,
          );
        }
      }
      ctx.output(
        'files',
        await writeNewFiles({
          workspacePath,
          targetPath: input.targetPath,
          files,
        }),
      );
    },
  });
}
