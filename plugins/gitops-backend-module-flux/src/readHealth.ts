import type {
  ApplicationOperation,
  HealthStatus,
} from '@fairway/plugin-gitops-common';
import { ObjectFields } from '@fairway/plugin-gitops-node';
import { condition, is } from './readConditions';

/** Health, with the words that explain it and the time since when. */
export interface ReadHealth {
  health: HealthStatus;
  healthMessage?: string;
  healthSince?: string;
}

/** True when the newest generation was not reconciled to its end yet. */
export function isBehind(object: ObjectFields): boolean {
  const status = object.object('status');
  const generation = object.object('metadata').number('generation');
  const observed =
    status.number('observedGeneration') ??
    condition(status, 'Ready').number('observedGeneration');
  return (
    generation !== undefined && observed !== undefined && observed < generation
  );
}

/**
 * True when the controller has said nothing about the newest generation. A failed reconciliation
 * leaves `status.observedGeneration` behind; its conditions name the generation they are about.
 */
function isUnseen(object: ObjectFields): boolean {
  const generation = object.object('metadata').number('generation');
  const ready = condition(object.object('status'), 'Ready');
  return isBehind(object) && ready.number('observedGeneration') !== generation;
}

/** `Ready=False` with these reasons is no failure: another object or attempt comes first. */
const WAITING_REASONS = ['DependencyNotReady', 'HealthCheckCanceled'];

/** True when it is not ready because it waits for another object. */
export function isWaiting(status: ObjectFields): boolean {
  const ready = condition(status, 'Ready');
  const reason = ready.string('reason') ?? '';
  return (
    ready.string('status') === 'False' &&
    (WAITING_REASONS.includes(reason) ||
      // What source-controller has not looked at yet may well become ready.
      (reason === 'SourceNotReady' &&
        /latest generation of object has not been reconciled/.test(
          ready.message('message') ?? '',
        )))
  );
}

/**
 * The attempt that lasts is one more after a failed one. Then `Ready` is unknown again and again,
 * which is no progress. A HelmRelease counts the failures; the history of a Kustomization has
 * them, except for manifests that could not be built.
 */
function isRetrying(status: ObjectFields): boolean {
  const [last] = status.list('history');
  const lastFailed =
    last?.has('lastReconciledStatus') === true &&
    last.string('lastReconciledStatus') !== 'ReconciliationSucceeded' &&
    last.object('metadata').string('revision') ===
      status.string('lastAttemptedRevision');
  return lastFailed || (status.number('failures') ?? 0) > 0;
}

/** `dependency 'apps/database' is not ready`, with the kind in front. */
function explainWaiting(
  object: ObjectFields,
  ready: ObjectFields,
): string | undefined {
  const message = ready.message('message');
  const [, name] = /'([^'\s]+)'/.exec(message ?? '') ?? [];
  return ready.string('reason') === 'DependencyNotReady' && name
    ? `Waits for ${object.string('kind') ?? 'object'} ${name}: ${message}`
    : message;
}

/** Health by Flux's conditions; docs/adr/0005 says why. */
export function readHealth(object: ObjectFields): ReadHealth {
  const status = object.object('status');
  const ready = condition(status, 'Ready');
  const of = (health: HealthStatus, because: ObjectFields): ReadHealth => ({
    health,
    healthMessage:
      health === 'healthy' ? undefined : because.message('message'),
    healthSince: because.time('lastTransitionTime'),
  });
  if (object.object('spec').boolean('suspend') === true) {
    return {
      health: 'suspended',
      healthMessage: 'Reconciliation is suspended; resume it to apply changes',
    };
  }
  if (isUnseen(object)) {
    return {
      health: 'progressing',
      healthMessage: 'Flux has not taken up its newest change yet',
    };
  }
  if (is(status, 'Stalled', 'True')) {
    return of('degraded', condition(status, 'Stalled'));
  }
  if (isWaiting(status)) {
    return {
      ...of('progressing', ready),
      healthMessage: explainWaiting(object, ready),
    };
  }
  if (is(status, 'Ready', 'False')) {
    return of('degraded', ready);
  }
  if (is(status, 'Ready', 'Unknown') && isRetrying(status)) {
    return of('degraded', lastWords(status, ready));
  }
  if (is(status, 'Reconciling', 'True')) {
    return of('progressing', condition(status, 'Reconciling'));
  }
  return is(status, 'Ready', 'True')
    ? of('healthy', ready)
    : {
        health: 'unknown',
        healthMessage:
          ready.message('message') ??
          'Flux has not looked at it yet; if that lasts, look whether its controller runs',
      };
}

/** Where the failure before this attempt is still told. */
function lastWords(status: ObjectFields, ready: ObjectFields): ObjectFields {
  return (
    ['Released', 'Healthy']
      .map(type => condition(status, type))
      .find(item => item.string('status') === 'False') ?? ready
  );
}

/** What the controller is doing, or did last. */
export function readOperation(
  status: ObjectFields,
  revision: string | undefined,
): ApplicationOperation | undefined {
  const ready = condition(status, 'Ready');
  const reconciling = condition(status, 'Reconciling');
  if (isWaiting(status)) {
    return {
      phase: 'running',
      message: ready.message('message'),
      startedAt: ready.time('lastTransitionTime'),
      revision,
    };
  }
  if (
    reconciling.string('status') === 'True' &&
    ready.string('status') !== 'False'
  ) {
    return {
      phase: 'running',
      message: reconciling.message('message'),
      startedAt: reconciling.time('lastTransitionTime'),
      revision,
    };
  }
  const outcome = ready.string('status');
  if (outcome !== 'True' && outcome !== 'False') {
    return undefined;
  }
  return {
    phase: outcome === 'True' ? 'succeeded' : 'failed',
    message: ready.message('message'),
    finishedAt: ready.time('lastTransitionTime'),
    revision,
  };
}
