import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { renderWorkload } from '@fairway/gitops-manifests';
import { writeToWorkspace } from '../workspace';
import type { ActionDependencies } from './createGitopsActions';
import { serviceInput, toServiceModel } from './serviceInput';

/** `gitops:workload:render`: base and overlays of a service, into the workspace. */
export function createWorkloadRenderAction({
  config,
}: Pick<ActionDependencies, 'config'>) {
  return createTemplateAction({
    id: 'gitops:workload:render',
    description:
      'Writes the Kubernetes manifests of a service to the workspace: a Kustomize base and an overlay for each environment and for previews.',
    supportsDryRun: true,
    examples: [
      {
        description: 'A Node.js service with two environments',
        example: `steps:
  - id: workload
    action: gitops:workload:render
    input:
      name: orders
      owner: group:default/payments
      engine: argocd
      runtime: nodejs
      image: registry.example.com/payments/orders
      cloneUrl: https://git.example.com/payments/orders.git
      targetPath: ./service
      environments:
        - name: dev
          policy: automated
        - name: production
          policy: manual
`,
      },
    ],
    schema: {
      input: {
        ...serviceInput,
        targetPath: z =>
          z
            .string()
            .optional()
            .describe(
              'Folder of the workspace that becomes the root of the repository; default the workspace itself',
            ),
      },
      output: {
        files: z => z.array(z.string()).describe('Paths of the files, sorted'),
        path: z =>
          z
            .string()
            .describe('Folder of the workspace with base and overlays in it'),
      },
    },
    async handler(ctx) {
      const { targetPath = '.', ...input } = ctx.input;
      const model = toServiceModel(input, config);
      const files = await writeToWorkspace({
        workspacePath: ctx.workspacePath,
        targetPath,
        files: renderWorkload(model),
      });
      ctx.logger.info(
        `Wrote ${files.length} files below ${model.path} for ${model.name}`,
      );
      ctx.output('files', files);
      ctx.output('path', `${targetPath.replace(/\/+$/, '')}/${model.path}`);
    },
  });
}
