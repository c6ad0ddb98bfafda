import type { ObjectFields } from '@fairway/plugin-gitops-node';

/** A message that names more is not read. */
const MAX_ERRORS = 4;

/** Why Velero refused an object, in its words; empty when it does not say. */
export function readValidationErrors(status: ObjectFields): string {
  return status.messages('validationErrors').slice(0, MAX_ERRORS).join('; ');
}
