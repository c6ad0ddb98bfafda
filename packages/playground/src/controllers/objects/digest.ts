import { createHash } from 'node:crypto';

/** Letters and digits that Kubernetes uses in generated names: nothing that spells words. */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

/** SHA-256 of a text, in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A short name part that depends on nothing but the text. */
export function safeHash(text: string, length: number): string {
  const bytes = createHash('sha256').update(text).digest();
  return Array.from(
    { length },
    (_, index) => SAFE[bytes[index] % SAFE.length],
  ).join('');
}

/** A whole number from 0 to below `limit` that depends on nothing but the text. */
export function numberFrom(text: string, limit: number): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) % limit;
}

/** JSON with sorted fields: the same text for the same content, however it was merged. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, field) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(
          Object.entries(field).sort(([left], [right]) =>
            left < right ? -1 : 1,
          ),
        )
      : field,
  );
}
