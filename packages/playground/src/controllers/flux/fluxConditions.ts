import {
  Condition,
  findCondition,
  withCondition,
  withoutCondition,
} from '../objects/conditions';

export interface FluxCondition {
  type: string;
  status: Condition['status'];
  reason: string;
  message: string;
}

/** Conditions as Flux keeps them: each carries the generation that it was seen at. */
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
    conditions = withCondition(conditions, {
      ...condition,
      observedGeneration: options.generation,
    });
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

/** Keeps the text of a condition when only the time that something took is different. */
export function settled(
  before: Condition[] | undefined,
  condition: FluxCondition,
): FluxCondition {
  const previous = findCondition(before, condition.type);
  const plain = (text: string | undefined) => text?.replace(/[\d.]+s\b/g, '');
  const isSame =
    previous?.status === condition.status &&
    plain(previous.message) === plain(condition.message);
  return isSame ? { ...condition, message: previous.message! } : condition;
}
