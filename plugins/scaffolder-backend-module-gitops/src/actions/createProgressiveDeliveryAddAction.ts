import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  addProgressiveDelivery,
  parseProgressiveModel,
  type ProgressiveModelInput,
} from '@fairway/gitops-manifests';
import { applyChanges, readTree } from '../workspace';
import { PROGRESSIVE_DELIVERY_EXAMPLES } from './progressiveDeliveryExamples';
import { progressiveDeliveryInput } from './progressiveDeliveryInput';

/** `gitops:progressive-delivery:add`: new versions arrive step by step. */
export function createProgressiveDeliveryAddAction() {
  return createTemplateAction({
    id: 'gitops:progressive-delivery:add',
    description:
      'Makes a Deployment in a fetched folder be delivered step by step by Argo Rollouts or Flagger, in chosen environments, in two phases that are a pull request each. The Deployment stays, so that images, replicas and patches of overlays apply as before. Changes nothing when it is there already.',
    supportsDryRun: true,
    examples: PROGRESSIVE_DELIVERY_EXAMPLES,
    schema: {
      input: progressiveDeliveryInput,
      output: {
        files: z => z.array(z.string()).describe('Paths that changed'),
        changed: z => z.boolean().describe('Whether anything did'),
        notes: z =>
          z
            .array(z.string())
            .describe('What there is to know about it, a sentence each'),
        markdown: z =>
          z
            .string()
            .describe('The same, for the description of the pull request'),
      },
    },
    async handler(ctx) {
      const { path, root, analysis, ...input } = ctx.input;
      const { prometheus, ...rules } = analysis ?? {};
      const model = parseProgressiveModel({
        ...input,
        path: root,
        overlays: input.overlays?.map(overlay => ({
          environment: overlay.environment,
          path: overlay.path,
        })),
        analysis: prometheus ? { prometheus, ...rules } : undefined,
        // A pause is checked with its step.
        steps: input.steps as ProgressiveModelInput['steps'],
      });
      const folder = { workspacePath: ctx.workspacePath, path };
      const { changes, notes } = addProgressiveDelivery(
        await readTree(folder),
        model,
      );
      const files = await applyChanges(folder, changes);
      notes.forEach(note => ctx.logger.info(note));
      ctx.output('files', files);
      ctx.output('changed', files.length > 0);
      ctx.output('notes', notes);
      ctx.output('markdown', notes.map(note => `- ${note}`).join('\n'));
    },
  });
}
