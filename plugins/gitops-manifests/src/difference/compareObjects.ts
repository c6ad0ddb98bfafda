import { isDeepStrictEqual } from 'node:util';
import type { RenderedObject } from '../kustomize';

/** One field that differs; what is absent on a side is undefined there. @public */
export interface FieldDifference {
  /** For example `spec.template.spec.containers[0].image`. */
  path: string;
  before: unknown;
  after: unknown;
}

/** An object that is there before and after, and is not the same. @public */
export interface ChangedObject {
  before: RenderedObject;
  after: RenderedObject;
  fields: FieldDifference[];
}

/** What differs between two sets of objects; all empty when nothing does. @public */
export interface ObjectsDifference {
  added: RenderedObject[];
  changed: ChangedObject[];
  removed: RenderedObject[];
}

/**
 * Compares what is rendered before and after a change, object by object (the same apiVersion, kind,
 * namespace and name) and field by field. The order of objects and of keys means nothing.
 *
 * @public
 */
export function compareObjects(
  before: ReadonlyArray<RenderedObject>,
  after: ReadonlyArray<RenderedObject>,
): ObjectsDifference {
  const earlier = byIdentity(before);
  const later = byIdentity(after);
  const changed: ChangedObject[] = [];
  for (const [key, object] of later) {
    const previous = earlier.get(key);
    if (previous && !isDeepStrictEqual(previous, object)) {
      const fields = fieldDifferences(previous, object, '');
      changed.push({ before: previous, after: object, fields });
    }
  }
  const without = (
    all: Map<string, RenderedObject>,
    others: Map<string, RenderedObject>,
  ) => [...all].filter(([key]) => !others.has(key)).map(([, object]) => object);
  return {
    added: without(later, earlier),
    changed,
    removed: without(earlier, later),
  };
}

/** How people call an object: its kind, its namespace where it has one, its name. @public */
export function objectTitle(object: RenderedObject): string {
  const { namespace, name = '' } = object.metadata ?? {};
  return `${object.kind} ${namespace ? `${namespace}/` : ''}${name}`;
}

function byIdentity(
  objects: ReadonlyArray<RenderedObject>,
): Map<string, RenderedObject> {
  const map = new Map<string, RenderedObject>();
  for (const object of objects) {
    const { namespace = '', name = '' } = object.metadata ?? {};
    const key = [object.apiVersion, object.kind, namespace, name].join('\n');
    // Only a mistake has the same object twice; neither may hide the other.
    let place = key;
    for (let count = 2; map.has(place); count += 1) {
      place = `${key}\n${count}`;
    }
    map.set(place, object);
  }
  return map;
}

function fieldDifferences(
  before: unknown,
  after: unknown,
  path: string,
): FieldDifference[] {
  if (isDeepStrictEqual(before, after)) {
    return [];
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }).flatMap((_, index) =>
      fieldDifferences(before[index], after[index], `${path}[${index}]`),
    );
  }
  if (isMap(before) && isMap(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap(key =>
      fieldDifferences(before[key], after[key], joined(path, key)),
    );
  }
  return [{ path, before, after }];
}

function joined(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) {
    return `${path}[${JSON.stringify(key)}]`;
  }
  return path ? `${path}.${key}` : key;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
