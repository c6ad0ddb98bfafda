import { InputError } from '@backstage/errors';
import type { ClusterResource } from './ClusterApi';

/** A name from a catalog or a cluster must not walk to another endpoint. */
export function pathSegment(name: string): string {
  if (name === '' || name === '.' || name === '..') {
    throw new InputError(`Invalid name '${name}' of a Kubernetes object`);
  }
  return encodeURIComponent(name);
}

/** The segments of the path of a kind, or of an object of it. */
export function resourcePath(
  resource: Omit<ClusterResource, 'cluster'>,
  object?: { namespace?: string; name: string },
): string[] {
  const { group, version, plural } = resource;
  return [
    ...(group ? ['apis', group, version] : ['api', version]),
    ...(object?.namespace ? ['namespaces', object.namespace] : []),
    plural,
    ...(object ? [object.name] : []),
  ];
}
