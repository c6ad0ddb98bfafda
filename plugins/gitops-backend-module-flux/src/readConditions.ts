import type { ApplicationCondition } from '@fairway/plugin-gitops-common';
import { ObjectFields } from '@fairway/plugin-gitops-node';

/** Controllers repeat whole outputs of tools in their messages. */
const MAX_MESSAGE_LENGTH = 2_000;
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

/** What a condition says, cut where it becomes too long to read. */
export function messageOf(item: ObjectFields): string | undefined {
  const message = item.string('message');
  return message && message.length > MAX_MESSAGE_LENGTH
    ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…`
    : message;
}

/** Conditions whose being true is bad news; all others are so when false. */
const NEGATIVE_CONDITIONS = ['Stalled', 'Drifted', 'Remediated'];

/** The conditions that are bad news, under the reason that Flux gives. */
export function readConditions(status: ObjectFields): ApplicationCondition[] {
  return status
    .list('conditions')
    .slice(0, MAX_CONDITIONS)
    .flatMap(item => {
      const type = item.string('type');
      const bad = NEGATIVE_CONDITIONS.includes(type ?? '') ? 'True' : 'False';
      if (!type || type === 'Reconciling' || item.string('status') !== bad) {
        return [];
      }
      return [
        {
          type: item.string('reason') ?? type,
          message: messageOf(item) ?? '',
          since: item.time('lastTransitionTime'),
        },
      ];
    });
}
