import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { Application, GitopsApi } from '@fairway/plugin-gitops-common';
import { ConflictError } from '@backstage/errors';
import type { ActionDependencies } from './createGitopsActions';
import { pollUntil } from './pollUntil';

const DEFAULT_TIMEOUT_MINUTES = 10;

/** `gitops:application:wait`: until a service is healthy and synced in an environment. */
export function createApplicationWaitAction({
  gitops,
  pollIntervalMs = 1000,
}: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:application:wait',
    description:
      'Waits until every application of a service in an environment is synced and healthy. Says each change in words, and when the time is over what is wrong.',
    supportsDryRun: true,
    examples: [
      {
        description: 'Wait for the first environment',
        example: `steps:
  - id: healthy
    action: gitops:application:wait
    input:
      entityRef: component:default/orders
      environment: dev
`,
      },
    ],
    schema: {
      input: {
        entityRef: z => z.string().describe('Entity ref of the service'),
        environment: z => z.string().describe('Name of the environment'),
        timeoutMinutes: z =>
          z
            .number()
            .min(0)
            .max(24 * 60)
            .optional()
            .describe(`Default ${DEFAULT_TIMEOUT_MINUTES}`),
      },
      output: {
        applicationId: z => z.string().describe('Id of the application'),
        version: z => z.string().optional().describe('Version that runs'),
        revision: z => z.string().optional().describe('Revision that runs'),
      },
    },
    async handler(ctx) {
      const { entityRef, environment } = ctx.input;
      const { timeoutMinutes = DEFAULT_TIMEOUT_MINUTES } = ctx.input;
      if (ctx.isDryRun) {
        ctx.logger.info(`Would wait for ${entityRef} in ${environment}`);
        ctx.output('applicationId', '');
        return;
      }
      const api = gitops.as(await ctx.getInitiatorCredentials());
      let last = '';
      const ready = await pollUntil({
        timeoutMs: timeoutMinutes * 60_000,
        intervalMs: pollIntervalMs,
        signal: ctx.signal,
        look: async () => {
          const applications = await find(api, { entityRef, environment });
          const state = inWords(applications, environment);
          if (state !== last) {
            ctx.logger.info(state);
            last = state;
          }
          return applications.length > 0 && applications.every(isReady)
            ? applications
            : undefined;
        },
      });
      if (!ready) {
        throw new ConflictError(
          `${entityRef} is not healthy in ${environment} after ${timeoutMinutes} minutes. ${last}. Open the deployments of the service in the portal: they show which object is in trouble and why; the service is registered and goes on trying`,
        );
      }
      ctx.output('applicationId', ready[0].id);
      ctx.output('version', ready[0].version);
      ctx.output('revision', ready[0].revision);
    },
  });
}

function isReady(application: Application): boolean {
  return application.sync === 'synced' && application.health === 'healthy';
}

async function find(
  api: GitopsApi,
  options: { entityRef: string; environment: string },
): Promise<Application[]> {
  try {
    const service = await api.getService(options.entityRef);
    return (
      service.environments.find(
        one => one.environment.name === options.environment,
      )?.applications ?? []
    );
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { name?: string } };
    // The catalog takes a moment to show an entity that was registered just now.
    if (name === 'NotFoundError' || cause?.name === 'NotFoundError') {
      return [];
    }
    throw error;
  }
}

function inWords(applications: Application[], environment: string): string {
  if (applications.length === 0) {
    return `The engine has no application for ${environment} yet`;
  }
  return applications.map(describeState).join('; ');
}

function describeState(application: Application): string {
  const { ref, sync, health, suspended, policy } = application;
  const parts = [`${ref.kind} ${ref.name} is ${sync} and ${health}`];
  const reason = application.healthMessage ?? application.syncMessage;
  if (reason) {
    parts.push(reason);
  }
  if (suspended) {
    parts.push('it is suspended; resume it on the deployments page');
  } else if (!policy.automated && sync === 'out-of-sync') {
    parts.push('its sync is manual; sync it on the deployments page');
  }
  return parts.join(': ');
}
