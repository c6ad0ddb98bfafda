import { InputError } from '@backstage/errors';
import type { ScmIntegrationRegistry } from '@backstage/integration';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  addPreviewOverlay,
  parsePreviewModel,
  PREVIEW_FORGES,
  renderPreviews,
  type PreviewModel,
  type PreviewModelInput,
} from '@fairway/gitops-manifests';
import { parseLocation } from '../forge';
import { applyChanges, readTree } from '../workspace';
import type { ActionDependencies } from './createGitopsActions';
import { previewsEnableExamples } from './previewsEnableExamples';

/** `gitops:previews:enable`: every labelled pull request of a service gets deployed. */
export function createPreviewsEnableAction({
  integrations,
}: Pick<ActionDependencies, 'integrations'>) {
  return createTemplateAction({
    id: 'gitops:previews:enable',
    description:
      'Makes Argo CD (an ApplicationSet) or Flux (a ResourceSet of the Flux Operator) deploy every labelled pull request of a service to a namespace of its own, <service>-pr-<number>, which goes with the pull request. Writes the overlay for previews into the manifests, as far as it is missing, and the rest beside the registration of the service. Running it again changes nothing.',
    supportsDryRun: true,
    examples: previewsEnableExamples,
    schema: {
      input: {
        name: z => z.string().describe('Name of the service'),
        team: z => z.string().describe('Name of the team that owns it'),
        engine: z => z.enum(['argocd', 'flux']).describe('What deploys it'),
        repoUrl: z =>
          z
            .string()
            .describe(
              'Repository of its manifests, whose pull requests are previewed, in the form host?owner=payments&repo=orders',
            ),
        cloneUrl: z => z.string().describe('Clone URL of that repository'),
        branch: z =>
          z
            .string()
            .optional()
            .describe('Branch that the pull requests are for; default main'),
        root: z =>
          z
            .string()
            .optional()
            .describe('Folder with base and overlays; default deploy'),
        image: z =>
          z
            .string()
            .describe('Image of the service; a tag or digest is left out'),
        imageTag: z =>
          z
            .string()
            .optional()
            .describe(
              'Tag that CI gives to the image of a commit of a pull request, with "{sha}", "{shortSha}" (7 digits) and "{number}" in it; default {sha}',
            ),
        manifestsPath: z =>
          z
            .string()
            .describe(
              'Folder of the workspace with the repository of the manifests',
            ),
        registrationPath: z =>
          z
            .string()
            .describe('Folder of the workspace with the platform repository'),
        label: z =>
          z
            .string()
            .optional()
            .describe(
              'Label of pull requests that asks for a preview; on Bitbucket, which has none, the prefix of their branch. Default preview',
            ),
        domain: z =>
          z
            .string()
            .optional()
            .describe(
              'Domain of the host names <service>-pr-<number>.<domain>; default previews have no host name',
            ),
        hoursToLive: z =>
          z
            .number()
            .optional()
            .describe(
              'Hours after which Kyverno may clean a preview up; default 72',
            ),
        quota: z =>
          z
            .object({
              cpu: z.string().describe('CPU that is requested, such as 2'),
              memory: z.string().describe('Limits of memory, such as 2Gi'),
              pods: z.number().describe('Number of pods'),
            })
            .optional()
            .describe('For each preview; default 2 CPU, 2Gi and 10 pods'),
        secret: z =>
          z
            .object({
              name: z.string(),
              key: z.string().optional().describe('Default token'),
            })
            .optional()
            .describe(
              'Secret in the namespace of the engine with which it reads the pull requests; default none, for repositories that anybody may read',
            ),
        flux: z =>
          z
            .object({
              secretName: z
                .string()
                .optional()
                .describe('Secret with which Flux clones the repository'),
              clusterRole: z
                .string()
                .optional()
                .describe('What a preview may in its namespace; default admin'),
            })
            .optional()
            .describe('How Flux is set up'),
      },
      output: {
        manifestFiles: z =>
          z.array(z.string()).describe('Files of the manifests that changed'),
        registrationFiles: z =>
          z
            .array(z.string())
            .describe('Files of the platform repository that changed'),
        registrationFolder: z =>
          z
            .string()
            .describe('Folder of the workspace that they are in, for a diff'),
        namespace: z =>
          z.string().describe('Namespaces of previews, with <number> in it'),
        host: z =>
          z
            .string()
            .optional()
            .describe('Host names of previews, with <number> in it'),
      },
    },
    async handler(ctx) {
      const { workspacePath, logger } = ctx;
      const { manifestsPath, registrationPath, flux, ...input } = ctx.input;
      const model = toPreviewModel(input, integrations);
      const manifests = { workspacePath, path: manifestsPath };
      const { changes, route } = addPreviewOverlay(
        await readTree(manifests),
        model,
      );
      const files = renderPreviews(model, { route, flux });
      const registration = { workspacePath, path: registrationPath };
      const before = await readTree(registration);
      const manifestFiles = await applyChanges(manifests, changes);
      const registrationFiles = await applyChanges(
        registration,
        files.filter(({ path, content }) => before.get(path) !== content),
      );
      const namespace = `${model.name}-pr-<number>`;
      logger.info(
        [...manifestFiles, ...registrationFiles].length > 0
          ? `Pull requests of ${model.name} with the label "${model.label}" will be deployed to ${namespace}`
          : `Previews of ${model.name} are enabled already; nothing changes`,
      );
      ctx.output('manifestFiles', manifestFiles);
      ctx.output('registrationFiles', registrationFiles);
      ctx.output(
        'registrationFolder',
        `${registrationPath.replace(/\/+$/, '')}/${model.engine}/${model.name}`,
      );
      ctx.output('namespace', namespace);
      ctx.output('host', model.domain && `${namespace}.${model.domain}`);
    },
  });
}

type ModelFields = Omit<
  PreviewModelInput,
  'forge' | 'repoUrl' | 'targetBranch' | 'path' | 'partOf'
>;

function toPreviewModel(
  input: Omit<ModelFields, 'secret'> & {
    repoUrl: string;
    cloneUrl: string;
    branch?: string;
    root?: string;
    secret?: { name: string; key?: string };
  },
  integrations: ScmIntegrationRegistry,
): PreviewModel {
  const { repoUrl, cloneUrl, branch, root, secret, image, ...rest } = input;
  return parsePreviewModel({
    ...rest,
    // A form that was left empty says so with an empty text.
    domain: rest.domain || undefined,
    label: rest.label || undefined,
    imageTag: rest.imageTag || undefined,
    image: image.replace(/@.*$/, '').replace(/:[^/:]*$/, ''),
    repoUrl: cloneUrl,
    targetBranch: branch || undefined,
    path: root || undefined,
    forge: {
      ...forgeOf({ repoUrl, cloneUrl, integrations }),
      ...(secret?.name && { secret }),
    },
  });
}

function forgeOf(options: {
  repoUrl: string;
  cloneUrl: string;
  integrations: ScmIntegrationRegistry;
}): PreviewModelInput['forge'] {
  const { repoUrl, cloneUrl, integrations } = options;
  const location = parseLocation(repoUrl, integrations);
  const kind = PREVIEW_FORGES.find(one => one === location.provider);
  if (!kind) {
    throw new InputError(
      `Pull requests of ${location.host}, a forge of the kind ${
        location.provider
      }, cannot be previewed; only those of ${PREVIEW_FORGES.join(', ')}`,
    );
  }
  const { owner, repo, project } = location;
  return {
    kind,
    host: location.host,
    owner,
    repo,
    // A repository of Bitbucket Server is in a project and nothing above it.
    project: kind === 'bitbucketServer' ? owner : project,
    plainHttp: cloneUrl.startsWith('http:'),
  };
}
