import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { openForgeRepository, proposeChange } from '../forge';
import type { ActionDependencies } from './createGitopsActions';

const BRANCH = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?$/;

/** `gitops:pull-request:open`: files of the workspace as a pull request. */
export function createPullRequestOpenAction({
  config,
  integrations,
}: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:pull-request:open',
    description:
      'Opens a pull request with files of the workspace on Gitea or Forgejo. Running it again finds the pull request that is open; when it fails, no branch stays behind.',
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
    ],
    schema: {
      input: {
        repoUrl: z =>
          z
            .string()
            .optional()
            .describe(
              'Repository in the form host?owner=platform&repo=gitops; default gitops.platformRepository',
            ),
        sourcePath: z =>
          z
            .string()
            .describe(
              'Folder of the workspace whose files are added or changed',
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
            .describe('Branch to merge into; default the repository’s own'),
      },
      output: {
        repoUrl: z =>
          z.string().describe('The repository, in the form of the input'),
        number: z => z.number().describe('Number of the pull request'),
        pullRequestUrl: z => z.string().describe('Page of the pull request'),
        branch: z => z.string().describe('Branch that it brings in'),
        base: z => z.string().describe('Branch that it is merged into'),
      },
    },
    async handler(ctx) {
      const repoUrl = ctx.input.repoUrl || config.platformRepository;
      if (!repoUrl) {
        throw new InputError(
          'Set gitops.platformRepository in app-config, or give the action a repoUrl: it does not know where to open the pull request',
        );
      }
      const branch = branchOf(ctx.input.branch, ctx.task.id);
      const repository = openForgeRepository(repoUrl, integrations);
      const change = {
        repository,
        branch,
        base: ctx.input.base,
        source: resolveSafeChildPath(ctx.workspacePath, ctx.input.sourcePath),
        targetPath: ctx.input.targetPath ?? '.',
        title: ctx.input.title.replace(/\s+/g, ' ').trim(),
        body: ctx.input.description ?? '',
        author: config.author,
        logger: ctx.logger,
      };
      ctx.output('repoUrl', repoUrl);
      ctx.output('branch', branch);
      if (ctx.isDryRun) {
        ctx.logger.info(
          `Would open the pull request "${change.title}" in ${repository.webUrl}`,
        );
        ctx.output('base', ctx.input.base ?? 'main');
        ctx.output('number', 0);
        ctx.output('pullRequestUrl', repository.webUrl);
        return;
      }
      // No checkpoint: the forge itself remembers, and it may have changed since the last try.
      const pull = await proposeChange(change);
      ctx.logger.info(`Pull request ${pull.number}: ${pull.url}`);
      ctx.output('base', pull.base);
      ctx.output('number', pull.number);
      ctx.output('pullRequestUrl', pull.url);
    },
  });
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
