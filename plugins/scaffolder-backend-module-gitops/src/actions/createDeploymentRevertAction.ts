import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { Deployment } from '@fairway/plugin-gitops-common';
import {
  RESTORE_SCOPES,
  restoreOverlay,
  type ManifestTree,
  type RestoreScope,
} from '@fairway/gitops-manifests';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fetchCommit, openForgeRepository } from '../forge';
import { FetchedFolder, readTree } from '../workspace';
import { changeTree } from './changeTree';
import type { ActionDependencies } from './createGitopsActions';
import { deploymentRevertExamples } from './deploymentRevertExamples';
import { overlaysInput, overlaysOf, type OverlayPlace } from './overlaysInput';

/** `gitops:deployment:revert`: an environment as it was with an earlier deployment. */
export function createDeploymentRevertAction({
  gitops,
  integrations,
}: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:deployment:revert',
    description:
      'Restores the overlay of an environment to what it was with a chosen deployment, as a new change: nothing of the history goes, and everything else in the repository stays. Says what the environment is built from beside it that is different now.',
    supportsDryRun: true,
    examples: deploymentRevertExamples,
    schema: {
      input: {
        path: z =>
          z
            .string()
            .describe(
              'Folder of the workspace that gitops:repository:fetch fetched',
            ),
        overlays: overlaysInput,
        environment: z => z.string().describe('Environment that is restored'),
        deployment: z =>
          z
            .string()
            .optional()
            .describe('Id of the deployment that shall run again'),
        revision: z =>
          z
            .string()
            .optional()
            .describe('Commit that shall run again, in place of a deployment'),
        scope: z =>
          z
            .enum(RESTORE_SCOPES)
            .optional()
            .describe(
              'images: only those; overlay (default): the folder of the environment; all: also what it shares with others, such as the base',
            ),
      },
      output: {
        files: z =>
          z
            .array(z.string())
            .describe('Files that changed; none when it is so already'),
        otherwise: z =>
          z
            .array(z.string())
            .describe(
              'Files that the environment is built from as well, and that are others now',
            ),
        revision: z => z.string().describe('Commit that was restored'),
        version: z => z.string().optional().describe('Version that it ran'),
        image: z =>
          z
            .string()
            .optional()
            .describe('Image that it ran, for gitops:application:wait'),
      },
    },
    async handler(ctx) {
      const { workspacePath, logger, input, signal } = ctx;
      const { deployment: id, revision, ...options } = input;
      const api = gitops.as(await ctx.getInitiatorCredentials());
      const deployment = id ? await api.getDeployment(id) : undefined;
      const commit = commitOf(deployment, { ...input, revision });
      const fetched = await FetchedFolder.containing(workspacePath, input.path);
      if (!fetched) {
        throw new InputError(
          `"${input.path}" was not fetched by gitops:repository:fetch, so its history is not known; fetch the repository first`,
        );
      }
      const past = await filesAt({
        repository: openForgeRepository(fetched.repoUrl, integrations),
        ...{ commit, branch: fetched.branch, signal },
      });
      const { result, files } = await changeTree({
        ...{ workspacePath, path: input.path, logger },
        change: tree => restoreAll(tree, past, { ...options, deployment }),
      });
      ctx.output('files', files);
      ctx.output('otherwise', result.otherwise);
      ctx.output('revision', commit);
      ctx.output('version', deployment?.version);
      ctx.output('image', mainImage(deployment));
    },
  });
}

function commitOf(
  deployment: Deployment | undefined,
  input: { environment: string; deployment?: string; revision?: string },
): string {
  if (Boolean(deployment) === Boolean(input.revision)) {
    throw new InputError(
      'Say what shall run again: either a deployment or a revision',
    );
  }
  if (deployment && deployment.environment !== input.environment) {
    throw new InputError(
      `The deployment was made in ${deployment.environment}, not in ${input.environment}; choose one of that environment`,
    );
  }
  return input.revision ?? deployment!.originRevision ?? deployment!.revision;
}

/** The image whose tag is the version that people know. */
function mainImage(deployment: Deployment | undefined): string | undefined {
  const { version, images = [] } = deployment ?? {};
  return images.find(image => version && image.endsWith(`:${version}`));
}

/** The overlay that the deployment ran from, or all of the environment. */
function restoreAll(
  tree: ManifestTree,
  past: ManifestTree,
  options: {
    overlays: ReadonlyArray<OverlayPlace>;
    environment: string;
    scope?: RestoreScope;
    deployment?: Deployment;
  },
) {
  const { overlays, environment, scope, deployment } = options;
  const isMeant = ({ application }: OverlayPlace) =>
    !deployment || application?.name === deployment.applicationName;
  const places = overlays.filter(isMeant);
  const restorations = overlaysOf(
    places.length > 0 ? places : overlays,
    environment,
  ).map(({ folder }) =>
    restoreOverlay(tree, past, { folder, ...(scope && { scope }) }),
  );
  return {
    changes: restorations.flatMap(({ changes }) => changes),
    otherwise: [...new Set(restorations.flatMap(one => one.otherwise))],
  };
}

async function filesAt(
  options: Omit<Parameters<typeof fetchCommit>[0], 'directory'>,
): Promise<ManifestTree> {
  const directory = await mkdtemp(path.join(tmpdir(), 'fairway-past-'));
  try {
    await fetchCommit({ ...options, directory });
    return await readTree({ workspacePath: directory, path: '.' });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
