import type { KubernetesObject } from '../../GitopsObserver';
import { walk } from './walk';

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

/** What the people and the tools who write into an object may write into any text of it. */
export const HOSTILE_TEXTS = [
  '../../../api/v1/secrets?watch=1#x',
  '<img src=x onerror=alert(1)>\r\nright\u202Eto\u2066left\u0000\u001b[2J',
  '__proto__',
  'https://user@example.com/a/../b c<d>"',
  '{{ .Values.x }} ${jndi:x} %00 \\',
  'x'.repeat(50_000),
];

/** What must never come out of an observer. */
export const PLANTED_SECRET = 'c0ntr4ct-pl4nted-s3cret';

/** Labels are shown to people, and nobody keeps a secret there. */
const SHOWN = /label|annotation|selector|match/i;

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

/**
 * Calls `use` with the object again and again, each time with one text, at any depth, that nobody
 * should believe. What names the object itself stays. Always the same object: `use` MUST NOT keep it.
 */
export function forEachHostileText(
  object: KubernetesObject,
  use: (hostile: KubernetesObject, path: string) => void,
): void {
  const copy = structuredClone(object);
  const places: Array<Parameters<Parameters<typeof walk>[1]>[0]> = [];
  walk(copy, place => {
    if (typeof place.holder[place.key] === 'string') {
      places.push(place);
    }
  });
  for (const { holder, key, path } of places) {
    const right = holder[key];
    for (const text of HOSTILE_TEXTS) {
      holder[key] = text;
      use(copy, path);
    }
    holder[key] = right;
  }
}

/** The object with a field that nobody knows in each object at any depth, also in itself. */
export function withUnknownFields(object: KubernetesObject): KubernetesObject {
  const copy = structuredClone(object);
  const holders: Array<Record<string, unknown>> = [copy, copy.metadata];
  walk(copy, ({ holder, key, path }) => {
    const value = holder[key];
    if (
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      !SHOWN.test(path)
    ) {
      holders.push(value as Record<string, unknown>);
    }
  });
  for (const holder of holders) {
    holder.fromTheFuture = { a: [1] };
  }
  return copy;
}

/** The object with the fields in the opposite order, which is no other object. */
export function withFieldsReversed<T>(value: T): T {
  if (Array.isArray(value)) {
    return value.map(withFieldsReversed) as T;
  }
  return typeof value === 'object' && value !== null
    ? (Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, item]) => [key, withFieldsReversed(item)]),
      ) as T)
    : value;
}

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
