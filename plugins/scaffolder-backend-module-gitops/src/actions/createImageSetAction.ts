import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { setImage } from '@fairway/gitops-manifests';
import { changeTree } from './changeTree';

/** `gitops:image:set`: makes an overlay run an image. */
export function createImageSetAction() {
  return createTemplateAction({
    id: 'gitops:image:set',
    description:
      'Sets the tag, the digest or the name of an image in the kustomization of an overlay, in place: everything else stays to the letter. Refuses an image that nothing in the overlay uses.',
    supportsDryRun: true,
    examples: [
      {
        description: 'Run another tag in dev',
        example: `steps:
  - id: image
    action: gitops:image:set
    input:
      path: ./service
      folder: deploy/overlays/dev
      image: registry.example.com/payments/orders
      tag: 1.9.0
`,
      },
      {
        description: 'Pin an image to its content, from a mirror',
        example: `steps:
  - id: image
    action: gitops:image:set
    input:
      path: ./service
      folder: deploy/overlays/production
      image: registry.example.com/payments/orders
      newName: mirror.example.com/payments/orders
      digest: sha256:${'0'.repeat(64)}
`,
      },
    ],
    schema: {
      input: {
        path: z =>
          z
            .string()
            .describe('Folder of the workspace with the files of a repository'),
        folder: z => z.string().describe('Folder of the overlay in it'),
        image: z =>
          z
            .string()
            .describe('Image as the manifests name it, without tag and digest'),
        tag: z => z.string().optional().describe('Tag that shall run'),
        digest: z =>
          z
            .string()
            .optional()
            .describe(
              'Digest that shall run; with a tag, both are written, and the digest counts',
            ),
        newName: z =>
          z
            .string()
            .optional()
            .describe('Other place that the image is pulled from'),
      },
      output: {
        files: z =>
          z
            .array(z.string())
            .describe('Files that changed; none when it was so already'),
      },
    },
    async handler(ctx) {
      const { path, ...image } = ctx.input;
      const { workspacePath, logger } = ctx;
      const { files } = await changeTree({
        ...{ workspacePath, path, logger },
        change: tree => ({ changes: setImage(tree, image) }),
      });
      ctx.output('files', files);
    },
  });
}
