import type { ApplicationCondition } from '@fairway/plugin-gitops-common';
import { ObjectFields } from '@fairway/plugin-gitops-node';

const MAX_CONDITIONS = 50;

/** The condition of a type, or no fields. */
export function condition(status: ObjectFields, type: string): ObjectFields {
  return (
    status.list('conditions').find(item => item.string('type') === type) ??
    ObjectFields.of(undefined)
  );
}

/** True when the condition of a type has the value. */
export function is(
  status: ObjectFields,
  type: string,
  value: 'True' | 'False' | 'Unknown',
): boolean {
  return condition(status, type).string('status') === value;
}

/** Conditions whose being true is bad news; all others are so when false. */
const NEGATIVE_CONDITIONS = ['Stalled', 'Drifted', 'Remediated'];

/** The conditions that are bad news, under the reason that Flux gives. */
export function readConditions(status: ObjectFields): ApplicationCondition[] {
  const bad = status
    .list('conditions')
    .slice(0, MAX_CONDITIONS)
    .flatMap(item => {
      const type = item.string('type');
      const isBad = NEGATIVE_CONDITIONS.includes(type ?? '') ? 'True' : 'False';
      if (!type || type === 'Reconciling' || item.string('status') !== isBad) {
        return [];
      }
      return [
        {
          type: item.string('reason') ?? type,
          message: item.message('message') ?? '',
          since: item.time('lastTransitionTime'),
        },
      ];
    });
  // `Ready` repeats the one that it sums up.
  return bad.filter(
    ({ type, message }, index) =>
      bad.findIndex(
        other => other.type === type && other.message === message,
      ) === index,
  );
}
