import { ConflictError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { renderWorkload, type ManifestFile } from '@fairway/gitops-manifests';
import { readTree, writeToWorkspace } from '../workspace';
import type { ActionDependencies } from './createGitopsActions';
import { serviceInput, toServiceModel } from './serviceInput';
import { workloadRenderExamples } from './workloadRenderExamples';

/** `gitops:workload:render`: base and overlays of a service, into the workspace. */
export function createWorkloadRenderAction({
  config,
}: Pick<ActionDependencies, 'config'>) {
  return createTemplateAction({
    id: 'gitops:workload:render',
    description:
      'Writes the Kubernetes manifests of a web service, a worker or a cron job to the workspace: a Kustomize base and an overlay for each environment and for previews.',
    supportsDryRun: true,
    examples: workloadRenderExamples,
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
      const rendered = renderWorkload(model);
      if (model.layout !== 'service-repository') {
        await assertNotTaken(rendered, {
          workspacePath: ctx.workspacePath,
          targetPath,
          folder: model.path,
        });
      }
      const files = await writeToWorkspace({
        workspacePath: ctx.workspacePath,
        targetPath,
        files: rendered,
      });
      ctx.logger.info(
        `Wrote ${files.length} files below ${model.path} for ${model.name}`,
      );
      ctx.output('files', files);
      ctx.output('path', `${targetPath.replace(/\/+$/, '')}/${model.path}`);
    },
  });
}

/**
 * In a repository of many services a folder may be that of another. The same files are no
 * conflict: a task that runs again finds what it wrote.
 */
async function assertNotTaken(
  files: ManifestFile[],
  options: { workspacePath: string; targetPath: string; folder: string },
): Promise<void> {
  const { workspacePath, targetPath, folder } = options;
  const tree = await readTree({ workspacePath, path: targetPath });
  const rendered = new Map(files.map(file => [file.path, file.content]));
  const other = [...tree].find(
    ([path, content]) =>
      path.startsWith(`${folder}/`) && rendered.get(path) !== content,
  );
  if (other) {
    throw new ConflictError(
      `The repository has a folder ${folder} already, with a file ${other[0]} that is not of this service. Nothing was changed; choose another name, or remove that folder first`,
    );
  }
}
