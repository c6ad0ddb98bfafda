import type { ObjectFields } from './ObjectFields';

/** Holds the whole object as it was applied last, with whatever values stand in it. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The annotations of an object that an observation may bear.
 *
 * @param metadata - fields of the object's `metadata`
 * @public
 */
export function readAnnotations(
  metadata: ObjectFields,
): Record<string, string> {
  const { [LAST_APPLIED]: _, ...annotations } = metadata.record('annotations');
  return annotations;
}
