import { KubernetesObject, ObjectKey } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { findCondition } from '../objects/conditions';
import { differs } from '../objects/differs';
import { HELM_CHART, keyOf } from '../objects/kinds';

const FIELD_MANAGER = 'helm-controller';

/** The HelmChart of a release: in the namespace of the source, named after the release. */
export function helmChartKey({ metadata, spec }: KubernetesObject): ObjectKey {
  return {
    ...HELM_CHART,
    namespace: spec.chart?.spec?.sourceRef?.namespace ?? metadata.namespace,
    name: `${metadata.namespace}-${metadata.name}`,
  };
}

/** Makes the HelmChart of a release what the release says, and returns it as it is. */
export function applyHelmChart(
  { cluster }: ControllerContext,
  release: KubernetesObject,
): KubernetesObject {
  const { name, namespace } = release.metadata;
  const { chart, version, sourceRef, interval, ...template } =
    release.spec.chart?.spec ?? {};
  const key = helmChartKey(release);
  const wanted: KubernetesObject = {
    ...HELM_CHART,
    metadata: {
      namespace: key.namespace,
      name: key.name,
      labels: {
        'helm.toolkit.fluxcd.io/name': name,
        'helm.toolkit.fluxcd.io/namespace': namespace!,
      },
    },
    spec: {
      chart,
      version: version ?? '*',
      sourceRef: { kind: sourceRef?.kind, name: sourceRef?.name },
      interval: interval ?? release.spec.interval,
      reconcileStrategy: template.reconcileStrategy ?? 'ChartVersion',
      ...(template.valuesFiles && { valuesFiles: template.valuesFiles }),
    },
  };
  const live = cluster.get(key);
  if (!live || differs(wanted, live)) {
    cluster.apply(wanted, FIELD_MANAGER);
  }
  return cluster.get(key)!;
}

/** The release that a HelmChart was made for, as a key of its queue. */
export function releaseOf({ metadata }: KubernetesObject): string[] {
  const { labels = {} } = metadata;
  const name = labels['helm.toolkit.fluxcd.io/name'];
  return name ? [`${labels['helm.toolkit.fluxcd.io/namespace']}/${name}`] : [];
}

/** Why a chart cannot be released, in Flux's words. */
export function whyNotReady(chart: KubernetesObject): string | undefined {
  const { metadata, status } = chart;
  const ready = findCondition(status?.conditions, 'Ready');
  const { namespace, name } = keyOf(chart);
  const because = (text: string) =>
    `HelmChart '${namespace}/${name}' is not ready: ${text}`;
  if (status?.observedGeneration !== metadata.generation) {
    return because(
      ready?.status === 'False'
        ? ready.message!
        : 'latest generation of object has not been reconciled',
    );
  }
  return status.artifact ? undefined : because('does not have an artifact');
}
