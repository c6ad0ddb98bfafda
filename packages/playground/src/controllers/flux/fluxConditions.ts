import {
  Condition,
  findCondition,
  timestamp,
  withoutCondition,
} from '../objects/conditions';

export interface FluxCondition {
  type: string;
  status: Condition['status'];
  reason: string;
  message: string;
}

/**
 * Conditions as Flux keeps them: each carries the generation that it was seen at, and its time is
 * that of the last change of its status, its reason or its message.
 */
export function setConditions(
  before: Condition[] | undefined,
  options: {
    generation?: number;
    set: FluxCondition[];
    remove?: string[];
  },
): Condition[] {
  let conditions = before ?? [];
  for (const type of options.remove ?? []) {
    conditions = withoutCondition(conditions, type);
  }
  for (const condition of options.set) {
    const previous = findCondition(conditions, condition.type);
    const isSame =
      previous?.status === condition.status &&
      previous.reason === condition.reason &&
      previous.message === condition.message;
    const next: Condition = {
      ...condition,
      observedGeneration: options.generation,
      lastTransitionTime: isSame ? previous.lastTransitionTime : timestamp(),
    };
    conditions = previous
      ? conditions.map(other => (other === previous ? next : other))
      : [...conditions, next];
  }
  return conditions;
}

/** What a reconciliation under way says. */
export function progressing(message: string): FluxCondition[] {
  return [
    { type: 'Reconciling', status: 'True', reason: 'Progressing', message },
    {
      type: 'Ready',
      status: 'Unknown',
      reason: 'Progressing',
      message: 'Reconciliation in progress',
    },
  ];
}

/**
 * What a reconciliation that failed and is tried again says: `Ready` is False and, as with
 * the real controllers, `Reconciling` stays True with the reason `ProgressingWithRetry`.
 */
export function failed(reason: string, message: string): FluxCondition[] {
  return [
    {
      type: 'Reconciling',
      status: 'True',
      reason: 'ProgressingWithRetry',
      message,
    },
    { type: 'Ready', status: 'False', reason, message },
  ];
}

/** What something says that waits for another object before it begins. */
export function waiting(
  before: Condition[] | undefined,
  { reason, message }: { reason: string; message: string },
): FluxCondition[] {
  const reconciling = findCondition(before, 'Reconciling');
  return [
    { type: 'Ready', status: 'False', reason, message },
    ...(reconciling
      ? [
          {
            type: 'Reconciling',
            status: reconciling.status,
            reason: 'ProgressingWithRetry',
            message: reconciling.message ?? '',
          },
        ]
      : []),
  ];
}
