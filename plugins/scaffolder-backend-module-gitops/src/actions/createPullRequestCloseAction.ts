import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { repositoryOf } from '../config';
import { openForgeRepository } from '../forge';
import { Account } from './Account';
import type { ActionDependencies } from './createGitopsActions';
import { undoPullRequest } from './undoPullRequest';

/** `gitops:pull-request:close`: takes back what a change proposed, after a failure. */
export function createPullRequestCloseAction({
  config,
  integrations,
}: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:pull-request:close',
    description:
      'For a last step with "if: ${{ failure() }}" of a template that changes what exists: closes the pull request that waits and deletes its branch. One that was merged stays merged, and that is said.',
    supportsDryRun: true,
    examples: [
      {
        description: 'As the last step of a template',
        example: `steps:
  - id: undo
    if: \${{ failure() }}
    action: gitops:pull-request:close
    input:
      repoUrl: \${{ steps.pullRequest.output.repoUrl }}
      number: \${{ steps.pullRequest.output.number }}
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
              'Repository of the pull request; default gitops.platformRepository',
            ),
        number: z =>
          z
            .number()
            .optional()
            .describe(
              'The pull request; nothing is done when none was opened before the failure',
            ),
      },
      output: {
        undone: z => z.array(z.string()).describe('What was undone'),
        remains: z =>
          z.array(z.string()).describe('What remains, and what to do about it'),
      },
    },
    async handler(ctx) {
      const { repoUrl, number } = ctx.input;
      const account = new Account(ctx.logger);
      if (!ctx.isDryRun && number) {
        await account.attempt(`the pull request ${number}`, () =>
          undoPullRequest({
            repository: openForgeRepository(
              repositoryOf(repoUrl, config),
              integrations,
            ),
            number,
            account,
          }),
        );
      }
      account.close('change');
      ctx.output('undone', account.undoneList);
      ctx.output('remains', account.remainsList);
    },
  });
}
