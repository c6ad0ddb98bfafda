import type { KubernetesObject } from '../../GitopsObserver';
import { walk } from './walk';

/** How many elements a list of a huge object has. */
export const HUGE = 5_000;

/** The lists that an object has something in, each by its path. */
export function listsOf(object: KubernetesObject): string[] {
  const paths: string[] = [];
  walk(object, ({ holder, key, path }) => {
    const value = holder[key];
    if (Array.isArray(value) && value.length > 0) {
      paths.push(path);
    }
  });
  return paths;
}

/** The object with so many elements in one of its lists. */
export function withLongList(
  object: KubernetesObject,
  wanted: string,
  length: number,
): KubernetesObject {
  const copy = structuredClone(object);
  walk(copy, ({ holder, key, path }) => {
    const value = holder[key];
    if (path === wanted && Array.isArray(value)) {
      holder[key] = Array.from({ length }, (_, index) =>
        renamed(value[index % value.length], index),
      );
    }
  });
  return copy;
}

/** A copy that is told apart from the others by its name. */
function renamed(value: unknown, index: number): unknown {
  if (typeof value === 'string') {
    return `${value}-${index}`;
  }
  const copy = structuredClone(value);
  if (typeof copy === 'object' && copy !== null) {
    const fields = copy as Record<string, unknown>;
    for (const field of ['name', 'uid']) {
      if (typeof fields[field] === 'string') {
        fields[field] = `${fields[field]}-${index}`;
      }
    }
    // The inventory of Flux names an object by one string.
    if (typeof fields.id === 'string') {
      fields.id = fields.id.replace(/[^_]_/, `$&${index}-`);
    }
  }
  return copy;
}

/**
 * A copy of an object that counts how often its fields are read, which is the work that nobody
 * can do less of on a slow machine.
 */
export function countReads(object: KubernetesObject): {
  object: KubernetesObject;
  reads(): number;
} {
  let reads = 0;
  const counting = (value: unknown) => ({
    enumerable: true,
    configurable: true,
    get() {
      reads += 1;
      return value;
    },
  });
  const count = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const copy = Array.isArray(value) ? new Array(value.length) : {};
    return Object.defineProperties(
      copy,
      Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          counting(count(item)),
        ]),
      ),
    );
  };
  return { object: count(object) as KubernetesObject, reads: () => reads };
}
