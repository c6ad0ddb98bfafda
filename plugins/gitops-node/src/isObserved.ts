import type { KubernetesObject, ObservedResource } from './GitopsObserver';

/**
 * Whether an object is of a kind, in a version, that an observer wants to see. An observer MUST
 * mean nothing by others: an object of the same kind from another group is something else.
 *
 * @param resources - the observer's own
 * @public
 */
export function isObserved(
  resources: readonly ObservedResource[],
  { apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>,
): boolean {
  const slash = apiVersion.lastIndexOf('/');
  const group = apiVersion.slice(0, Math.max(slash, 0));
  const version = apiVersion.slice(slash + 1);
  return resources.some(
    resource =>
      resource.group === group &&
      resource.versions.includes(version) &&
      (resource.kind === '*' || resource.kind === kind),
  );
}
