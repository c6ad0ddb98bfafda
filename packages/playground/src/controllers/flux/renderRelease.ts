import { KubernetesObject } from '../../types';
import { byApplyOrder } from '../objects/applyOrder';
import { ChartContent, mergeValues, renderChart } from './chart';

/** The name that Helm knows a release by. */
export function releaseNameOf({ spec, metadata }: KubernetesObject): string {
  const { releaseName, targetNamespace } = spec;
  const { name } = metadata;
  return releaseName ?? (targetNamespace ? `${targetNamespace}-${name}` : name);
}

/** The namespace that a release deploys to. */
export function namespaceOf({ spec, metadata }: KubernetesObject): string {
  return spec.targetNamespace ?? metadata.namespace;
}

/** The objects of a release, in the order in which they are applied. */
export function renderRelease(
  release: KubernetesObject,
  content: ChartContent,
): KubernetesObject[] {
  const { metadata, spec } = release;
  return renderChart({
    content,
    values: mergeValues(content.values, spec.values ?? {}),
    releaseName: releaseNameOf(release),
    namespace: namespaceOf(release),
  })
    .map(object => ({
      ...object,
      metadata: {
        ...object.metadata,
        labels: {
          ...object.metadata.labels,
          'helm.toolkit.fluxcd.io/name': metadata.name,
          'helm.toolkit.fluxcd.io/namespace': metadata.namespace!,
        },
      },
    }))
    .sort(byApplyOrder);
}
