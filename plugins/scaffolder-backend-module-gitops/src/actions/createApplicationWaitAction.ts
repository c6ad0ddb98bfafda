import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { Application, GitopsApi } from '@fairway/plugin-gitops-common';
import { ConflictError, InputError } from '@backstage/errors';
import { applicationWaitExamples } from './applicationWaitExamples';
import type { ActionDependencies } from './createGitopsActions';
import { findApplications } from './findApplications';
import { followCommand } from './followCommand';
import { pollUntil } from './pollUntil';

const DEFAULT_TIMEOUT_MINUTES = 10;
const MINUTE_MS = 60_000;

/** `gitops:application:wait`: until a service is healthy and synced in an environment. */
export function createApplicationWaitAction({
  gitops,
  pollIntervalMs = 1000,
}: ActionDependencies) {
  return createTemplateAction({
    id: 'gitops:application:wait',
    description:
      'Waits until every application of a service in an environment is synced and healthy, and runs a given revision if one is named; or until a command ended well and its application is. Says each change in words, and when the time is over what is wrong.',
    supportsDryRun: true,
    examples: applicationWaitExamples,
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
        commandRunId: z =>
          z
            .string()
            .optional()
            .describe(
              'Id of a command that must end well first, as gitops:application:sync gives it; its application is waited for when no service is named',
            ),
        revision: z =>
          z
            .string()
            .min(1)
            .optional()
            .describe(
              'Revision that must run: a commit, at least its first 7 digits, or the version of a chart',
            ),
        image: z =>
          z
            .string()
            .optional()
            .describe(
              'Image that must run, with its tag or digest; where other commits may follow at once, surer than a revision',
            ),
        phase: z =>
          z
            .number()
            .min(1)
            .max(4)
            .optional()
            .describe('Migration phase that must be reached'),
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
      const { entityRef, environment, commandRunId } = ctx.input;
      const { revision, image, phase } = ctx.input;
      const wanted: Wanted = { revision, image: image || undefined, phase };
      const { timeoutMinutes = DEFAULT_TIMEOUT_MINUTES } = ctx.input;
      const service =
        entityRef !== undefined && environment !== undefined
          ? { entityRef, environment }
          : undefined;
      if (!service && (!commandRunId || entityRef || environment)) {
        throw new InputError(
          'Say what to wait for: entityRef and environment, or commandRunId',
        );
      }
      const where = service ? service.environment : `command ${commandRunId}`;
      if (ctx.isDryRun) {
        ctx.logger.info(
          `Would wait for ${service ? `${entityRef} in ${where}` : where}`,
        );
        ctx.output('applicationId', '');
        return;
      }
      const api = gitops.as(await ctx.getInitiatorCredentials());
      const end = Date.now() + timeoutMinutes * MINUTE_MS;
      const run =
        commandRunId === undefined
          ? undefined
          : await followCommand(api, {
              ...{ id: commandRunId, timeoutMinutes, signal: ctx.signal },
              intervalMs: pollIntervalMs,
              say: line => ctx.logger.info(line),
            });
      let last = '';
      const ready = await pollUntil({
        timeoutMs: end - Date.now(),
        intervalMs: pollIntervalMs,
        signal: ctx.signal,
        look: async () => {
          const applications = service
            ? await findApplications(api, service)
            : await applicationOf(api, run?.applicationId);
          const state = inWords(applications, where, wanted);
          if (state !== last) {
            ctx.logger.info(state);
            last = state;
          }
          return applications.length > 0 &&
            applications.every(one => isReady(one, wanted))
            ? applications
            : undefined;
        },
      });
      if (!ready) {
        throw new ConflictError(
          `${
            service
              ? `${entityRef} is not healthy in ${environment}`
              : `The application of command ${commandRunId} is not healthy`
          } after ${timeoutMinutes} minutes. ${last}. Open the deployments of the service in the portal: they show which object is in trouble and why; the engine goes on trying`,
        );
      }
      ctx.output('applicationId', ready[0].id);
      ctx.output('version', ready[0].version);
      ctx.output('revision', ready[0].revision);
    },
  });
}

async function applicationOf(
  api: GitopsApi,
  id: string | undefined,
): Promise<Application[]> {
  return id === undefined ? [] : [await api.getApplication(id)];
}

/** What must be so beside synced and healthy. */
interface Wanted {
  revision?: string;
  image?: string;
  phase?: number;
}

function isReady(application: Application, wanted: Wanted): boolean {
  return (
    application.sync === 'synced' &&
    application.health === 'healthy' &&
    missing(application, wanted).length === 0
  );
}

/** What is not as it must be, in words. */
function missing(
  application: Application,
  { revision, image, phase }: Wanted,
): string[] {
  const parts: string[] = [];
  if (revision !== undefined && !runs(application, revision)) {
    parts.push(`it runs ${application.revision ?? 'nothing'}, not ${revision}`);
  }
  // A digest may stand behind the tag.
  const hasImage = application.images?.some(
    one => one === image || one.startsWith(`${image}@`),
  );
  if (image !== undefined && !hasImage) {
    parts.push(
      `it runs ${application.images?.join(', ') || 'no image'}, not ${image}`,
    );
  }
  if (phase !== undefined && application.phase < phase) {
    parts.push(`it is in phase ${application.phase}, not ${phase}`);
  }
  return parts;
}

/** Whether an application runs a revision, which may be named by the beginning of its commit. */
function runs(application: Application, revision: string): boolean {
  const isAbbreviated = /^[0-9a-f]{7,39}$/.test(revision);
  return [application.revision, application.originRevision].some(
    running =>
      running === revision || (isAbbreviated && running?.startsWith(revision)),
  );
}

function inWords(
  applications: Application[],
  where: string,
  wanted: Wanted,
): string {
  if (applications.length === 0) {
    return `The engine has no application for ${where} yet`;
  }
  return applications
    .map(application => describeState(application, wanted))
    .join('; ');
}

function describeState(application: Application, wanted: Wanted): string {
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
  parts.push(...missing(application, wanted));
  return parts.join(': ');
}
