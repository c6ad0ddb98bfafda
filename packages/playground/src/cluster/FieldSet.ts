import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, JsonObject } from './json';
import { itemKey, listTypeAt } from './listTypes';
import { ResourceDefinition } from './resources';

/**
 * A set of fields of an object, in the shape of `fieldsV1`: `f:<name>` is a field of a
 * map, `k:{...}` an item of a list by its keys, `v:<value>` an item of a set, `.` the item
 * itself. A field without members below it is a leaf: it is owned with all it contains.
 */
export type FieldSet = { [element: string]: FieldSet };

type Kind = Pick<ResourceDefinition, 'custom' | 'kind'>;

/** Metadata that nobody owns, because the server sets it. */
const UNOWNED_METADATA = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generateName',
  'managedFields',
  'selfLink',
]);

/** One member of a map or list: its element in the set, and its value. */
interface Member {
  element: string;
  value: unknown;
  path: readonly string[];
}

/** The members of a value that are owned one by one; undefined for a leaf. */
export function membersOf(
  kind: Kind,
  value: unknown,
  path: readonly string[],
): Member[] | undefined {
  if (Array.isArray(value)) {
    const listType = listTypeAt(kind, path);
    if (listType.type === 'set') {
      return value.map(item => ({
        element: `v:${JSON.stringify(item)}`,
        value: item,
        path: [...path, ''],
      }));
    }
    if (listType.type === 'atomic') {
      return undefined;
    }
    const keys = value.map(item => itemKey(item, listType));
    if (keys.some(key => key === undefined)) {
      return undefined;
    }
    return value.map((item, index) => ({
      element: `k:${keys[index]}`,
      value: item,
      path,
    }));
  }
  if (!isJsonObject(value) || Object.keys(value).length === 0) {
    return undefined;
  }
  return Object.entries(value)
    .filter(([name]) => isOwnable(name, path))
    .map(([name, item]) => ({
      element: `f:${name}`,
      value: item,
      path: [...path, name],
    }));
}

function isOwnable(name: string, path: readonly string[]): boolean {
  if (path.length === 0) {
    return name !== 'apiVersion' && name !== 'kind';
  }
  return !(
    path.length === 1 &&
    path[0] === 'metadata' &&
    UNOWNED_METADATA.has(name)
  );
}

/** All fields that an object has. */
export function fieldsOf(
  kind: Kind,
  value: unknown,
  path: readonly string[] = [],
): FieldSet {
  const set: FieldSet = {};
  for (const member of membersOf(kind, value, path) ?? []) {
    const below =
      member.element.startsWith('v:') || member.value === null
        ? {}
        : fieldsOf(kind, member.value, member.path);
    // Metadata with nothing that can be owned is no leaf of its own.
    if (member.element === 'f:metadata' && isEmpty(below)) {
      continue;
    }
    set[member.element] = member.element.startsWith('k:')
      ? { '.': {}, ...below }
      : below;
  }
  return set;
}

/** The fields of `after` that `before` does not have, or has with another value. */
export function changedFields(
  kind: Kind,
  before: unknown,
  after: unknown,
  path: readonly string[] = [],
): FieldSet {
  const set: FieldSet = {};
  const old = new Map(
    (membersOf(kind, before, path) ?? []).map(member => [
      member.element,
      member.value,
    ]),
  );
  for (const member of membersOf(kind, after, path) ?? []) {
    const { element, value } = member;
    if (old.has(element) && isDeepStrictEqual(old.get(element), value)) {
      continue;
    }
    const isNew = !old.has(element);
    const isLeaf =
      element.startsWith('v:') ||
      membersOf(kind, value, member.path) === undefined;
    const below = isLeaf
      ? {}
      : changedFields(kind, old.get(element), value, member.path);
    if (isLeaf || !isEmpty(below)) {
      set[element] =
        element.startsWith('k:') && isNew ? { '.': {}, ...below } : below;
    }
  }
  return set;
}

export function isEmpty(set: FieldSet): boolean {
  return Object.keys(set).length === 0;
}

export function union(left: FieldSet, right: FieldSet): FieldSet {
  const result: FieldSet = { ...left };
  for (const [element, below] of Object.entries(right)) {
    result[element] = element in left ? union(left[element], below) : below;
  }
  return result;
}

/** The leaves that both sets have. */
export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  return combine(left, right, (below, other) =>
    isEmpty(below) && isEmpty(other) ? below : undefined,
  );
}

/** What is left of a set among the fields that an object still has. */
export function restrictTo(set: FieldSet, present: FieldSet): FieldSet {
  return combine(set, present, below => (isEmpty(below) ? below : undefined));
}

/** Goes down where both sets have members, and asks where one of them has a leaf. */
function combine(
  left: FieldSet,
  right: FieldSet,
  atLeaf: (below: FieldSet, other: FieldSet) => FieldSet | undefined,
): FieldSet {
  const result: FieldSet = {};
  for (const [element, below] of Object.entries(left)) {
    const other = right[element];
    if (other === undefined) {
      continue;
    }
    if (isEmpty(below) || isEmpty(other)) {
      const leaf = atLeaf(below, other);
      if (leaf) {
        result[element] = leaf;
      }
      continue;
    }
    const common = combine(below, other, atLeaf);
    if (!isEmpty(common)) {
      result[element] = common;
    }
  }
  return result;
}

/**
 * The leaves of `left` that `right` does not have. A leaf is only itself: to own an empty
 * map is not to own what is put into it.
 */
export function difference(left: FieldSet, right: FieldSet): FieldSet {
  const result: FieldSet = {};
  for (const [element, below] of Object.entries(left)) {
    const other = right[element];
    if (other === undefined || isEmpty(below) !== isEmpty(other)) {
      result[element] = below;
    } else if (!isEmpty(below)) {
      const rest = difference(below, other);
      if (!isEmpty(rest)) {
        result[element] = rest;
      }
    }
  }
  return result;
}

/**
 * The part of a value that is left when the fields of a set are taken away. Maps and
 * lists that become empty by it go as well.
 *
 * @param kept - fields that stay although the set names them
 */
export function withoutFields(
  kind: Kind,
  value: unknown,
  set: FieldSet,
  kept: FieldSet,
  path: readonly string[] = [],
): unknown {
  const members = membersOf(kind, value, path);
  if (!members) {
    return value;
  }
  const survives = (member: Member): boolean => {
    const below = set[member.element];
    const protectedBelow = kept[member.element];
    if (below === undefined || protectedBelow !== undefined) {
      return true;
    }
    return !(isEmpty(below) || '.' in below);
  };
  const reduce = (member: Member): unknown => {
    const below = set[member.element];
    return below === undefined || isEmpty(below)
      ? member.value
      : withoutFields(
          kind,
          member.value,
          below,
          keepKeys(member, kept[member.element] ?? {}),
          member.path,
        );
  };
  const left = members
    .filter(survives)
    .map(member => ({ member, value: reduce(member) }))
    .filter(
      entry =>
        kept[entry.member.element] !== undefined ||
        !becameEmpty(entry.member.value, entry.value, entry.member),
    );
  if (Array.isArray(value)) {
    return left.map(entry => entry.value);
  }
  const result: JsonObject = {};
  const remaining = new Map(
    left.map(entry => [entry.member.element, entry.value]),
  );
  const known = new Set(members.map(member => member.element));
  for (const [name, item] of Object.entries(value as JsonObject)) {
    const element = `f:${name}`;
    if (!known.has(element)) {
      result[name] = item;
    } else if (remaining.has(element)) {
      result[name] = remaining.get(element);
    }
  }
  return result;
}

/** An item of a list that stays must keep the fields that name it. */
function keepKeys(member: Member, kept: FieldSet): FieldSet {
  if (!member.element.startsWith('k:')) {
    return kept;
  }
  const keys = Object.keys(JSON.parse(member.element.slice(2)));
  return union(
    kept,
    Object.fromEntries(keys.map(key => [`f:${key}`, {} as FieldSet])),
  );
}

function becameEmpty(before: unknown, after: unknown, member: Member) {
  if (before === after || member.element === 'f:metadata') {
    return false;
  }
  return Array.isArray(after)
    ? after.length === 0
    : isJsonObject(after) && Object.keys(after).length === 0;
}

/** The leaves of a set as dotted paths, as a conflict names them. */
export function describeFields(set: FieldSet, prefix = ''): string[] {
  return Object.entries(set).flatMap(([element, below]) => {
    if (element === '.') {
      return [];
    }
    const step = element.startsWith('f:')
      ? `.${element.slice(2)}`
      : `[${element
          .slice(2)
          .replace(/^\{|\}$/g, '')
          .replace(/"(\w+)":/g, '$1=')}]`;
    const path = `${prefix}${step}`;
    const deeper = describeFields(below, path);
    return deeper.length > 0 ? deeper : [path];
  });
}
