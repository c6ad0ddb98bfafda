import type { ApplicationCondition } from '@fairway/plugin-gitops-common';
import type { ObjectFields } from '@fairway/plugin-gitops-node';

/** More than Argo CD has kinds of. */
const MAX_CONDITIONS = 50;
/** Condition of an application that is being deleted; Argo CD itself has none for it. */
export const CONDITION_DELETING = 'Deleting';
/** Condition of an application whose source hydrator failed; Argo CD has none for it. */
const CONDITION_HYDRATION_ERROR = 'HydrationError';

/**
 * The conditions of an `Application`, and what Argo CD tells elsewhere though it is one: that it
 * is being deleted, and that the source hydrator failed.
 */
export function readConditions(object: ObjectFields): ApplicationCondition[] {
  const status = object.object('status');
  const conditions = status.list('conditions').slice(0, MAX_CONDITIONS);
  const own = conditions.flatMap(condition => {
    const type = condition.string('type');
    return type
      ? [
          {
            type,
            message: condition.message('message') ?? '',
            since: condition.time('lastTransitionTime'),
          },
        ]
      : [];
  });
  return [...readHydration(status), ...own, ...readDeletion(object)];
}

function readHydration(status: ObjectFields): ApplicationCondition[] {
  const operation = status.object('sourceHydrator').object('currentOperation');
  return operation.string('phase') === 'Failed'
    ? [
        {
          type: CONDITION_HYDRATION_ERROR,
          message:
            operation.message('message') ??
            'The source hydrator failed and does not say why; look at the logs of the commit server',
          since: operation.time('finishedAt') ?? operation.time('startedAt'),
        },
      ]
    : [];
}

function readDeletion(object: ObjectFields): ApplicationCondition[] {
  const metadata = object.object('metadata');
  if (!metadata.has('deletionTimestamp')) {
    return [];
  }
  const cascades = metadata
    .strings('finalizers')
    .some(name => name.startsWith('resources-finalizer.argocd.argoproj.io'));
  return [
    {
      type: CONDITION_DELETING,
      message: cascades
        ? 'It is being deleted with everything that it manages'
        : 'It is being deleted; what it manages stays',
      since: metadata.time('deletionTimestamp'),
    },
  ];
}

/** The message of the first condition that is an error, not a warning. */
export function errorOf(
  conditions: readonly ApplicationCondition[],
): string | undefined {
  return (
    conditions.find(({ type, message }) => type.endsWith('Error') && message)
      ?.message || undefined
  );
}
