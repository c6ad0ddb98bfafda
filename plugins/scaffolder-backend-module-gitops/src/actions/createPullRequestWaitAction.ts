import { ConflictError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { repositoryOf } from '../config';
import { openForgeRepository } from '../forge';
import type { ActionDependencies } from './createGitopsActions';
import { pollUntil } from './pollUntil';

const DEFAULT_TIMEOUT_MINUTES = 10;

/** `gitops:pull-request:wait`: until somebody, or a bot, merges it. */
export function createPullRequestWaitAction(dependencies: ActionDependencies) {
  const { config, integrations, pollIntervalMs = 1000 } = dependencies;
  return createTemplateAction({
    id: 'gitops:pull-request:wait',
    description:
      'Waits until a pull request is merged. One that is closed fails the task; one that still waits for its review when the time is over does not, so that the template can go on and say so.',
    supportsDryRun: true,
    examples: [
      {
        description: 'Wait for a quarter of an hour',
        example: `steps:
  - id: merged
    action: gitops:pull-request:wait
    input:
      number: \${{ steps['pull-request'].output.number }}
      timeoutMinutes: 15
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
        number: z => z.number().describe('Number of the pull request'),
        timeoutMinutes: z =>
          z
            .number()
            .min(0)
            .max(24 * 60)
            .optional()
            .describe(`Default ${DEFAULT_TIMEOUT_MINUTES}`),
      },
      output: {
        merged: z => z.boolean().describe('Whether it was merged in time'),
        mergeCommit: z =>
          z.string().optional().describe('Commit that brought it in'),
      },
    },
    async handler(ctx) {
      if (ctx.isDryRun) {
        ctx.output('merged', true);
        return;
      }
      const { number, timeoutMinutes = DEFAULT_TIMEOUT_MINUTES } = ctx.input;
      const repository = openForgeRepository(
        repositoryOf(ctx.input.repoUrl, config),
        integrations,
      );
      const whenCancelled = () =>
        ctx.logger.warn(
          `Cancelled while pull request ${number} of ${repository.webUrl} waits: it and the repository of the service remain; close it, or the service is deployed once it is merged`,
        );
      ctx.signal?.addEventListener('abort', whenCancelled, { once: true });
      const done = await pollUntil({
        timeoutMs: timeoutMinutes * 60_000,
        intervalMs: pollIntervalMs,
        signal: ctx.signal,
        look: async () => {
          const pull = await repository.getPullRequest(number);
          return pull.state === 'open' ? undefined : pull;
        },
      }).finally(() => ctx.signal?.removeEventListener('abort', whenCancelled));
      if (done?.state === 'closed') {
        throw new ConflictError(
          `The pull request ${done.url} was closed without being merged; its comments should say why`,
        );
      }
      if (!done) {
        ctx.logger.warn(
          `The pull request still waits for its review after ${timeoutMinutes} minutes; the service is deployed once it is merged`,
        );
      } else {
        ctx.logger.info(`Merged: ${done.url}`);
      }
      ctx.output('merged', done !== undefined);
      ctx.output('mergeCommit', done?.mergeCommit);
    },
  });
}
