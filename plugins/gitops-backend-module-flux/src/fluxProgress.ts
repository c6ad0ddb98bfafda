import type { CommandRun } from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type CommandProgress,
  type KubernetesObject,
} from '@fairway/plugin-gitops-node';
import { REQUESTED_AT } from './fluxCommands';
import { condition, is } from './readConditions';
import { isBehind, isWaiting } from './readHealth';

/**
 * How a command stands, by what its object says now: the application's own object, or the source
 * of a `refresh`.
 *
 * @remarks
 * Flux writes the value of the annotation that asked into `status.lastHandledReconcileAt` at the
 * end of a reconciliation, so the run's time must be that value.
 */
export function fluxProgress(
  object: KubernetesObject,
  run: CommandRun,
): CommandProgress | undefined {
  const fields = ObjectFields.of(object);
  switch (run.command) {
    case 'sync':
    case 'refresh':
      return followRequest(fields, run);
    case 'suspend':
      return isSuspended(fields)
        ? {
            state: 'succeeded',
            message: 'It is suspended: nothing is applied until it is resumed',
          }
        : undefined;
    case 'resume':
      return isSuspended(fields)
        ? undefined
        : { state: 'succeeded', message: 'It is reconciled again' };
    default:
      return undefined;
  }
}

function isSuspended(fields: ObjectFields): boolean {
  return fields.object('spec').boolean('suspend') === true;
}

function followRequest(
  fields: ObjectFields,
  run: CommandRun,
): CommandProgress | undefined {
  const status = fields.object('status');
  if (status.string('lastHandledReconcileAt') === run.requestedAt) {
    return readOutcome(fields, run);
  }
  const requested = fields.object('metadata').record('annotations')[
    REQUESTED_AT
  ];
  if (requested !== run.requestedAt) {
    return Date.parse(requested ?? '') > Date.parse(run.requestedAt)
      ? {
          state: 'superseded',
          message: `A reconciliation that was asked for at ${requested} took its place`,
        }
      : undefined;
  }
  if (isSuspended(fields)) {
    return {
      state: 'failed',
      message:
        'It was suspended before Flux reconciled it; resume it and give the command again',
    };
  }
  return is(status, 'Reconciling', 'True')
    ? {
        state: 'running',
        message: condition(status, 'Reconciling').message('message'),
      }
    : undefined;
}

/** Flux has handled the request; whether that is its end, the conditions say. */
function readOutcome(fields: ObjectFields, run: CommandRun): CommandProgress {
  const status = fields.object('status');
  const ready = condition(status, 'Ready');
  const stalled = condition(status, 'Stalled');
  const ended = (
    state: 'succeeded' | 'failed',
    because: ObjectFields,
  ): CommandProgress => {
    const at = because.time('lastTransitionTime');
    return {
      state,
      message: because.message('message'),
      // An outcome that did not change began before the command.
      ...(at && at >= run.requestedAt && { finishedAt: at }),
    };
  };
  if (is(status, 'Stalled', 'True')) {
    return ended('failed', stalled);
  }
  if (is(status, 'Ready', 'False') && !isWaiting(status)) {
    return ended('failed', ready);
  }
  if (is(status, 'Ready', 'True') && !isBehind(fields)) {
    return ended('succeeded', ready);
  }
  const reconciling = condition(status, 'Reconciling');
  return {
    state: 'running',
    message: (isWaiting(status) ? ready : reconciling).message('message'),
  };
}
