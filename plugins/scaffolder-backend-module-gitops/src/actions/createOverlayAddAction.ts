import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { InputError } from '@backstage/errors';
import { addOverlay, describeRenamings } from '@fairway/gitops-manifests';
import { changeTree } from './changeTree';
import type { ActionDependencies } from './createGitopsActions';
import { overlaysInput, overlaysOf } from './overlaysInput';

/** `gitops:overlay:add`: an environment more. */
export function createOverlayAddAction({ config }: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:overlay:add',
    description:
      'Adds an overlay for another environment as a copy of one that the service has, with its own name, namespace and replicas, and says what it renamed.',
    supportsDryRun: true,
    examples: [
      {
        description: 'An environment like staging',
        example: `steps:
  - id: overlay
    action: gitops:overlay:add
    input:
      path: ./service
      overlays: \${{ steps.service.output.overlays }}
      from: staging
      environment: qa
      replicas: 1
`,
      },
    ],
    schema: {
      input: {
        path: z =>
          z
            .string()
            .describe('Folder of the workspace with the files of a repository'),
        overlays: overlaysInput,
        from: z => z.string().describe('Environment that is copied'),
        environment: z =>
          z.string().describe('Name of the new one, as in gitops.environments'),
        namespace: z =>
          z
            .string()
            .optional()
            .describe(
              'Namespace that it deploys to; default that of the sibling with the other name in it',
            ),
        replicas: z =>
          z
            .number()
            .optional()
            .describe('Pods, when the sibling sets them for one workload'),
      },
      output: {
        folder: z => z.string().describe('Folder of the new overlay'),
        namespace: z => z.string().describe('Namespace that it deploys to'),
        tier: z => z.string().describe('What the environment is for'),
        files: z =>
          z
            .array(z.string())
            .describe('Files that were written; none when it was there'),
        markdown: z =>
          z.string().describe('What was renamed, to be looked at, for people'),
      },
    },
    async handler(ctx) {
      const { workspacePath, logger } = ctx;
      const { path, overlays, from, environment, ...options } = ctx.input;
      const tier = config.tiers.get(environment);
      if (!tier) {
        throw new InputError(
          `There is no environment ${JSON.stringify(
            environment,
          )}; use one of ${[...config.tiers.keys()].join(
            ', ',
          )}, or add it with its tier to gitops.environments`,
        );
      }
      const [sibling] = overlaysOf(overlays, from);
      const { result, files } = await changeTree({
        ...{ workspacePath, path, logger },
        change: tree =>
          addOverlay(tree, { ...options, from: sibling, environment }),
      });
      ctx.output('folder', result.folder);
      ctx.output('namespace', result.namespace);
      ctx.output('tier', tier);
      ctx.output('files', files);
      ctx.output('markdown', describeRenamings(result.renamings));
    },
  });
}
