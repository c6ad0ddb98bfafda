import { isDeepStrictEqual } from 'node:util';

/** An operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  op: 'add' | 'replace' | 'remove';
  path: string;
  value?: unknown;
}

/** The operations that make one value another, none when they are equal. */
export function differenceOperations(
  from: unknown,
  to: unknown,
  path = '',
): PatchOperation[] {
  if (isDeepStrictEqual(from, to)) {
    return [];
  }
  if (isMap(from) && isMap(to)) {
    const removed = Object.keys(from)
      .filter(key => !(key in to))
      .map(key => ({ op: 'remove' as const, path: below(path, key) }));
    return [
      ...removed,
      ...Object.entries(to).flatMap(([key, value]) =>
        key in from
          ? differenceOperations(from[key], value, below(path, key))
          : [{ op: 'add' as const, path: below(path, key), value }],
      ),
    ];
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    return to.flatMap((value, index) =>
      differenceOperations(from[index], value, below(path, String(index))),
    );
  }
  return [{ op: 'replace', path, value: to }];
}

function below(path: string, key: string): string {
  return `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
