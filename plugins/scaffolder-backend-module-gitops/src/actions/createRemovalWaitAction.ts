import { ConflictError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { Application, GitopsApi } from '@fairway/plugin-gitops-common';
import type { ActionDependencies } from './createGitopsActions';
import { pollUntil } from './pollUntil';

const DEFAULT_TIMEOUT_MINUTES = 15;
const MINUTE_MS = 60_000;

/** `gitops:removal:wait`: until nothing of a service runs any more. */
export function createRemovalWaitAction({
  gitops,
  pollIntervalMs = 1000,
}: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:removal:wait',
    description:
      'Waits until the engines have no application of a service any more, in one environment or in all. Says what is left when the time is over. A cluster that cannot be seen has not let go.',
    supportsDryRun: true,
    examples: [
      {
        description: 'Before the repository is archived',
        example: `steps:
  - id: gone
    action: gitops:removal:wait
    input:
      entityRef: component:default/orders
`,
      },
    ],
    schema: {
      input: {
        entityRef: z => z.string().describe('Entity ref of the service'),
        environment: z =>
          z
            .string()
            .optional()
            .describe('Only this environment; default all of them'),
        timeoutMinutes: z =>
          z
            .number()
            .min(0)
            .max(24 * 60)
            .optional()
            .describe(`Default ${DEFAULT_TIMEOUT_MINUTES}`),
      },
      output: {
        gone: z => z.boolean().describe('True: nothing is left'),
      },
    },
    async handler(ctx) {
      const { entityRef, environment } = ctx.input;
      const { timeoutMinutes = DEFAULT_TIMEOUT_MINUTES } = ctx.input;
      if (ctx.isDryRun) {
        ctx.logger.info(`Would wait until nothing of ${entityRef} runs`);
        ctx.output('gone', true);
        return;
      }
      const api = gitops.as(await ctx.getInitiatorCredentials());
      let last = '';
      const gone = await pollUntil({
        timeoutMs: timeoutMinutes * MINUTE_MS,
        intervalMs: pollIntervalMs,
        signal: ctx.signal,
        look: async () => {
          const left = await applicationsLeft(api, { entityRef, environment });
          const state = inWords(left);
          if (state !== last) {
            ctx.logger.info(state);
            last = state;
          }
          return left.length === 0 ? true : undefined;
        },
      });
      if (!gone) {
        throw new ConflictError(
          `${entityRef} still runs after ${timeoutMinutes} minutes. ${last}. If what made the registrations does not prune, or is an ApplicationSet, remove them there or delete them by hand in the engine; then run the template again: it goes on from here`,
        );
      }
      ctx.output('gone', true);
    },
  });
}

async function applicationsLeft(
  api: GitopsApi,
  options: { entityRef: string; environment?: string },
): Promise<Application[]> {
  const service = await api.getService(options.entityRef);
  return [
    ...service.environments
      .filter(
        ({ environment }) =>
          !options.environment || environment.name === options.environment,
      )
      .flatMap(({ applications }) => applications),
    ...(options.environment ? [] : service.otherApplications),
  ];
}

function inWords(left: Application[]): string {
  return left.length === 0
    ? 'Nothing is left'
    : `Still there: ${left
        .map(({ ref, environment, staleSince }) =>
          [
            `${ref.kind} ${ref.name}`,
            ...(environment ? [`in ${environment}`] : []),
            ...(staleSince ? [`(not seen since ${staleSince})`] : []),
          ].join(' '),
        )
        .join(', ')}`;
}
