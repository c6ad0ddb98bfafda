import { applyPatch, Operation, validate } from 'fast-json-patch';
import { copyJson, isJsonObject, JsonObject } from './json';
import { itemKey, listTypeAt } from './listTypes';
import { ResourceDefinition } from './resources';
import { badRequest, StatusError } from './StatusError';

/** JSON Merge Patch (RFC 7386). Neither argument is changed. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) {
    return patch;
  }
  const result: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) {
      delete result[name];
    } else {
      result[name] = mergePatch(result[name], value);
    }
  }
  return result;
}

/**
 * JSON Patch (RFC 6902).
 *
 * @throws a 400 Status for what is no patch, 422 when a test fails or a path is missing
 */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    throw badRequest('a JSON patch must be an array of operations');
  }
  const operations = patch as Operation[];
  const document = copyJson(target);
  const problem = validate(operations, document);
  if (problem) {
    throw new StatusError({
      code: 422,
      reason: 'Invalid',
      message: `the server rejected our request due to an error in our request: ${
        problem.name
      } at operation ${problem.index ?? 0}`,
    });
  }
  try {
    return applyPatch(document, operations, true).newDocument;
  } catch (error) {
    throw new StatusError({
      code: 422,
      reason: 'Invalid',
      message: `the server rejected our request due to an error in our request: testing or applying the patch failed (${
        (error as Error).name
      })`,
    });
  }
}

type Kind = Pick<ResourceDefinition, 'custom' | 'kind'>;

/**
 * Strategic merge patch of the built-in kinds.
 *
 * Lists with a merge key (containers, ports, env, volumes, conditions, ...; see
 * listTypes) are merged item by item, all others are replaced. The directives
 * `$patch: replace|delete`, `$deleteFromPrimitiveList/<field>` and `$retainKeys` work;
 * `$setElementOrder/<field>` is accepted and leaves the order as it is.
 */
export function strategicMergePatch(
  kind: Kind,
  target: unknown,
  patch: unknown,
): unknown {
  return mergeValue(kind, target, patch, []);
}

function mergeValue(
  kind: Kind,
  target: unknown,
  patch: unknown,
  path: string[],
): unknown {
  if (Array.isArray(patch)) {
    return mergeList(kind, target, patch, path);
  }
  return isJsonObject(patch) ? mergeMap(kind, target, patch, path) : patch;
}

function mergeMap(
  kind: Kind,
  target: unknown,
  patch: JsonObject,
  path: string[],
): unknown {
  const { $patch: directive, $retainKeys: retained, ...fields } = patch;
  const result: JsonObject =
    isJsonObject(target) && directive !== 'replace' ? { ...target } : {};
  if (Array.isArray(retained)) {
    for (const name of Object.keys(result)) {
      if (!retained.includes(name)) {
        delete result[name];
      }
    }
  }
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith('$setElementOrder/')) {
      continue;
    }
    if (name.startsWith('$deleteFromPrimitiveList/')) {
      const field = name.slice('$deleteFromPrimitiveList/'.length);
      const existing = result[field];
      if (Array.isArray(existing) && Array.isArray(value)) {
        result[field] = existing.filter(item => !value.includes(item));
      }
    } else if (
      value === null ||
      (isJsonObject(value) && value.$patch === 'delete')
    ) {
      delete result[name];
    } else {
      result[name] = mergeValue(kind, result[name], value, [...path, name]);
    }
  }
  return result;
}

/** The strategic merge patch knows one merge key per list, its first. */
function mergeList(
  kind: Kind,
  target: unknown,
  patch: unknown[],
  path: string[],
): unknown {
  const items = patch.filter(item => !isDirective(item, 'replace'));
  const listType = listTypeAt(kind, path);
  if (listType.type === 'atomic' || items.length < patch.length) {
    return items;
  }
  const existing = Array.isArray(target) ? [...target] : [];
  if (listType.type === 'set') {
    return [...new Set([...existing, ...items])];
  }
  const byFirst = { ...listType, keys: listType.keys.slice(0, 1) };
  for (const item of items) {
    const key = itemKey(item, byFirst);
    if (key === undefined) {
      throw badRequest(
        `map: ${JSON.stringify(item)} does not contain declared merge key: ${
          byFirst.keys[0]
        }`,
      );
    }
    const index = existing.findIndex(old => itemKey(old, byFirst) === key);
    if (isDirective(item, 'delete')) {
      if (index >= 0) {
        existing.splice(index, 1);
      }
    } else if (index >= 0) {
      existing[index] = mergeValue(kind, existing[index], item, path);
    } else {
      existing.push(mergeValue(kind, undefined, item, path));
    }
  }
  return existing;
}

function isDirective(item: unknown, directive: string): boolean {
  return isJsonObject(item) && item.$patch === directive;
}
