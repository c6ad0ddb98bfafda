import type { CommandRun } from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type CommandProgress,
  type KubernetesObject,
  type ProgressContext,
} from '@fairway/plugin-gitops-node';
import { REQUESTED_AT } from './fluxCommands';
import { SOURCE_KINDS } from './fluxKinds';
import { isRegistry } from './observeSource';
import { condition, is } from './readConditions';
import { isBehind, isWaiting } from './readHealth';
import { revisionToCome } from './revisionToCome';

/** An object that was asked to reconcile. */
interface Asked {
  fields: ObjectFields;
  run: CommandRun;
  /** A source that others may have asked for as well, and that the application stands on. */
  isSource: boolean;
  before: KubernetesObject | undefined;
}

/**
 * How a command stands, by what one of its objects says now: a source, or the application's own
 * object.
 *
 * @remarks
 * Flux writes the value of the annotation that asked into `status.lastHandledReconcileAt` at the
 * end of a reconciliation, so the run's time must be that value. A source may be that of many
 * applications: who asks it later asks for all who asked before.
 */
export function fluxProgress(
  object: KubernetesObject,
  run: CommandRun,
  { before, beforehand }: ProgressContext,
): CommandProgress | undefined {
  const fields = ObjectFields.of(object);
  switch (run.command) {
    case 'sync':
    case 'refresh':
      return followRequest(
        { fields, run, before, isSource: SOURCE_KINDS.includes(object.kind) },
        beforehand === true,
      );
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

function nameOf(fields: ObjectFields): string {
  return `${fields.string('kind') ?? 'The object'} ${
    fields.object('metadata').string('name') ?? ''
  }`.trim();
}

/** Of two times, whether the first one comes later; not of what is no time. */
function isLater(one: string | undefined, other: string): boolean {
  return Date.parse(one ?? '') > Date.parse(other);
}

function followRequest(
  asked: Asked,
  beforehand: boolean,
): CommandProgress | undefined {
  const { fields, run, isSource } = asked;
  const { requestedAt } = run;
  const status = fields.object('status');
  if (isSource && isRegistry(fields)) {
    return {
      state: 'succeeded',
      message: `${nameOf(fields)} is a registry: charts are looked for in it`,
    };
  }
  const handled = status.string('lastHandledReconcileAt');
  if (handled === requestedAt || (isSource && isLater(handled, requestedAt))) {
    return readOutcome(asked);
  }
  const requested = fields.object('metadata').record('annotations')[
    REQUESTED_AT
  ];
  const isOvertaken = isLater(requested, requestedAt);
  const isAsked = requested === requestedAt || (isSource && isOvertaken);
  if (isSuspended(fields) && (isAsked || beforehand)) {
    return stoppedProgress(asked);
  }
  if (!isAsked) {
    return isOvertaken
      ? {
          state: 'superseded',
          message: `A reconciliation that was asked for at ${requested} took its place`,
        }
      : undefined;
  }
  return is(status, 'Reconciling', 'True')
    ? {
        state: 'running',
        message: condition(status, 'Reconciling').message('message'),
      }
    : undefined;
}

function stoppedProgress({ fields, isSource }: Asked): CommandProgress {
  return {
    state: 'failed',
    message: isSource
      ? `${nameOf(
          fields,
        )} is suspended, so Flux does not look for anything newer; resume it and give the command again`
      : 'It was suspended before Flux reconciled it; resume it and give the command again',
  };
}

/**
 * Whether the request was handled by doing nothing: the controllers mark those of what is suspended
 * as handled, too. What they have not seen suspended yet was handled before; and a reconciliation
 * writes the time of `Ready` anew.
 */
function wasLeftAlone({ fields, run }: Asked): boolean {
  const ready = condition(fields.object('status'), 'Ready');
  const isOlder = (ready.time('lastTransitionTime') ?? '') < run.requestedAt;
  return isSuspended(fields) && !isBehind(fields) && isOlder;
}

/** Flux has handled the request; whether that is its end, the conditions say. */
function readOutcome(asked: Asked): CommandProgress {
  if (wasLeftAlone(asked)) {
    return stoppedProgress(asked);
  }
  const { fields, before } = asked;
  const status = fields.object('status');
  const ready = condition(status, 'Ready');
  if (is(status, 'Stalled', 'True')) {
    return endedProgress(asked, 'failed', condition(status, 'Stalled'));
  }
  if (is(status, 'Ready', 'False') && !isWaiting(status)) {
    return endedProgress(asked, 'failed', ready);
  }
  const isReady = is(status, 'Ready', 'True');
  const toCome = isReady && before && revisionToCome(fields, before);
  // Suspending it made a new generation, which is not reconciled.
  if (isReady && !toCome && (isSuspended(fields) || !isBehind(fields))) {
    return endedProgress(asked, 'succeeded', ready);
  }
  if (isSuspended(fields)) {
    return stoppedProgress(asked);
  }
  const reconciling = condition(status, 'Reconciling');
  return {
    state: 'running',
    message: toCome
      ? `Flux takes up ${toCome} next`
      : (isWaiting(status) ? ready : reconciling).message('message'),
  };
}

function endedProgress(
  { fields, run, isSource }: Asked,
  state: 'succeeded' | 'failed',
  because: ObjectFields,
): CommandProgress {
  const at = because.time('lastTransitionTime');
  const message = because.message('message');
  return {
    state,
    // Who syncs an application is told which object is meant.
    message:
      isSource && run.command === 'sync' && state === 'failed'
        ? `${nameOf(fields)} is not ready: ${
            message ?? 'Flux does not say why; look at it in its cluster'
          }`
        : message,
    // An outcome that did not change began before the command.
    ...(at && at >= run.requestedAt && { finishedAt: at }),
  };
}
