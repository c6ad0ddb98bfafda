import { InputError } from '@backstage/errors';

/** Keys of maps and indexes of lists, from the root. @public */
export type YamlPath = ReadonlyArray<string | number>;

/**
 * A copy with another value at a path.
 *
 * @throws InputError when the path leads through something that is no collection
 */
export function setAt(
  root: unknown,
  path: YamlPath,
  value: unknown,
  name: string,
): unknown {
  if (path.length === 0) {
    return value;
  }
  const [key, ...rest] = path;
  if (typeof key === 'number') {
    const list = root ?? [];
    if (!Array.isArray(list) || key > list.length || key < 0) {
      throw new InputError(
        `${name}: there is no list with a place ${key} where one is to be changed`,
      );
    }
    const copy = [...list];
    copy[key] = setAt(list[key], rest, value, name);
    return copy;
  }
  const map = root ?? {};
  if (typeof map !== 'object' || Array.isArray(map)) {
    throw new InputError(`${name}: "${key}" is to be set in what is no map`);
  }
  return {
    ...map,
    [key]: setAt((map as Record<string, unknown>)[key], rest, value, name),
  };
}

/** A copy without what stands at a path. */
export function deleteAt(root: unknown, path: YamlPath): unknown {
  const [key, ...rest] = path;
  if (Array.isArray(root)) {
    return rest.length > 0
      ? root.map((item, index) => (index === key ? deleteAt(item, rest) : item))
      : root.filter((_, index) => index !== key);
  }
  const map = root as Record<string, unknown>;
  if (rest.length > 0) {
    return { ...map, [key]: deleteAt(map[key], rest) };
  }
  const { [key]: _, ...others } = map;
  return others;
}
