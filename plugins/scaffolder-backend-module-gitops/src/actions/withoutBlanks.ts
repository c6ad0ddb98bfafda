/**
 * What a form left empty is not there: an empty text would be refused as a bad one, and so would a
 * group of fields of which none is filled in.
 */
export function withoutBlanks<T>(value: T): T {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(withoutBlanks) as T;
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, withoutBlanks(item)] as const)
      .filter(([, item]) => !isBlank(item)),
  ) as T;
}

function isBlank(value: unknown): boolean {
  return (
    value === '' ||
    value === undefined ||
    value === null ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  );
}
