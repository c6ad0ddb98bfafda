import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  changedTree,
  copyRegistration,
  type ManifestChange,
} from '@fairway/gitops-manifests';
import { changeTree } from './changeTree';
import { overlaysInput, registrationsOf } from './overlaysInput';

/** `gitops:registration:copy`: registers another environment of a service. */
export function createRegistrationCopyAction() {
  return createTemplateAction({
    id: 'gitops:registration:copy',
    description:
      'Registers another environment of a service with its engine after the example of one that is registered, with manual sync, and lets its Argo CD project deploy there.',
    supportsDryRun: true,
    examples: [
      {
        description: 'Register an overlay that was added',
        example: `steps:
  - id: registration
    action: gitops:registration:copy
    input:
      path: ./registration
      overlays: \${{ steps.service.output.overlays }}
      from: staging
      environment: qa
      folder: \${{ steps.overlay.output.folder }}
      namespace: \${{ steps.overlay.output.namespace }}
`,
      },
    ],
    schema: {
      input: {
        path: z =>
          z.string().describe('Folder of the workspace with the registrations'),
        overlays: overlaysInput,
        from: z => z.string().describe('Environment that is registered'),
        environment: z => z.string().describe('Name of the new one'),
        folder: z => z.string().describe('Folder of its overlay'),
        namespace: z => z.string().describe('Namespace that it deploys to'),
      },
      output: {
        files: z =>
          z
            .array(z.string())
            .describe('Files that changed; none when it was registered'),
        names: z =>
          z.array(z.string()).describe('Names of the objects that register it'),
      },
    },
    async handler(ctx) {
      const { workspacePath, logger } = ctx;
      const { path, overlays, from, environment, folder, namespace } =
        ctx.input;
      const { result, files } = await changeTree({
        ...{ workspacePath, path, logger },
        change: tree => {
          const changes: ManifestChange[] = [];
          const names: string[] = [];
          let current = tree;
          for (const registration of registrationsOf(overlays, from)) {
            const copy = copyRegistration(current, {
              ...{ registration, from, environment, namespace },
              path: folder,
            });
            changes.push(...copy.changes);
            names.push(copy.name);
            current = changedTree(current, copy.changes);
          }
          return { changes, names };
        },
      });
      ctx.output('files', files);
      ctx.output('names', result.names);
    },
  });
}
