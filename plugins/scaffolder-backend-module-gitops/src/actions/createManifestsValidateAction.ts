import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  BASELINE_POLICIES,
  checkBaseline,
  validateFolder,
  type ValidatedOverlay,
} from '@fairway/gitops-manifests';
import { manifestsValidateExamples } from './manifestsValidateExamples';

/** `gitops:manifests:validate`: builds every overlay before anything is published. */
export function createManifestsValidateAction() {
  return createTemplateAction({
    id: 'gitops:manifests:validate',
    description:
      'Builds every overlay of a folder with kustomize, checks each object against the schema of its kind, refuses plain Secrets, and says what the policies of gitops:policy:add would say of each object.',
    supportsDryRun: true,
    examples: manifestsValidateExamples,
    schema: {
      input: {
        path: z =>
          z.string().describe('Folder of the workspace with "overlays" in it'),
        policy: z =>
          z
            .object({
              rules: z
                .array(z.enum(['require-team-label', ...BASELINE_POLICIES]))
                .optional()
                .describe('Rules to check; default all'),
              registries: z
                .array(z.string())
                .optional()
                .describe(
                  'Registries that images may come from; default any will do',
                ),
              excludedNamespaces: z
                .array(z.string())
                .optional()
                .describe(
                  'Namespaces for which no rule holds; default those of the system',
                ),
              enforce: z
                .boolean()
                .optional()
                .describe(
                  'Refuse what breaks a rule; default only say so, as the policies do at first',
                ),
            })
            .optional()
            .describe('How policies are checked'),
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
        policy: z =>
          z
            .array(
              z.object({
                rule: z.string().describe('Name of the policy'),
                object: z.string().describe('The object, as kind/name'),
                message: z.string().describe('What is wrong'),
                overlays: z
                  .array(z.string())
                  .describe('Overlays in which it is so'),
              }),
            )
            .describe('What breaks a rule; empty when nothing does'),
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

      const { enforce, ...options } = ctx.input.policy ?? {};
      const violations = violationsOf(overlays, options);
      const lines = violations.map(
        ({ rule, object, message, overlays: names }) =>
          `${object} in ${names.join(', ')} breaks ${rule}: ${message}`,
      );
      for (const line of lines) {
        ctx.logger.warn(line);
      }
      ctx.output('policy', violations);
      if (enforce && violations.length > 0) {
        throw new InputError(
          `The manifests break policies that are enforced; correct them first: ${lines.join(
            '; ',
          )}`,
        );
      }
    },
  });
}

type Options = NonNullable<Parameters<typeof checkBaseline>[1]>;

/** What is wrong in several overlays is told once. */
function violationsOf(overlays: ValidatedOverlay[], options: Options) {
  const found = new Map<
    string,
    ReturnType<typeof checkBaseline>[number] & { overlays: string[] }
  >();
  for (const { name, objects } of overlays) {
    for (const violation of checkBaseline(objects, options)) {
      const key = `${violation.rule} ${violation.object}`;
      const known = found.get(key) ?? { ...violation, overlays: [] };
      known.overlays.push(name);
      found.set(key, known);
    }
  }
  return [...found.values()];
}
