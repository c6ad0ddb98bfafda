import { InputError } from '@backstage/errors';
import type { JsonObject } from '@backstage/types';
import type { Application } from '@fairway/plugin-gitops-common';
import type { CommandContext, CommandPatch } from '@fairway/plugin-gitops-node';
import { CONDITION_DELETING } from './readConditions';
import { operationPatch, syncOperation } from './syncOperation';
import {
  holdOfWindows,
  noteOnWindows,
  refusalOfWindows,
} from './windows/refusalOfWindows';

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
  refuseInert(application);
  switch (command) {
    case 'sync':
      refuseSync(application, context);
      return [
        {
          ...patchOf(
            application,
            operationPatch(syncOperation(application, context)),
          ),
          note: noteOnWindows(application, context.projects ?? []),
        },
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
      refuseTerminate(application);
      // Argo CD looks at it only while the operation is there: the patch must meet that version.
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

function refuseInert({ ref, suspended, conditions }: Application): void {
  if (suspended) {
    throw new InputError(
      `Argo CD skips ${ref.name} because of its annotation argocd.argoproj.io/skip-reconcile; remove the annotation in Git first`,
    );
  }
  if (conditions.some(({ type }) => type === CONDITION_DELETING)) {
    throw new InputError(
      `${ref.name} is being deleted, so Argo CD takes no command for it; if that lasts, look at its finalizers`,
    );
  }
}

function refuseSync(application: Application, context: CommandContext): void {
  const phase = application.operation?.phase;
  if (phase === 'running' || phase === 'terminating') {
    throw new InputError(
      `Another operation of ${
        application.ref.name
      } is ${phase}; wait until it ends${
        application.commands.includes('terminate') ? ', or terminate it' : ''
      }`,
    );
  }
  const { projects = [], now, isAutomatic } = context;
  const ofWindows = isAutomatic ? holdOfWindows : refusalOfWindows;
  const refusal = ofWindows(application, { projects, now });
  if (refusal) {
    throw new InputError(refusal);
  }
}

function refuseTerminate({ ref, operation }: Application): void {
  if (operation?.phase === 'terminating') {
    throw new InputError(
      `The operation of ${ref.name} is being terminated already; wait until it ends`,
    );
  }
  if (operation?.phase !== 'running') {
    throw new InputError(
      `${ref.name} has no running operation to terminate; look at it again`,
    );
  }
}

function patchOf(application: Application, patch: JsonObject): CommandPatch {
  return {
    ref: application.ref,
    plural: 'applications',
    type: 'application/merge-patch+json',
    patch,
  };
}
