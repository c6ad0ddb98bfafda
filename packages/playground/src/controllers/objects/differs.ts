import { KubernetesObject } from '../../types';

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (Array.isArray(value) && value.length === 0) ||
    (isFields(value) && Object.keys(value).length === 0)
  );
}

/** Whether everything that `desired` names is so in `live`; what it does not name is free. */
export function isContained(desired: unknown, live: unknown): boolean {
  if (isEmpty(desired)) {
    return isEmpty(live) || isFields(desired);
  }
  if (Array.isArray(desired)) {
    return (
      Array.isArray(live) &&
      live.length === desired.length &&
      desired.every((item, index) => isContained(item, live[index]))
    );
  }
  if (isFields(desired)) {
    return (
      isFields(live) &&
      Object.entries(desired).every(([name, value]) =>
        isContained(value, live[name]),
      )
    );
  }
  return desired === live;
}

/**
 * Whether a live object departs from what was rendered for it, by the fields that the
 * rendered object names: defaults, status and what others added do not count.
 */
export function differs(
  desired: KubernetesObject,
  live: KubernetesObject,
): boolean {
  const { status, metadata, ...fields } = desired;
  const { labels, annotations } = metadata;
  return !isContained({ ...fields, metadata: { labels, annotations } }, live);
}
