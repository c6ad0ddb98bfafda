import { isDeepStrictEqual } from 'node:util';
import type { YamlPath } from './plainEdits';
import type { YamlText } from './YamlText';

/**
 * Makes a place of a file say what is wanted, by the smallest edits: what is equal stays, with its
 * comments.
 */
export function makeEqual(
  yaml: YamlText,
  wanted: unknown,
  path: YamlPath = [],
): void {
  const current = yaml.get(path);
  if (isDeepStrictEqual(current, wanted)) {
    return;
  }
  if (isMap(current) && isMap(wanted)) {
    for (const [key, value] of Object.entries(wanted)) {
      makeEqual(yaml, value, [...path, key]);
    }
    for (const key of Object.keys(current)) {
      if (!(key in wanted)) {
        yaml.delete([...path, key]);
      }
    }
    return;
  }
  if (
    Array.isArray(current) &&
    Array.isArray(wanted) &&
    wanted.length >= current.length &&
    current.length > 0
  ) {
    wanted.forEach((value, index) => makeEqual(yaml, value, [...path, index]));
    return;
  }
  yaml.set(path, wanted);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
