import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { validateFolder } from '@fairway/gitops-manifests';

/** `gitops:manifests:validate`: builds every overlay before anything is published. */
export function createManifestsValidateAction() {
  return createTemplateAction({
    id: 'gitops:manifests:validate',
    description:
      'Builds every overlay of a folder with kustomize, checks each object against the schema of its kind, and refuses plain Secrets.',
    supportsDryRun: true,
    examples: [
      {
        description: 'Check what was rendered',
        example: `steps:
  - id: validate
    action: gitops:manifests:validate
    input:
      path: ./service/deploy
`,
      },
    ],
    schema: {
      input: {
        path: z =>
          z.string().describe('Folder of the workspace with "overlays" in it'),
      },
      output: {
        overlays: z =>
          z
            .array(
              z.object({
                name: z.string().describe('Name of the overlay'),
                objects: z
                  .array(z.string())
                  .describe('Its objects, as kind/name'),
              }),
            )
            .describe('What each overlay builds to'),
      },
    },
    async handler(ctx) {
      const folder = resolveSafeChildPath(ctx.workspacePath, ctx.input.path);
      const overlays = await validateFolder(folder, { signal: ctx.signal });
      const summary = overlays.map(({ name, objects }) => ({
        name,
        objects: objects.map(
          object => `${object.kind}/${object.metadata?.name ?? ''}`,
        ),
      }));
      for (const { name, objects } of summary) {
        ctx.logger.info(`Overlay ${name} builds: ${objects.join(', ')}`);
      }
      ctx.output('overlays', summary);
    },
  });
}
