import { isDeepStrictEqual } from 'node:util';
import { Cluster, KubernetesObject } from '../../types';
import { keyOf } from './kinds';

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON merge patch that turns one value into another; empty when they are equal. */
export function mergePatchBetween(from: Fields, to: Fields): Fields {
  const patch: Fields = {};
  for (const name of Object.keys(from)) {
    if (to[name] === undefined) {
      patch[name] = null;
    }
  }
  for (const [name, value] of Object.entries(to)) {
    const before = from[name];
    if (value === undefined || isDeepStrictEqual(before, value)) {
      continue;
    }
    patch[name] =
      isFields(before) && isFields(value)
        ? mergePatchBetween(before, value)
        : value;
  }
  return patch;
}

/**
 * Makes `status` the status of the object, writing only what changed and nothing when
 * nothing changed, so that an idle playground stays idle. Returns whether it wrote.
 */
export function writeStatus(
  cluster: Cluster,
  object: KubernetesObject,
  status: object,
): boolean {
  // Through JSON, as it would travel: undefined fields and dates compare as they are stored.
  const next = JSON.parse(JSON.stringify(status)) as Fields;
  const patch = mergePatchBetween(object.status ?? {}, next);
  if (Object.keys(patch).length === 0) {
    return false;
  }
  cluster.patchStatus(keyOf(object), patch);
  return true;
}
