import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  changedTree,
  setSyncPolicy,
  SYNC_POLICY_NAMES,
  type ManifestChange,
} from '@fairway/gitops-manifests';
import path from 'node:path';
import { changeTree } from './changeTree';

/** `gitops:sync-policy:set`: what an engine does by itself. */
export function createSyncPolicySetAction() {
  return createTemplateAction({
    id: 'gitops:sync-policy:set',
    description:
      'Changes in a registration what the engine does by itself, in place. Argo CD: spec.syncPolicy.automated. Flux: suspend and prune; Flux always reverts drift while it is not suspended. HelmRelease: suspend and driftDetection.',
    supportsDryRun: true,
    examples: [
      {
        description: 'Let Argo CD apply new revisions by itself',
        example: `steps:
  - id: policy
    action: gitops:sync-policy:set
    input:
      path: ./registration
      registrations:
        - kind: Application
          namespace: argocd
          name: orders-dev
      policy: automated
`,
      },
    ],
    schema: {
      input: {
        path: z =>
          z.string().describe('Folder of the workspace with the registrations'),
        registrations: z =>
          z
            .array(
              z.object({
                kind: z.enum(['Application', 'Kustomization', 'HelmRelease']),
                namespace: z.string().optional(),
                name: z.string(),
              }),
            )
            .min(1)
            .describe('The objects that register it'),
        policy: z =>
          z
            .enum(SYNC_POLICY_NAMES)
            .describe('What the engine shall do by itself'),
      },
      output: {
        files: z =>
          z
            .array(z.string())
            .describe('Files that changed; none when they said so already'),
        folder: z =>
          z
            .string()
            .describe(
              'Folder of the workspace with the first registration, for gitops:manifests:diff',
            ),
        before: z =>
          z
            .record(z.unknown())
            .describe('`automated`, `prune`, `selfHeal` before'),
        after: z => z.record(z.unknown()).describe('The same afterwards'),
      },
    },
    async handler(ctx) {
      const { workspacePath, logger } = ctx;
      const { registrations, policy } = ctx.input;
      const { result, files } = await changeTree({
        ...{ workspacePath, logger, path: ctx.input.path },
        change: tree => {
          let current = tree;
          const changes: ManifestChange[] = [];
          const all = registrations.map(registration => {
            const change = setSyncPolicy(current, { registration, policy });
            changes.push(...change.changes);
            current = changedTree(current, change.changes);
            return change;
          });
          return { changes, first: all[0] };
        },
      });
      const { first } = result;
      ctx.output('files', files);
      ctx.output(
        'folder',
        path.posix.join(ctx.input.path, path.posix.dirname(first.path)),
      );
      ctx.output('before', { ...first.before });
      ctx.output('after', { ...first.after });
    },
  });
}
