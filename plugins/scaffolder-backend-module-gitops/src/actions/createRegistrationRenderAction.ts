import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { renderRegistration } from '@fairway/gitops-manifests';
import { writeToWorkspace } from '../workspace';
import type { ActionDependencies } from './createGitopsActions';
import { serviceInput, toRegistrationModel } from './serviceInput';

/** `gitops:registration:render`: what makes Argo CD or Flux deploy a service. */
export function createRegistrationRenderAction({
  config,
}: Pick<ActionDependencies, 'config'>) {
  return createTemplateAction({
    id: 'gitops:registration:render',
    description:
      'Writes the registration of a service with Argo CD (an AppProject and an Application per environment) or Flux (a GitRepository and a Kustomization per environment) to the workspace, laid out as the platform repository is.',
    supportsDryRun: true,
    examples: [
      {
        description: 'A service that Flux deploys',
        example: `steps:
  - id: registration
    action: gitops:registration:render
    input:
      name: orders
      owner: group:default/payments
      engine: flux
      runtime: go
      image: registry.example.com/payments/orders
      cloneUrl: https://git.example.com/payments/orders.git
      targetPath: ./registration
      environments:
        - name: dev
          policy: automated-prune
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
              'Folder of the workspace that stands for the root of the platform repository; default the workspace itself',
            ),
        argocd: z =>
          z
            .object({
              namespace: z
                .string()
                .optional()
                .describe('Namespace of Argo CD; default argocd'),
              server: z
                .string()
                .optional()
                .describe('API server to deploy to; default Argo CD’s own'),
              project: z
                .string()
                .optional()
                .describe(
                  'AppProject that exists; default one of the service’s own',
                ),
            })
            .optional()
            .describe('How Argo CD is set up'),
        flux: z =>
          z
            .object({
              namespace: z
                .string()
                .optional()
                .describe('Namespace of the registration; default flux-system'),
              secretName: z
                .string()
                .optional()
                .describe(
                  'Secret with the credentials of a private repository',
                ),
              serviceAccountName: z
                .string()
                .optional()
                .describe('Account as which Flux applies; default its own'),
            })
            .optional()
            .describe('How Flux is set up'),
      },
      output: {
        files: z => z.array(z.string()).describe('Paths of the files'),
      },
    },
    async handler(ctx) {
      const { targetPath = '.', argocd, flux, ...input } = ctx.input;
      const model = toRegistrationModel(input, config);
      const files = await writeToWorkspace({
        workspacePath: ctx.workspacePath,
        targetPath,
        files: renderRegistration(model, { argocd, flux }),
      });
      ctx.logger.info(`Wrote the registration: ${files.join(', ')}`);
      ctx.output('files', files);
    },
  });
}
