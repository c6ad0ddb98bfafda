import { InputError } from '@backstage/errors';
import type { ScmIntegrationRegistry } from '@backstage/integration';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  layoutFolder,
  LAYOUTS,
  type Layout,
} from '@fairway/plugin-gitops-common';
import type { ActionsConfig } from '../config';
import {
  openForgeRepository,
  pageOfFile,
  parseLocation,
  repositoryByPath,
} from '../forge';
import type { ActionDependencies } from './createGitopsActions';

const CATALOG_FILE = 'catalog-info.yaml';

/** `gitops:layout:resolve`: in which repository, and where in it, the manifests will be. */
export function createLayoutResolveAction({
  config,
  integrations,
}: Pick<ActionDependencies, 'config' | 'integrations'>) {
  return createTemplateAction({
    id: 'gitops:layout:resolve',
    description:
      'Says in which repository and folder the manifests of a new service will be, and checks that a configuration repository exists. Changes nothing.',
    supportsDryRun: true,
    examples: [
      {
        description: 'In the configuration repository of the team',
        example: `steps:
  - id: layout
    action: gitops:layout:resolve
    input:
      layout: team-repository
      name: \${{ parameters.name }}
      team: \${{ steps.location.output.team }}
      repoUrl: \${{ steps.location.output.repoUrl }}
      cloneUrl: \${{ steps.location.output.cloneUrl }}
      configurationRepository: payments/configuration
`,
      },
    ],
    schema: {
      input: {
        layout: z =>
          z
            .enum(LAYOUTS)
            .optional()
            .describe(
              'Whose repository holds the manifests; default service-repository',
            ),
        name: z => z.string().describe('Name of the service'),
        team: z => z.string().describe('Name of its team'),
        repoUrl: z =>
          z
            .string()
            .describe(
              'The repository of the service, as gitops:name:check says it',
            ),
        cloneUrl: z => z.string().describe('Its clone URL'),
        webUrl: z => z.string().describe('Its page'),
        configurationRepository: z =>
          z
            .string()
            .optional()
            .describe(
              'The repository of the team or of all, as payments/configuration on the same forge or in the form host?owner=payments&repo=configuration; default for all gitops.platformRepository',
            ),
        code: z =>
          z
            .boolean()
            .optional()
            .describe(
              'False when the service brings no code: it then has a repository only for its manifests. Default true',
            ),
      },
      output: {
        repoUrl: z => z.string().describe('The repository with the manifests'),
        cloneUrl: z => z.string().describe('Its clone URL'),
        webUrl: z => z.string().describe('Its page'),
        branch: z => z.string().describe('Branch that the engine follows'),
        folder: z => z.string().describe('Folder with base and overlays'),
        separate: z =>
          z
            .boolean()
            .describe('Whether that is another than the service’s repository'),
        ownRepository: z =>
          z.boolean().describe('Whether the service has a repository'),
        configuration: z =>
          z
            .string()
            .describe(
              'Clone URL of a configuration repository, empty when there is none',
            ),
        catalogInfoPath: z =>
          z
            .string()
            .describe(
              'Where catalog-info.yaml belongs, in the repository of the service or of the configuration',
            ),
        catalogInfoUrl: z => z.string().describe('Its page'),
      },
    },
    async handler(ctx) {
      const { layout = 'service-repository', name, team, code } = ctx.input;
      const folder = layoutFolder({ layout, name, team });
      const separate = layout !== 'service-repository';
      const service = {
        repoUrl: ctx.input.repoUrl,
        cloneUrl: ctx.input.cloneUrl,
        webUrl: ctx.input.webUrl,
        branch: 'main',
      };
      const manifests = separate
        ? await configurationRepository({
            layout,
            given: ctx.input.configurationRepository,
            beside: ctx.input.repoUrl,
            config,
            integrations,
          })
        : service;
      const ownRepository = !separate || code !== false;
      const catalogInfoPath = ownRepository
        ? CATALOG_FILE
        : `${folder}/${CATALOG_FILE}`;
      const home = ownRepository ? service : manifests;
      const location = parseLocation(home.repoUrl, integrations);
      ctx.logger.info(
        `The manifests will be in ${folder} of ${manifests.webUrl}`,
      );
      ctx.output('repoUrl', manifests.repoUrl);
      ctx.output('cloneUrl', manifests.cloneUrl);
      ctx.output('webUrl', manifests.webUrl);
      ctx.output('branch', manifests.branch);
      ctx.output('folder', folder);
      ctx.output('separate', separate);
      ctx.output('ownRepository', ownRepository);
      ctx.output('configuration', separate ? manifests.cloneUrl : '');
      ctx.output('catalogInfoPath', catalogInfoPath);
      ctx.output(
        'catalogInfoUrl',
        pageOfFile({ ...home, location }, catalogInfoPath),
      );
    },
  });
}

async function configurationRepository(options: {
  layout: Layout;
  given?: string;
  beside: string;
  config: ActionsConfig;
  integrations: ScmIntegrationRegistry;
}) {
  const { layout, given, beside, config, integrations } = options;
  const shared = layout === 'shared-repository';
  const repoUrl = given
    ? repositoryByPath(given, parseLocation(beside, integrations))
    : shared && config.platformRepository;
  if (!repoUrl) {
    throw new InputError(
      shared
        ? 'There is no repository for the manifests of all; name one in the form, or set gitops.platformRepository'
        : 'Name the configuration repository of the team, for example payments/configuration',
    );
  }
  const repository = openForgeRepository(repoUrl, integrations);
  const { cloneUrl, webUrl } = repository;
  const found = await repository.find();
  if (!found) {
    throw new InputError(
      `The configuration repository ${webUrl} does not exist, or the integration's user may not see it. Nothing was changed; create it first, or choose another layout`,
    );
  }
  return { repoUrl, cloneUrl, webUrl, branch: found.defaultBranch };
}
