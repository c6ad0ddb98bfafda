import type {
  ApplicationCondition,
  ApplicationOperation,
  ApplicationResource,
  HealthStatus,
} from '@fairway/plugin-gitops-common';
import { ObjectFields } from '@fairway/plugin-gitops-node';

/** The condition of a type, or no fields. */
export function condition(status: ObjectFields, type: string): ObjectFields {
  return (
    status.list('conditions').find(item => item.string('type') === type) ??
    ObjectFields.of(undefined)
  );
}

function is(
  status: ObjectFields,
  type: string,
  value: 'True' | 'False' | 'Unknown',
): boolean {
  return condition(status, type).string('status') === value;
}

/** True when the controller has not seen the newest generation of the object. */
export function isBehind(object: ObjectFields): boolean {
  const generation = object.object('metadata').number('generation');
  const observed = object.object('status').number('observedGeneration');
  return (
    generation !== undefined && observed !== undefined && observed < generation
  );
}

/**
 * The controller tries again what failed before: it is `Reconciling` all the time, and `Ready`
 * is unknown while an attempt lasts. That is not progress.
 */
function isRetrying(status: ObjectFields): boolean {
  const [last] = status.list('history');
  const lastFailed =
    last?.has('lastReconciledStatus') === true &&
    last.string('lastReconciledStatus') !== 'ReconciliationSucceeded' &&
    last.object('metadata').string('revision') ===
      status.string('lastAttemptedRevision');
  return (
    (is(status, 'Ready', 'False') &&
      condition(status, 'Reconciling').string('reason') ===
        'ProgressingWithRetry') ||
    (is(status, 'Ready', 'Unknown') && lastFailed)
  );
}

/** Health, with the words that explain it and the time since when, by Flux's conditions. */
export function readHealth(object: ObjectFields): {
  health: HealthStatus;
  healthMessage?: string;
  healthSince?: string;
} {
  const status = object.object('status');
  const ready = condition(status, 'Ready');
  const of = (health: HealthStatus, because: ObjectFields) => ({
    health,
    healthMessage: health === 'healthy' ? undefined : because.string('message'),
    healthSince: because.time('lastTransitionTime'),
  });
  if (object.object('spec').boolean('suspend') === true) {
    return {
      health: 'suspended',
      healthMessage: 'Reconciliation is suspended; resume it to apply changes',
    };
  }
  if (is(status, 'Stalled', 'True')) {
    return of('degraded', condition(status, 'Stalled'));
  }
  if (isBehind(object)) {
    return {
      health: 'progressing',
      healthMessage: 'Flux has not taken up its newest change yet',
    };
  }
  if (isRetrying(status)) {
    return of('degraded', ready);
  }
  if (is(status, 'Reconciling', 'True')) {
    return of('progressing', condition(status, 'Reconciling'));
  }
  if (is(status, 'Ready', 'True')) {
    return of('healthy', ready);
  }
  if (is(status, 'Ready', 'False')) {
    return of('degraded', ready);
  }
  return {
    health: 'unknown',
    healthMessage:
      ready.string('message') ??
      'Flux has not looked at it yet; if that lasts, look whether its controller runs',
  };
}

/** What the controller is doing, or did last. */
export function readOperation(
  status: ObjectFields,
  revision: string | undefined,
): ApplicationOperation | undefined {
  const ready = condition(status, 'Ready');
  const reconciling = condition(status, 'Reconciling');
  if (
    reconciling.string('status') === 'True' &&
    ready.string('status') !== 'False'
  ) {
    return {
      phase: 'running',
      message: reconciling.string('message'),
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
    message: ready.string('message'),
    finishedAt: ready.time('lastTransitionTime'),
    revision,
  };
}

/** Conditions whose being true is bad news; all others are so when false. */
const NEGATIVE_CONDITIONS = ['Stalled', 'Drifted', 'Remediated'];

/** The conditions that are bad news, under the reason that Flux gives. */
export function readConditions(status: ObjectFields): ApplicationCondition[] {
  return status.list('conditions').flatMap(item => {
    const type = item.string('type');
    const bad = NEGATIVE_CONDITIONS.includes(type ?? '') ? 'True' : 'False';
    if (!type || type === 'Reconciling' || item.string('status') !== bad) {
      return [];
    }
    return [
      {
        type: item.string('reason') ?? type,
        message: item.string('message') ?? '',
        since: item.time('lastTransitionTime'),
      },
    ];
  });
}

/**
 * The objects of the inventory. An id is `<namespace>_<name>_<group>_<kind>`, where a colon in a
 * name is written as two underscores.
 */
export function readInventory(status: ObjectFields): ApplicationResource[] {
  return status
    .object('inventory')
    .list('entries')
    .flatMap(entry => {
      const parts = (entry.string('id') ?? '').split('_');
      if (parts.length < 4) {
        return [];
      }
      const [namespace, ...rest] = parts;
      const kind = rest.pop()!;
      const group = rest.pop()!;
      const name = rest.join('_').replaceAll('__', ':');
      return kind && name
        ? [
            {
              group,
              version: entry.string('v') ?? '',
              kind,
              namespace: namespace || undefined,
              name,
            },
          ]
        : [];
    });
}
