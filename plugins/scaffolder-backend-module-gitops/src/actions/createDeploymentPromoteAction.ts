import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  changedTree,
  describePromotion,
  PROMOTION_KINDS,
  promoteOverlay,
  type ManifestChange,
  type ManifestTree,
  type PromotionItem,
} from '@fairway/gitops-manifests';
import { changeTree } from './changeTree';
import { overlaysInput, overlaysOf, type OverlayPlace } from './overlaysInput';

/** `gitops:deployment:promote`: brings what runs in one environment to another. */
export function createDeploymentPromoteAction() {
  return createTemplateAction({
    id: 'gitops:deployment:promote',
    description:
      'Brings the images of one environment to another in Git, or also replicas, patches and configuration, and says what else is different between the two. Names of the environment, its namespace and its hosts are no differences.',
    supportsDryRun: true,
    examples: [
      {
        description: 'What runs in staging goes to production',
        example: `steps:
  - id: promote
    action: gitops:deployment:promote
    input:
      path: ./service
      overlays: \${{ steps.service.output.overlays }}
      from: staging
      to: production
`,
      },
      {
        description: 'The image and one patch',
        example: `steps:
  - id: promote
    action: gitops:deployment:promote
    input:
      path: ./service
      overlays: \${{ steps.service.output.overlays }}
      from: staging
      to: production
      what: [image, patch:memory.yaml]
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
        from: z => z.string().describe('Environment that it runs in'),
        to: z => z.string().describe('Environment that gets it'),
        what: z =>
          z
            .array(z.string())
            .min(1)
            .optional()
            .describe(
              `What is promoted: ${PROMOTION_KINDS.join(
                ', ',
              )}, or single differences by their id, for example patch:memory.yaml; default image`,
            ),
      },
      output: {
        files: z =>
          z
            .array(z.string())
            .describe('Files that changed; none when both are the same'),
        items: z =>
          z
            .array(z.record(z.unknown()))
            .describe(
              'Every difference: `id`, `kind`, `name`, `before`, `after`, and `isSelected` for what was promoted',
            ),
        image: z =>
          z
            .string()
            .optional()
            .describe(
              'The first image that was promoted, with its tag or digest, for gitops:application:wait',
            ),
        markdown: z => z.string().describe('The same for people'),
      },
    },
    async handler(ctx) {
      const { workspacePath, logger } = ctx;
      const { path, overlays, from, to, what } = ctx.input;
      const { result, files } = await changeTree({
        ...{ workspacePath, path, logger },
        change: tree => promoteAll(tree, { overlays, from, to, what }),
      });
      ctx.output('files', files);
      ctx.output(
        'items',
        result.items.map(item => ({ ...item })),
      );
      ctx.output('image', imageOf(result.items));
      ctx.output('markdown', describePromotion(result.items));
    },
  });
}

function imageOf(items: PromotionItem[]): string | undefined {
  const image = items.find(
    ({ kind, isSelected, after }) => kind === 'image' && isSelected && after,
  );
  // With a name of its own the image is told in full, else by its tag or digest alone.
  const { name, after = '' } = image ?? { name: '' };
  if (!image || after.includes('/')) {
    return image && after;
  }
  return after.startsWith('@') ? `${name}${after}` : `${name}:${after}`;
}

/** Into every folder of the environment: clusters may have folders of their own. */
function promoteAll(
  tree: ManifestTree,
  input: {
    overlays: ReadonlyArray<OverlayPlace>;
    from: string;
    to: string;
    what?: string[];
  },
) {
  const [source] = overlaysOf(input.overlays, input.from);
  const items = new Map<string, PromotionItem>();
  const changes: ManifestChange[] = [];
  let current = tree;
  for (const target of overlaysOf(input.overlays, input.to)) {
    const promotion = promoteOverlay(current, {
      ...{ from: source, to: target },
      ...(input.what && { what: input.what }),
    });
    promotion.items.forEach(item => items.set(item.id, item));
    changes.push(...promotion.changes);
    current = changedTree(current, promotion.changes);
  }
  return { items: [...items.values()], changes };
}
