import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  chartNeeds,
  parseChartModel,
  recommendChartMethod,
  renderChart,
  renderChartRegistration,
  validateChartFolder,
} from '@fairway/gitops-manifests';
import { writeToWorkspace } from '../workspace';
import { chartInput, toChartModel } from './chartInput';
import { CHART_WRAP_EXAMPLES } from './chartWrapExamples';
import type { ActionDependencies } from './createGitopsActions';

/** `gitops:chart:wrap`: manifests around a Helm chart of others, and its registration. */
export function createChartWrapAction({
  config,
}: Pick<ActionDependencies, 'config'>) {
  return createTemplateAction({
    id: 'gitops:chart:wrap',
    description:
      'Writes an overlay per environment around a Helm chart (its exact version, values, patches and namespace) and its registration to the workspace: for Argo CD inflated by kustomize or as multiple sources, for Flux as a HelmRelease with post-renderers. What can be built without the chart is built and checked.',
    supportsDryRun: true,
    examples: CHART_WRAP_EXAMPLES,
    schema: {
      input: {
        ...chartInput,
        targetPath: z =>
          z
            .string()
            .optional()
            .describe(
              'Folder of the workspace that stands for the root of the repository with the manifests; default the workspace itself',
            ),
        registrationPath: z =>
          z
            .string()
            .optional()
            .describe(
              'Folder of the workspace that stands for the root of the platform repository; without it no registration is written',
            ),
      },
      output: {
        files: z => z.array(z.string()).describe('Paths of the manifests'),
        registrationFiles: z =>
          z.array(z.string()).describe('Paths of the registration'),
        path: z =>
          z.string().describe('Folder of the workspace with "overlays" in it'),
        method: z =>
          z.string().describe('How chart and manifests come together'),
        needs: z =>
          z
            .array(z.string())
            .describe('What the platform must have for it, a sentence each'),
        markdown: z =>
          z
            .string()
            .describe('The same, for the description of the pull request'),
      },
    },
    async handler(ctx) {
      const { targetPath = '.', registrationPath, ...input } = ctx.input;
      const model = parseChartModel(toChartModel(input, config));
      const { workspacePath } = ctx;
      const files = await writeToWorkspace({
        ...{ workspacePath, targetPath },
        files: renderChart(model),
      });
      const path = `${targetPath}/${model.path}`;
      await validateChartFolder(resolveSafeChildPath(workspacePath, path), {
        signal: ctx.signal,
      });
      const registrationFiles = registrationPath
        ? await writeToWorkspace({
            ...{ workspacePath, targetPath: registrationPath },
            files: renderChartRegistration(model),
          })
        : [];
      ctx.logger.info(
        `Wrapped ${model.chart.name} ${model.chart.version}: ${[
          ...files,
          ...registrationFiles,
        ].join(', ')}`,
      );
      const needs = chartNeeds(model);
      needs.forEach(need => ctx.logger.info(need));
      const { method, reason } = recommendChartMethod(model.engine);
      ctx.output('files', files);
      ctx.output('registrationFiles', registrationFiles);
      ctx.output('path', path);
      ctx.output('method', model.method);
      ctx.output('needs', needs);
      ctx.output(
        'markdown',
        [...needs, ...(method === model.method ? [reason] : [])]
          .map(line => `- ${line}`)
          .join('\n'),
      );
    },
  });
}
