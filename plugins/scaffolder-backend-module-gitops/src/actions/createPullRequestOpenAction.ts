import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import path from 'node:path';
import { repositoryOf } from '../config';
import {
  filesChanged,
  filesToAdd,
  openForgeRepository,
  proposeChange,
} from '../forge';
import { FetchedFolder } from '../workspace';
import type { ActionDependencies } from './createGitopsActions';
import { describeChange } from './describeChange';

const BRANCH = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?$/;

/** `gitops:pull-request:open`: files of the workspace as a pull request. */
export function createPullRequestOpenAction({
  config,
  integrations,
}: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:pull-request:open',
    description:
      'Opens a pull request with files of the workspace, or with what changed in a folder that was fetched. What somebody else changed meanwhile is not overwritten: that is a conflict. Running it again finds the pull request that is open; when it fails, no branch stays behind.',
    supportsDryRun: true,
    examples: [
      {
        description: 'Register a service in the platform repository',
        example: `steps:
  - id: pull-request
    action: gitops:pull-request:open
    input:
      sourcePath: ./registration
      branch: register-orders
      title: Register orders
      description: Deploys orders to dev, staging and production.
`,
      },
      {
        description:
          'What was changed in a folder that was fetched, if anything',
        example: `steps:
  - id: pullRequest
    action: gitops:pull-request:open
    input:
      sourcePath: ./service
      branch: promote-orders
      title: Promote orders to production
      difference: \${{ steps.diff.output.markdown }}
      whenUnchanged: skip
`,
      },
    ],
    schema: {
      input: {
        repoUrl: z =>
          z
            .string()
            .optional()
            .describe(
              'Repository in the form host?owner=platform&repo=gitops; default the one that the folder was fetched from, else gitops.platformRepository',
            ),
        sourcePath: z =>
          z
            .string()
            .describe(
              'Folder of the workspace whose files are added or changed; of one that gitops:repository:fetch fetched, only what changed since, deletions too',
            ),
        targetPath: z =>
          z
            .string()
            .optional()
            .describe(
              'Folder of the repository that they go to; default its root',
            ),
        title: z => z.string().describe('Title, and message of the commit'),
        description: z => z.string().optional().describe('Body, in Markdown'),
        difference: z =>
          z
            .string()
            .optional()
            .describe(
              'What gitops:manifests:diff said, to be shown below the description',
            ),
        whenUnchanged: z =>
          z
            .enum(['fail', 'skip'])
            .optional()
            .describe(
              'What happens when the repository has all of it already: default fail; skip opens nothing and says so',
            ),
        branch: z =>
          z
            .string()
            .describe(
              'Name of the branch to make, without slashes; the id of the task is added to it',
            ),
        base: z =>
          z
            .string()
            .optional()
            .describe(
              'Branch to merge into; default the one that was fetched, else the repository’s own',
            ),
      },
      output: {
        repoUrl: z =>
          z.string().describe('The repository, in the form of the input'),
        unchanged: z =>
          z
            .boolean()
            .describe(
              'Whether there was nothing to change, and nothing is open',
            ),
        number: z =>
          z.number().optional().describe('Number of the pull request'),
        pullRequestUrl: z =>
          z.string().optional().describe('Page of the pull request'),
        branch: z => z.string().describe('Branch that it brings in'),
        base: z =>
          z.string().optional().describe('Branch that it is merged into'),
      },
    },
    async handler(ctx) {
      const { workspacePath, logger, input } = ctx;
      const source = resolveSafeChildPath(workspacePath, input.sourcePath);
      const fetched = await fetchedFolder(workspacePath, input);
      const repoUrl = fetched?.repoUrl ?? repositoryOf(input.repoUrl, config);
      const branch = branchOf(input.branch, ctx.task.id);
      const repository = openForgeRepository(repoUrl, integrations);
      const title = input.title.replace(/\s+/g, ' ').trim();
      const base = input.base ?? fetched?.branch;
      ctx.output('repoUrl', repoUrl);
      ctx.output('branch', branch);
      const files = fetched
        ? await filesChanged(fetched)
        : await filesToAdd(source, input.targetPath ?? '.');
      const skip = () => {
        if (input.whenUnchanged !== 'skip') {
          throw new InputError(
            `${repository.webUrl} has exactly these files already, so there is nothing to propose`,
          );
        }
        logger.info(`Nothing changes in ${repository.webUrl}`);
        ctx.output('unchanged', true);
      };
      if (files.length === 0) {
        skip();
        return;
      }
      if (ctx.isDryRun) {
        logger.info(
          `Would open the pull request "${title}" in ${
            repository.webUrl
          } with ${files.map(file => file.path).join(', ')}`,
        );
        ctx.output('unchanged', false);
        ctx.output('base', base ?? 'main');
        ctx.output('number', 0);
        ctx.output('pullRequestUrl', repository.webUrl);
        return;
      }
      // No checkpoint: the forge itself remembers, and it may have changed since the last try.
      const pull = await proposeChange({
        ...{ repository, branch, base, files, title, logger },
        body: describeChange(input, repository),
        author: config.author,
      });
      if (!pull) {
        skip();
        return;
      }
      logger.info(`Pull request ${pull.number}: ${pull.url}`);
      ctx.output('unchanged', false);
      ctx.output('base', pull.base);
      ctx.output('number', pull.number);
      ctx.output('pullRequestUrl', pull.url);
    },
  });
}

/** The folder with its untouched copy, when the source was fetched and goes back to where it came from. */
async function fetchedFolder(
  workspacePath: string,
  input: { sourcePath: string; repoUrl?: string; targetPath?: string },
): Promise<FetchedFolder | undefined> {
  const fetched = await FetchedFolder.containing(
    workspacePath,
    input.sourcePath,
  );
  const isWhole =
    fetched && path.posix.relative(fetched.path, input.sourcePath) === '';
  if (!isWhole) {
    return undefined;
  }
  if (input.repoUrl && input.repoUrl !== fetched.repoUrl) {
    throw new InputError(
      `"${input.sourcePath}" was fetched from ${fetched.repoUrl}, and its changes cannot be proposed to ${input.repoUrl}; leave repoUrl out`,
    );
  }
  if (input.targetPath && path.posix.normalize(input.targetPath) !== '.') {
    throw new InputError(
      `"${input.sourcePath}" was fetched, so its files go to where they came from; leave targetPath out`,
    );
  }
  return fetched;
}

function branchOf(name: string, taskId: string): string {
  // The same for every try of a task, and different for any two tasks: what is found under
  // this name was made by an earlier try, and nobody else's work is ever overwritten.
  const branch = `${name}-${taskId.replace(/[^A-Za-z0-9]/g, '').slice(0, 8)}`;
  if (!BRANCH.test(branch) || branch.includes('..') || branch.length > 120) {
    throw new InputError(
      `${JSON.stringify(
        name.slice(0, 80),
      )} cannot name a branch here: letters, digits, dots, dashes and underscores, at most 100`,
    );
  }
  return branch;
}
