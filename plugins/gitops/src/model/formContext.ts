/** Looks up `a.b` in a form's data; only own texts count. */
export function textAt(
  data: Record<string, unknown>,
  path?: string,
): string | undefined {
  const value = path
    ?.split('.')
    .reduce<unknown>(
      (at, key) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, key)
          ? (at as Record<string, unknown>)[key]
          : undefined,
      data,
    );
  return typeof value === 'string' && value !== '' ? value : undefined;
}
