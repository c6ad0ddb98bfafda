/** What a form left empty is not there: an empty text would be refused as a bad one. */
export function withoutBlanks<T>(value: T): T {
  if (Array.isArray(value)) {
    return value.map(withoutBlanks) as T;
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== '' && item !== undefined && item !== null)
      .map(([key, item]) => [key, withoutBlanks(item)]),
  ) as T;
}
