import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  adoptionDifferences,
  adoptObjects,
  buildKustomization,
  describeAdoption,
  type Adoption,
} from '@fairway/gitops-manifests';
import { writeNewFiles } from '../workspace';
import { serviceAdoptExamples } from './serviceAdoptExamples';
import { teamOf } from './serviceInput';

/** `gitops:service:adopt`: what runs, as a base and overlays. */
export function createServiceAdoptAction() {
  return createTemplateAction({
    id: 'gitops:service:adopt',
    description:
      'Writes what runs in a cluster to a base and an overlay per environment, builds them, and says what would differ: names, namespaces, selectors and templates of pods stay, so nothing is recreated and nothing restarts. Refuses what cannot be adopted: generated names, Secrets, and what Helm or an engine deploys already.',
    supportsDryRun: true,
    examples: serviceAdoptExamples,
    schema: {
      input: {
        name: z => z.string().describe('Name of the service'),
        owner: z =>
          z
            .string()
            .describe(
              'Entity ref of the owning group; its name becomes the label "team"',
            ),
        targetPath: z =>
          z
            .string()
            .describe('Folder of the workspace with the files of a repository'),
        folder: z =>
          z
            .string()
            .optional()
            .describe('Folder in it for base and overlays; default deploy'),
        environments: z =>
          z
            .array(
              z.object({
                name: z.string().describe('Name of the environment'),
                namespace: z.string().describe('Namespace that it runs in'),
                manifests: z
                  .string()
                  .describe(
                    'What runs there, as "kubectl get -o yaml" prints it',
                  ),
              }),
            )
            .describe('The environments, in the order of promotion'),
      },
      output: {
        path: z => z.string().describe('Folder with base and overlays'),
        files: z => z.array(z.string()).describe('Files that were written'),
        environments: z =>
          z
            .array(
              z.object({
                name: z.string(),
                namespace: z.string(),
                path: z.string(),
              }),
            )
            .describe('For gitops:registration:adopt'),
        restarts: z =>
          z
            .array(z.string())
            .describe('Objects whose pods a first sync would restart'),
        leftOut: z =>
          z.array(z.string()).describe('What was not adopted, and why'),
        markdown: z =>
          z.string().describe('What a first sync would change, for people'),
      },
    },
    async handler(ctx) {
      const { name, owner, targetPath, environments } = ctx.input;
      const folder = ctx.input.folder ?? 'deploy';
      const adoption = adoptObjects({
        ...{ name, environments },
        team: teamOf(owner),
        path: folder,
      });
      const files = await writeNewFiles({
        workspacePath: ctx.workspacePath,
        targetPath,
        files: adoption.files,
      });
      const root = resolveSafeChildPath(ctx.workspacePath, targetPath);
      const told = await compare(adoption, {
        root: `${root}/${folder}`,
        signal: ctx.signal,
      });
      const leftOut = adoption.leftOut.map(
        ({ object, reason }) => `${object}: ${reason}`,
      );
      leftOut.forEach(line => ctx.logger.info(`Left out: ${line}`));
      told.restarts.forEach(object =>
        ctx.logger.warn(`A first sync would restart the pods of ${object}`),
      );
      ctx.output('path', `${targetPath.replace(/\/+$/, '')}/${folder}`);
      ctx.output('files', files);
      ctx.output(
        'environments',
        environments.map(environment => ({
          name: environment.name,
          namespace: environment.namespace,
          path: `${folder}/overlays/${environment.name}`,
        })),
      );
      ctx.output('restarts', told.restarts);
      ctx.output('leftOut', leftOut);
      ctx.output('markdown', told.markdown);
    },
  });
}

/** What would differ from what runs, by what kustomize really builds. */
async function compare(
  adoption: Adoption,
  options: { root: string; signal?: AbortSignal },
) {
  const restarts: string[] = [];
  const parts: string[] = [];
  for (const { environment, objects } of adoption.given) {
    const rendered = await buildKustomization(
      `${options.root}/overlays/${environment}`,
      { signal: options.signal },
    );
    const differences = adoptionDifferences(objects, rendered);
    parts.push(describeAdoption(environment, differences));
    for (const { object, restarts: isRestarted } of differences) {
      if (isRestarted) {
        restarts.push(`${object} in ${environment}`);
      }
    }
  }
  return { restarts, markdown: parts.join('\n\n') };
}
