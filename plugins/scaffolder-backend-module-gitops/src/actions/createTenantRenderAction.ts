import { parseEntityRef } from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import type { ScmIntegrationRegistry } from '@backstage/integration';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  addGroup,
  addTenant,
  parseTenantModel,
  tenantNamespace,
  type TenantModel,
  type TenantModelInput,
} from '@fairway/gitops-manifests';
import type { ActionsConfig } from '../config';
import { openForgeRepository, parseLocation } from '../forge';
import { applyChanges, readTree } from '../workspace';
import type { ActionDependencies } from './createGitopsActions';
import { tenantRenderExamples } from './tenantRenderExamples';

/** Where a team's configuration is when nobody says so. */
const CONFIGURATION_REPOSITORY = 'deploy';

/** `gitops:tenant:render`: a place on the platform for a team. */
export function createTenantRenderAction({
  config,
  integrations,
}: Pick<ActionDependencies, 'config' | 'integrations'>) {
  return createTemplateAction({
    id: 'gitops:tenant:render',
    description:
      'Gives a team its place in the platform repository: namespaces with a quota, limits and a network policy; for Argo CD an AppProject and an ApplicationSet over the folders of the team; for Flux an account, its rights and Kustomizations that reconcile as that account. Adds the group to the catalog, if it is told where. A name, a project or a namespace that is taken is refused before anything changes; running it again changes nothing.',
    supportsDryRun: true,
    examples: tenantRenderExamples,
    schema: {
      input: {
        name: z => z.string().describe('Name of the team'),
        title: z => z.string().optional().describe('Its name for people'),
        description: z => z.string().optional().describe('What it is for'),
        engine: z =>
          z.enum(['argocd', 'flux']).describe('What deploys its services'),
        environments: z =>
          z
            .array(z.string())
            .describe(
              'Environments, in each of which it has the namespace <team>-<environment>',
            ),
        organisation: z =>
          z
            .string()
            .optional()
            .describe(
              'Organisation of the forge whose repositories it deploys from; default the name of the team',
            ),
        host: z =>
          z
            .string()
            .optional()
            .describe(
              'Host of the forge; default that of gitops.platformRepository',
            ),
        configurationUrl: z =>
          z
            .string()
            .optional()
            .describe(
              'Clone URL of the repository in which <folder>/<environment>/<service> says what runs; default the repository "deploy" of the organisation',
            ),
        configurationBranch: z =>
          z.string().optional().describe('Its branch; default main'),
        configurationFolder: z =>
          z.string().optional().describe('Its folder; default environments'),
        sourceRepos: z =>
          z
            .array(z.string())
            .optional()
            .describe(
              'URLs that the team may deploy from besides, such as those of chart repositories',
            ),
        accessGroup: z =>
          z
            .string()
            .optional()
            .describe(
              'Group of the identity provider whose people may sync its applications in Argo CD; default the name of the team',
            ),
        parent: z =>
          z.string().optional().describe('Entity ref of the group above it'),
        members: z =>
          z.array(z.string()).optional().describe('Entity refs of its people'),
        quota: z =>
          z
            .object({
              cpu: z.string().describe('CPU that is requested, such as 4'),
              memory: z.string().describe('Limits of memory, such as 8Gi'),
              pods: z.number().describe('Number of pods'),
            })
            .optional()
            .describe('For each namespace; default 4 CPU, 8Gi and 50 pods'),
        podSecurity: z =>
          z
            .enum(['baseline', 'restricted'])
            .optional()
            .describe('Pod security standard to enforce; default restricted'),
        flux: z =>
          z
            .object({
              secretName: z
                .string()
                .optional()
                .describe('Secret with which Flux clones the configuration'),
              clusterRole: z
                .string()
                .optional()
                .describe('What the team may in its namespaces; default admin'),
            })
            .optional()
            .describe('How Flux is set up'),
        targetPath: z =>
          z
            .string()
            .describe('Folder of the workspace with the platform repository'),
        catalogPath: z =>
          z
            .string()
            .optional()
            .describe(
              'Folder of the workspace with the repository that the catalog reads; default the group is not written',
            ),
        catalogFile: z =>
          z
            .string()
            .optional()
            .describe(
              'File in it that the group is added to, for example org.yaml',
            ),
      },
      output: {
        files: z =>
          z
            .array(z.string())
            .describe('Files of the platform repository that are new'),
        folder: z =>
          z
            .string()
            .describe('Folder of the workspace that they are in, for a diff'),
        namespaces: z => z.array(z.string()).describe('Its namespaces'),
        configurationUrl: z =>
          z.string().describe('Clone URL of its configuration'),
        entityRef: z => z.string().describe('Entity ref of its group'),
        catalogChanged: z =>
          z.boolean().describe('Whether the group is new in the catalog'),
      },
    },
    async handler(ctx) {
      const { workspacePath } = ctx;
      const { targetPath, catalogPath, catalogFile, flux, ...input } =
        ctx.input;
      const model = toTenantModel(input, { config, integrations });
      const platform = { workspacePath, path: targetPath };
      const changes = addTenant(await readTree(platform), model, { flux });
      const catalog = catalogPath && { workspacePath, path: catalogPath };
      // Everything is looked at before anything is written.
      const group = catalog
        ? addGroup(await readTree(catalog), model, catalogFile || 'org.yaml')
        : [];
      const files = await applyChanges(platform, changes);
      if (catalog) {
        await applyChanges(catalog, group);
      }
      const namespaces = model.environments.map(environment =>
        tenantNamespace(model, environment),
      );
      ctx.logger.info(
        files.length > 0
          ? `${model.name} gets the namespaces ${namespaces.join(', ')}`
          : `${model.name} has its place already; nothing changes`,
      );
      ctx.output('files', files);
      ctx.output(
        'folder',
        `${targetPath.replace(/\/+$/, '')}/${model.engine}/teams/${model.name}`,
      );
      ctx.output('namespaces', namespaces);
      ctx.output('configurationUrl', model.configuration.repoUrl);
      ctx.output('entityRef', `group:default/${model.name}`);
      ctx.output('catalogChanged', group.length > 0);
    },
  });
}

type Fields = Omit<
  TenantModelInput,
  'configuration' | 'parent' | 'members' | 'sourceRepos'
> & {
  organisation?: string;
  host?: string;
  configurationUrl?: string;
  configurationBranch?: string;
  configurationFolder?: string;
  parent?: string;
  members?: string[];
  sourceRepos?: string[];
};

interface Surroundings {
  config: ActionsConfig;
  integrations: ScmIntegrationRegistry;
}

function toTenantModel(input: Fields, surroundings: Surroundings): TenantModel {
  const {
    organisation,
    host,
    configurationUrl,
    configurationBranch,
    configurationFolder,
    sourceRepos = [],
    parent,
    members,
    ...rest
  } = input;
  const usual = usualRepository(input, surroundings);
  return parseTenantModel({
    ...rest,
    title: rest.title || undefined,
    accessGroup: rest.accessGroup || undefined,
    parent: parent ? nameOf(parent, 'group') : undefined,
    members: members?.map(ref => nameOf(ref, 'user')),
    configuration: {
      repoUrl: configurationUrl || usual.cloneUrl,
      revision: configurationBranch || undefined,
      path: configurationFolder || undefined,
    },
    sourceRepos: [
      // Beside its configuration: services may bring their manifests along.
      `${usual.webUrl.slice(0, usual.webUrl.lastIndexOf('/'))}/*`,
      ...sourceRepos,
    ],
  });
}

function usualRepository(
  { name, organisation, host }: Fields,
  { config, integrations }: Surroundings,
) {
  const forge =
    host ||
    (config.platformRepository &&
      parseLocation(config.platformRepository, integrations).host);
  if (!forge) {
    throw new InputError(
      'No forge was chosen, and gitops.platformRepository does not name one; choose the host of the forge, or set gitops.platformRepository',
    );
  }
  const owner = encodeURIComponent(organisation || name);
  return openForgeRepository(
    `${forge}?owner=${owner}&repo=${CONFIGURATION_REPOSITORY}`,
    integrations,
  );
}

function nameOf(ref: string, kind: string): string {
  try {
    const parsed = parseEntityRef(ref, {
      defaultKind: kind,
      defaultNamespace: 'default',
    });
    if (parsed.kind.toLowerCase() === kind) {
      return parsed.name;
    }
  } catch {
    // Told below, together with what is of another kind.
  }
  throw new InputError(
    `${JSON.stringify(
      ref.slice(0, 80),
    )} is no ${kind}; write for example ${kind}:default/ada`,
  );
}
