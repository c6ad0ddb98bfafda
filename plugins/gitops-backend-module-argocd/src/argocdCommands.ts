import { InputError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import type { Application } from '@fairway/plugin-gitops-common';
import type { CommandContext, CommandPatch } from '@fairway/plugin-gitops-node';

/**
 * The patch that carries out a command on an `Application`.
 *
 * @throws InputError when Argo CD has no such command, or cannot take it now.
 */
export function argocdCommands(
  application: Application,
  context: CommandContext,
): CommandPatch[] {
  const { command } = context;
  if (application.suspended) {
    throw new InputError(
      `Argo CD skips ${application.ref.name} because of its annotation argocd.argoproj.io/skip-reconcile; remove the annotation in Git first`,
    );
  }
  switch (command) {
    case 'sync':
      return [
        patchOf(application, {
          operation: syncOperation(application, context),
        }),
      ];
    case 'refresh':
      return [
        patchOf(application, {
          metadata: {
            annotations: {
              'argocd.argoproj.io/refresh': context.request.hard
                ? 'hard'
                : 'normal',
            },
          },
        }),
      ];
    case 'terminate':
      if (application.operation?.phase !== 'running') {
        throw new InputError(
          `${application.ref.name} has no running operation to terminate; look at it again`,
        );
      }
      return [
        patchOf(application, {
          status: { operationState: { phase: 'Terminating' } },
        }),
      ];
    case 'suspend':
    case 'resume':
      throw new InputError(
        `Argo CD cannot ${command} an application; change its syncPolicy.automated in Git instead`,
      );
    default:
      throw new InputError(`Argo CD has no command ${command}`);
  }
}

/**
 * The operation that Argo CD's own API server would write. Never forced: a forced sync deletes
 * and recreates objects. Without retries: who asked is there to ask again.
 */
function syncOperation(
  application: Application,
  context: CommandContext,
): JsonObject {
  const phase = application.operation?.phase;
  if (phase === 'running' || phase === 'terminating') {
    throw new InputError(
      `Another operation of ${application.ref.name} is ${phase}; wait until it ends, or terminate it`,
    );
  }
  const { revision, prune, dryRun } = context.request;
  const syncOptions = application.policy.options;
  return {
    initiatedBy: { username: context.user },
    sync: {
      ...(revision && { revision }),
      prune: prune === true,
      dryRun: dryRun === true,
      ...(syncOptions && { syncOptions }),
    },
    retry: { limit: 0 },
  };
}

function patchOf(application: Application, patch: JsonObject): CommandPatch {
  return {
    ref: application.ref,
    plural: 'applications',
    type: 'application/merge-patch+json',
    patch,
  };
}
