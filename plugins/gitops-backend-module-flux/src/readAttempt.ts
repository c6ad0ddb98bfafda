import type { ObjectFields } from '@fairway/plugin-gitops-node';

/**
 * What a controller works at: the newest generation of the object, with a revision. It goes over
 * the same at each interval, and writes the times of its conditions anew.
 */
export function readAttempt(
  object: ObjectFields,
  attempted: string | undefined,
): string {
  const generation = object.object('metadata').number('generation');
  return `${generation ?? ''}/${attempted ?? ''}`;
}
