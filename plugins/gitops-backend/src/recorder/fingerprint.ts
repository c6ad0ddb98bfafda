import { createHash } from 'node:crypto';

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, field]) => field !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, field]) => [key, sorted(field)]),
    );
  }
  return value;
}

/** A short text that is equal for equal values, whatever the order of their keys. */
export function fingerprintOf(value: unknown): string {
  return fingerprintAsWritten(sorted(value));
}

/**
 * A short text that is equal for equal values with their keys in the same order: several times as
 * fast, for what a pure function made of an object as the API server writes it.
 */
export function fingerprintAsWritten(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value))
    .digest('base64url')
    .slice(0, 32);
}
