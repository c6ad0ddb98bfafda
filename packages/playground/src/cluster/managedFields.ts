import { isDeepStrictEqual } from 'node:util';
import { KubernetesObject } from '../types';
import {
  changedFields,
  describeFields,
  difference,
  FieldSet,
  fieldsOf,
  intersection,
  isEmpty,
  restrictTo,
  union,
  withoutFields,
} from './FieldSet';
import { isJsonObject, JsonObject } from './json';
import { itemKey, listTypeAt } from './listTypes';
import { ResourceDefinition } from './resources';
import { applyConflict, StatusCause } from './StatusError';

/** One entry of `metadata.managedFields`: what a manager owns by one kind of request. */
export interface ManagedFieldsEntry {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time: string;
  fieldsType: 'FieldsV1';
  fieldsV1: FieldSet;
  subresource?: string;
}

/** Who writes, and how. */
export interface FieldWriter {
  manager: string;
  subresource?: string;
  /** RFC 3339. */
  time: string;
}

type Kind = Pick<ResourceDefinition, 'custom' | 'kind'>;

export function managedFieldsOf(object: KubernetesObject) {
  return (object.metadata.managedFields ?? []) as ManagedFieldsEntry[];
}

function withManagedFields(
  object: KubernetesObject,
  entries: ManagedFieldsEntry[],
): KubernetesObject {
  const owned = entries.filter(entry => !isEmpty(entry.fieldsV1));
  const { managedFields: _, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(owned.length > 0 && { managedFields: owned }),
    },
  };
}

function isOf(
  entry: ManagedFieldsEntry,
  operation: 'Apply' | 'Update',
  writer: FieldWriter,
): boolean {
  return (
    entry.operation === operation &&
    entry.manager === writer.manager &&
    entry.subresource === writer.subresource
  );
}

/**
 * Records a create, update or patch: the writer owns what it changed, and whoever owned
 * that before owns it no more.
 */
export function trackUpdate(
  kind: Kind,
  before: KubernetesObject | undefined,
  after: KubernetesObject,
  writer: FieldWriter,
): KubernetesObject {
  const changed = changedFields(kind, before, after);
  const present = fieldsOf(kind, after);
  const entries = before ? managedFieldsOf(before) : [];
  const kept = entries.map(entry => ({
    ...entry,
    fieldsV1: restrictTo(
      isOf(entry, 'Update', writer)
        ? entry.fieldsV1
        : difference(entry.fieldsV1, changed),
      present,
    ),
  }));
  if (isEmpty(changed)) {
    return withManagedFields(after, kept);
  }
  const own = kept.find(entry => isOf(entry, 'Update', writer));
  const entry: ManagedFieldsEntry = {
    manager: writer.manager,
    operation: 'Update',
    apiVersion: after.apiVersion,
    time: writer.time,
    fieldsType: 'FieldsV1',
    fieldsV1: union(own?.fieldsV1 ?? {}, changed),
    ...(writer.subresource && { subresource: writer.subresource }),
  };
  return withManagedFields(after, [...kept.filter(e => e !== own), entry]);
}

/**
 * Server-side apply of a configuration over the live object.
 *
 * The manager takes over the fields it names. Fields that it applied before and leaves
 * out now go, unless another manager owns them too. A field that another manager owns
 * with a different value is a conflict; with `force` it changes hands.
 *
 * @param live - undefined when the object is created by this apply
 * @throws a 409 Status that names each conflict
 */
export function applyConfiguration(options: {
  kind: Kind;
  live: KubernetesObject | undefined;
  configuration: KubernetesObject;
  writer: FieldWriter;
  force: boolean;
}): KubernetesObject {
  const { kind, live, writer, force } = options;
  const configuration = withoutNulls(options.configuration);
  const applied = fieldsOf(kind, configuration);
  const entries = live ? managedFieldsOf(live) : [];
  const own = entries.find(entry => isOf(entry, 'Apply', writer));
  const others = entries.filter(entry => entry !== own);

  let merged = live
    ? (mergeConfiguration(kind, live, configuration, []) as KubernetesObject)
    : configuration;
  const changed = changedFields(kind, live, merged);
  const conflicts = others.flatMap(entry => conflictsWith(entry, changed));
  if (conflicts.length > 0 && !force) {
    throw applyConflict(conflicts);
  }
  const present = fieldsOf(kind, merged);
  const remaining = others.map(entry => ({
    ...entry,
    fieldsV1: restrictTo(difference(entry.fieldsV1, changed), present),
  }));

  const released = difference(own?.fieldsV1 ?? {}, applied);
  const keptByOthers = remaining.reduce<FieldSet>(
    (set, entry) => union(set, entry.fieldsV1),
    applied,
  );
  merged = withoutFields(
    kind,
    merged,
    released,
    keptByOthers,
  ) as KubernetesObject;

  return withManagedFields(merged, [
    ...remaining,
    {
      manager: writer.manager,
      operation: 'Apply',
      apiVersion: configuration.apiVersion,
      // An apply that changes nothing must leave the object as it is, its time too.
      time:
        own && isDeepStrictEqual(own.fieldsV1, applied) && isEmpty(changed)
          ? own.time
          : writer.time,
      fieldsType: 'FieldsV1',
      fieldsV1: applied,
      ...(writer.subresource && { subresource: writer.subresource }),
    },
  ]);
}

function conflictsWith(
  entry: ManagedFieldsEntry,
  changed: FieldSet,
): StatusCause[] {
  return describeFields(intersection(entry.fieldsV1, changed)).map(field => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "${entry.manager}"${
      entry.subresource ? ` with subresource "${entry.subresource}"` : ''
    } using ${entry.apiVersion}`,
    field,
  }));
}

/** An apply configuration that sets a field to null does not name it. */
function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) {
    return value.map(withoutNulls) as T;
  }
  if (!isJsonObject(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([name, item]) => [name, withoutNulls(item)]),
  ) as T;
}

function mergeConfiguration(
  kind: Kind,
  live: unknown,
  applied: unknown,
  path: string[],
): unknown {
  if (Array.isArray(applied)) {
    const listType = listTypeAt(kind, path);
    const existing = Array.isArray(live) ? [...live] : [];
    if (listType.type === 'atomic') {
      return applied;
    }
    if (listType.type === 'set') {
      return [...new Set([...existing, ...applied])];
    }
    for (const item of applied) {
      const key = itemKey(item, listType);
      const index = existing.findIndex(old => itemKey(old, listType) === key);
      if (key !== undefined && index >= 0) {
        existing[index] = mergeConfiguration(kind, existing[index], item, path);
      } else {
        existing.push(item);
      }
    }
    return existing;
  }
  if (!isJsonObject(applied) || !isJsonObject(live)) {
    return applied;
  }
  const result: JsonObject = { ...live };
  for (const [name, value] of Object.entries(applied)) {
    result[name] = mergeConfiguration(kind, result[name], value, [
      ...path,
      name,
    ]);
  }
  return result;
}
