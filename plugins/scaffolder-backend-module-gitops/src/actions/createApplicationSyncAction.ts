import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  isCommandOver,
  type CommandRequest,
  type GitopsApi,
} from '@fairway/plugin-gitops-common';
import { describeResults, toOutput } from './commandResults';
import { applicationSyncExamples } from './applicationSyncExamples';
import type { ActionDependencies } from './createGitopsActions';
import { findApplications } from './findApplications';
import { followCommand } from './followCommand';

const DEFAULT_TIMEOUT_MINUTES = 10;

interface Target {
  applicationId?: string;
  entityRef?: string;
  environment?: string;
}

/** `gitops:application:sync`: asks the engine to apply what Git says, and waits for the outcome. */
export function createApplicationSyncAction({
  gitops,
  pollIntervalMs = 1000,
}: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:application:sync',
    description:
      'Asks Argo CD or Flux to apply now what Git says, as the user who started the task, and waits until that ended. A task that runs again does not sync twice.',
    supportsDryRun: true,
    examples: applicationSyncExamples,
    schema: {
      input: {
        entityRef: z =>
          z
            .string()
            .optional()
            .describe('Entity ref of the service; needs an environment'),
        environment: z =>
          z
            .string()
            .optional()
            .describe('Name of the environment; needs an entity ref'),
        applicationId: z =>
          z
            .string()
            .optional()
            .describe(
              'Id of the application, in place of a service and an environment',
            ),
        revision: z =>
          z
            .string()
            .min(1)
            .max(250)
            .optional()
            .describe(
              'Argo CD only: revision to deploy; default the one that the source names',
            ),
        prune: z =>
          z
            .boolean()
            .optional()
            .describe('Delete what Git no longer names; default false'),
        dryRun: z =>
          z
            .boolean()
            .optional()
            .describe(
              'Argo CD only: change nothing, and tell what would happen; default false',
            ),
        resources: z =>
          z
            .array(
              z.object({
                group: z.string().describe('Empty for the core group'),
                kind: z.string(),
                namespace: z.string().optional(),
                name: z.string(),
              }),
            )
            .min(1)
            .max(500)
            .optional()
            .describe('Argo CD only: these objects alone; default all'),
        force: z =>
          z
            .boolean()
            .optional()
            .describe(
              'Delete and create objects again that cannot be changed; default false',
            ),
        wait: z =>
          z
            .boolean()
            .optional()
            .describe('Wait until the sync ended; default true'),
        timeoutMinutes: z =>
          z
            .number()
            .min(0)
            .max(24 * 60)
            .optional()
            .describe(`How long to wait; default ${DEFAULT_TIMEOUT_MINUTES}`),
      },
      output: {
        applicationId: z => z.string().describe('Id of the application'),
        runId: z =>
          z.string().describe('Id of the command, for gitops:application:wait'),
        state: z =>
          z
            .string()
            .describe('`succeeded`, or `requested` or later without waiting'),
        message: z => z.string().describe('What the engine said'),
        results: z =>
          z
            .array(z.record(z.unknown()))
            .optional()
            .describe(
              'What became of each object, or would by a dry run: `outcome` (`failed`, `pruned`, `prune-skipped`, `created`, `changed`, `applied`, `unchanged`), `kind`, `namespace`, `name`, `message`; where the engine tells, at most 100',
            ),
        omittedResults: z =>
          z
            .number()
            .optional()
            .describe('How many more than `results` there are'),
      },
    },
    async handler(ctx) {
      const { entityRef, environment, applicationId, ...rest } = ctx.input;
      const {
        wait = true,
        timeoutMinutes = DEFAULT_TIMEOUT_MINUTES,
        ...request
      } = rest;
      const target: Target = { entityRef, environment, applicationId };
      checkTarget(target);
      if (ctx.isDryRun) {
        ctx.logger.info(
          `Would sync ${applicationId ?? `${entityRef} in ${environment}`}`,
        );
        ctx.output('applicationId', applicationId ?? '');
        ctx.output('runId', '');
        ctx.output('state', 'succeeded');
        ctx.output('message', 'Dry run: nothing was asked of the engine');
        return;
      }
      const api = gitops.as(await ctx.getInitiatorCredentials());
      const given = await giveOnce(api, {
        ...{ target, request },
        checkpoint: options => ctx.checkpoint(options),
        say: line => ctx.logger.info(line),
      });
      ctx.logger.info(given.message);
      ctx.output('applicationId', given.applicationId);
      ctx.output('runId', given.runId);
      ctx.output('state', given.state);
      ctx.output('message', given.message);
      if (wait) {
        const run = await followCommand(api, {
          ...{ id: given.runId, timeoutMinutes, signal: ctx.signal },
          intervalMs: pollIntervalMs,
          say: line => ctx.logger.info(line),
          onOver: ended => {
            describeResults(ended).forEach(line => ctx.logger.info(line));
            ctx.output('results', toOutput(ended));
            ctx.output('omittedResults', ended.omittedResults);
          },
        });
        ctx.output('state', run.state);
        ctx.output('message', run.message);
      }
    },
  });
}

function checkTarget({ applicationId, entityRef, environment }: Target): void {
  const byService = entityRef !== undefined && environment !== undefined;
  if (byService === (applicationId !== undefined)) {
    throw new InputError(
      'Say what to sync: either entityRef and environment, or applicationId',
    );
  }
}

type Given = Awaited<ReturnType<typeof give>>;

/**
 * Gives the command unless an earlier run of the task did. One that did not end well does not
 * count: who retries a task wants what failed to be tried again.
 */
async function giveOnce(
  api: GitopsApi,
  options: {
    target: Target;
    request: CommandRequest;
    checkpoint(options: {
      key: string;
      fn: () => Promise<Given>;
    }): Promise<Given>;
    say(line: string): void;
  },
): Promise<Given> {
  const { applicationId, entityRef, environment } = options.target;
  const name = applicationId ?? `${entityRef} ${environment}`;
  for (let attempt = 1; ; attempt += 1) {
    let isNew = false;
    const given = await options.checkpoint({
      // The name, because a step with `each` has several.
      key: `sync ${name} ${attempt}`,
      fn: async () => {
        isNew = true;
        return give(api, options.target, options.request);
      },
    });
    if (isNew) {
      return given;
    }
    const run = await api.getCommandRun(given.runId);
    if (!isCommandOver(run) || run.state === 'succeeded') {
      options.say('An earlier run of this task asked for it already');
      return { ...given, state: run.state, message: run.message };
    }
    options.say(`The sync before did not end well: ${run.message}`);
  }
}

/** Gives the command; what it returns outlives the task. */
async function give(api: GitopsApi, target: Target, request: CommandRequest) {
  const id = target.applicationId ?? (await findOne(api, target));
  const { run } = await api.runCommand(id, 'sync', request);
  return {
    applicationId: id,
    runId: run.id,
    state: run.state,
    message: run.message,
  };
}

async function findOne(api: GitopsApi, target: Target): Promise<string> {
  const { entityRef = '', environment = '' } = target;
  const found = await findApplications(api, { entityRef, environment });
  if (found.length === 0) {
    throw new NotFoundError(
      `${entityRef} has no application in ${environment} that you may see; see the deployments of the service in the portal`,
    );
  }
  if (found.length > 1) {
    throw new ConflictError(
      `${entityRef} has several applications in ${environment}; give the applicationId of one: ${found
        .map(({ id }) => id)
        .join(', ')}`,
    );
  }
  return found[0].id;
}
