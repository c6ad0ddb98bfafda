import { randomInt } from 'node:crypto';
import { ResourceDefinition } from './resources';
import { invalid } from './StatusError';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN =
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** No vowels and no look-alikes, as the names that Kubernetes generates. */
const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;

const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";

/** @throws a 422 Status when the name is none for this kind */
export function checkName(resource: ResourceDefinition, name: string): void {
  const problem = problemWith(resource, name);
  if (problem) {
    throw invalid(resource, name, [
      {
        reason: 'FieldValueInvalid',
        message: `Invalid value: ${JSON.stringify(name)}: ${problem}`,
        field: 'metadata.name',
      },
    ]);
  }
}

function problemWith(
  resource: ResourceDefinition,
  name: string,
): string | undefined {
  switch (resource.nameRule) {
    case 'path':
      return name === '.' || name === '..' || /[/%]/.test(name)
        ? "may not be '.' or '..' and may not contain '/' or '%'"
        : undefined;
    case 'label':
      if (name.length > 63) {
        return 'must be no more than 63 characters';
      }
      return LABEL.test(name) ? undefined : LABEL_RULE;
    default:
      if (name.length > 253) {
        return 'must be no more than 253 characters';
      }
      return SUBDOMAIN.test(name) ? undefined : SUBDOMAIN_RULE;
  }
}

/** A name for `metadata.generateName`. */
export function generateName(prefix: string): string {
  let suffix = '';
  for (let index = 0; index < SUFFIX_LENGTH; index++) {
    suffix += SUFFIX_ALPHABET[randomInt(SUFFIX_ALPHABET.length)];
  }
  return `${prefix.slice(0, 63 - SUFFIX_LENGTH)}${suffix}`;
}
