import type { KubernetesObject } from '../../GitopsObserver';
import { walk } from './contractContext';

/** Values that a field must not be, each of another type, and words that are fields of any object. */
const WRONG_VALUES: unknown[] = [
  null,
  42,
  -1e9,
  // eslint-disable-next-line no-script-url -- what must not become a link
  'javascript:alert(1)//',
  'constructor',
  true,
  [],
  {},
  [null, 7, [], {}],
];

/** Names that nobody should believe, but that a cluster or another tool may hold. */
export const HOSTILE_NAMES = [
  '../../../api/v1/secrets',
  '..%2f..%2fsecrets',
  'a/b?watch=1#x',
  '__proto__',
  'constructor',
  'toString',
  '<img src=x onerror=alert(1)>',
  'line\r\nbreak: yes\n',
  'right\u202Eto\u2066left\u0000',
  `${'x'.repeat(63)}.`.repeat(4).slice(0, 253),
  'ä'.repeat(300),
];

/** What must never come out of an observer. */
export const PLANTED_SECRET = 'c0ntr4ct-pl4nted-s3cret';

/** How many elements a list of a huge object has. */
const HUGE = 3_000;

/**
 * Calls `use` with the object again and again, each time with one field, at any depth, of a wrong
 * type. Always the same object, restored after each call: `use` MUST NOT keep it.
 *
 * @returns how often it was called
 */
export function forEachWrongType(
  object: KubernetesObject,
  use: (spoiled: KubernetesObject, path: string) => void,
): number {
  const copy = structuredClone(object);
  const places: Array<Parameters<Parameters<typeof walk>[1]>[0]> = [];
  walk(copy, place => places.push(place));
  for (const { holder, key, path } of places) {
    const right = holder[key];
    for (const wrong of WRONG_VALUES) {
      holder[key] = structuredClone(wrong);
      use(copy, path);
    }
    holder[key] = right;
  }
  return places.length * WRONG_VALUES.length;
}

/** The object with one list, at any depth, of thousands of elements; one after the other. */
export function* hugeObjects(
  object: KubernetesObject,
): Generator<{ object: KubernetesObject; path: string }> {
  const paths: string[] = [];
  walk(object, ({ holder, key, path }) => {
    const value = holder[key];
    if (Array.isArray(value) && value.length > 0) {
      paths.push(path);
    }
  });
  for (const wanted of paths) {
    const copy = structuredClone(object);
    walk(copy, ({ holder, key, path }) => {
      const value = holder[key];
      if (path === wanted && Array.isArray(value)) {
        holder[key] = Array.from({ length: HUGE }, (_, index) =>
          renamed(value[index % value.length], index),
        );
      }
    });
    yield { object: copy, path: wanted };
  }
}

/** A copy that is told apart from the others by its name. */
function renamed(value: unknown, index: number): unknown {
  if (typeof value === 'string') {
    return `${value}-${index}`;
  }
  const copy = structuredClone(value);
  if (typeof copy === 'object' && copy !== null) {
    for (const field of ['name', 'uid']) {
      if (typeof (copy as any)[field] === 'string') {
        (copy as any)[field] += `-${index}`;
      }
    }
    // The inventory of Flux names an object by one string.
    if (typeof (copy as any).id === 'string') {
      (copy as any).id = (copy as any).id.replace(/[^_]_/, `$&${index}-`);
    }
  }
  return copy;
}

/** Labels are shown to people, and nobody keeps a secret there. */
const SHOWN = /label|annotation|selector|match/i;

/** The object with secrets wherever somebody might have put one. */
export function withSecrets(object: KubernetesObject): KubernetesObject {
  const copy = structuredClone(object);
  const holders: Array<Record<string, unknown>> = [];
  walk(copy, ({ holder, key, path }) => {
    const value = holder[key];
    if (typeof value === 'string') {
      holder[key] = value.replace(
        /(https?|oci|ssh):\/\/(?:[^/@\s'"]*@)?/g,
        `$1://robot:${PLANTED_SECRET}@`,
      );
    } else if (
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      !SHOWN.test(path)
    ) {
      holders.push(value as Record<string, unknown>);
    }
  });
  for (const holder of [copy, ...holders]) {
    for (const field of ['password', 'token', 'privateKey', 'cookie']) {
      holder[field] ??= PLANTED_SECRET;
    }
    for (const field of ['data', 'stringData']) {
      holder[field] ??= { password: PLANTED_SECRET, value: PLANTED_SECRET };
    }
  }
  copy.metadata.annotations = {
    ...copy.metadata.annotations,
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
      stringData: { password: PLANTED_SECRET },
    }),
  };
  return copy;
}
