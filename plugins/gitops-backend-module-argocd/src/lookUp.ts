/** The entry of a table, never a member that every object has, such as `constructor`. */
export function lookUp<T>(
  table: Readonly<Record<string, T>>,
  key: string | undefined,
): T | undefined {
  return key !== undefined && Object.hasOwn(table, key)
    ? table[key]
    : undefined;
}
