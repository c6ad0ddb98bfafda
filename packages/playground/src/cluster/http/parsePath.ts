import { ResourceDefinition, ResourceRegistry } from '../resources';

/** What a path names. */
export interface RequestTarget {
  resource: ResourceDefinition;
  /** Absent for cluster-scoped kinds and for lists over all namespaces. */
  namespace?: string;
  name?: string;
  subresource?: string;
}

/**
 * Reads `/api/v1/...` and `/apis/<group>/<version>/...`.
 *
 * @returns undefined when the cluster serves nothing at the path
 */
export function parsePath(
  registry: ResourceRegistry,
  path: string,
): RequestTarget | undefined {
  const segments = decodeSegments(path);
  if (!segments) {
    return undefined;
  }
  const isCore = segments[0] === 'api';
  if (!isCore && segments[0] !== 'apis') {
    return undefined;
  }
  const [group, version, ...rest] = isCore
    ? ['', ...segments.slice(1)]
    : segments.slice(1);
  const inNamespace = rest[0] === 'namespaces' && rest.length > 2;
  const asNamespace =
    isCore && inNamespace && ['status', 'finalize'].includes(rest[2]);
  const [plural, name, subresource, ...more] =
    inNamespace && !asNamespace ? rest.slice(2) : rest;
  const resource = registry.byPlural({ group, version, plural });
  const hasNamespace = inNamespace && !asNamespace;
  if (!resource || more.length > 0) {
    return undefined;
  }
  // A cluster-scoped kind has no namespace, and one object needs its namespace.
  if (hasNamespace ? !resource.namespaced : resource.namespaced && name) {
    return undefined;
  }
  return {
    resource,
    namespace: hasNamespace ? rest[1] : undefined,
    name,
    subresource,
  };
}

function decodeSegments(path: string): string[] | undefined {
  try {
    const segments = path
      .replace(/^\//, '')
      .replace(/\/$/, '')
      .split('/')
      .map(decodeURIComponent);
    return segments.every(segment => segment !== '') ? segments : undefined;
  } catch {
    return undefined;
  }
}
