import { Cluster, KubernetesObject } from '../../types';
import { worstHealth, HealthStatus } from '../health';
import { timestamp } from '../objects/conditions';
import { groupOf, POD, versionOf } from '../objects/kinds';
import { CONTROLLER_NAMESPACE } from './annotations';
import { ApplicationCondition, Comparison, ManagedResource } from './types';

/** The status of an application after a comparison; what a sync writes is left as it was. */
export function applicationStatus(options: {
  cluster: Cluster;
  application: KubernetesObject;
  comparison: Comparison;
  /** What keeps the application from being synced automatically, if anything. */
  syncError?: string;
}): Record<string, unknown> {
  const { cluster, application, comparison, syncError } = options;
  const before = application.status ?? {};
  const errors: ApplicationCondition[] = [
    ...comparison.errors,
    ...(syncError ? [{ type: 'SyncError' as const, message: syncError }] : []),
  ];
  const invalid = errors.some(error => error.type === 'InvalidSpecError');
  const resources = invalid
    ? before.resources
    : comparison.resources.map(resourceStatus);
  const health = invalid
    ? 'Unknown'
    : worstHealth(comparison.resources.map(healthOf));
  return {
    ...before,
    sync: {
      status: syncStatus(comparison),
      revision: comparison.revision,
      comparedTo: {
        source: comparison.source,
        destination: application.spec.destination,
      },
    },
    health: {
      status: health,
      lastTransitionTime:
        before.health?.status === health
          ? before.health.lastTransitionTime
          : timestamp(),
    },
    resources,
    summary: invalid ? before.summary : summary(cluster, comparison),
    conditions: withTimes(errors, before.conditions),
    sourceType: comparison.sourceType ?? before.sourceType,
    controllerNamespace: CONTROLLER_NAMESPACE,
  };
}

export function syncStatus(
  comparison: Comparison,
): 'Synced' | 'OutOfSync' | 'Unknown' {
  if (comparison.errors.length > 0) {
    return 'Unknown';
  }
  return comparison.resources.some(({ status }) => status === 'OutOfSync')
    ? 'OutOfSync'
    : 'Synced';
}

/** What is to be pruned does not make an application unhealthy. */
function healthOf(resource: ManagedResource): HealthStatus {
  return resource.requiresPruning
    ? 'Healthy'
    : resource.health?.status ?? 'Healthy';
}

function resourceStatus(resource: ManagedResource): object {
  const { key, wave } = resource;
  return {
    group: groupOf(key) || undefined,
    version: versionOf(key),
    kind: key.kind,
    namespace: key.namespace,
    name: key.name,
    status: resource.status,
    health: resource.health,
    requiresPruning: resource.requiresPruning || undefined,
    syncWave: wave || undefined,
  };
}

function withTimes(
  errors: ApplicationCondition[],
  before: ApplicationCondition[] = [],
): ApplicationCondition[] | undefined {
  const timed = errors.map(error => ({
    ...error,
    lastTransitionTime:
      before.find(
        other => other.type === error.type && other.message === error.message,
      )?.lastTransitionTime ?? timestamp(),
  }));
  return timed.length > 0 ? timed : undefined;
}

function summary(cluster: Cluster, { resources }: Comparison): object {
  const images = new Set<string>();
  const urls = new Set<string>();
  let isAppOfApps: true | undefined;
  for (const { live } of resources) {
    if (live?.kind === 'Ingress') {
      ingressUrls(live).forEach(url => urls.add(url));
    } else if (live?.kind === 'Application') {
      isAppOfApps = true;
    } else if (live?.spec?.selector?.matchLabels) {
      podImages(cluster, live).forEach(image => images.add(image));
    }
  }
  return {
    images: images.size > 0 ? [...images].sort() : undefined,
    externalURLs: urls.size > 0 ? [...urls].sort() : undefined,
    isAppOfApps,
  };
}

/** As Argo CD does, from the pods that there are: during a rollout, old and new. */
function podImages(cluster: Cluster, workload: KubernetesObject): string[] {
  return cluster
    .list(POD, {
      namespace: workload.metadata.namespace,
      labels: workload.spec.selector.matchLabels,
    })
    .flatMap(pod => pod.spec.containers as Array<{ image: string }>)
    .map(({ image }) => image);
}

function ingressUrls({ spec }: KubernetesObject): string[] {
  const secured: string[] = (spec.tls ?? []).flatMap(
    (entry: { hosts?: string[] }) => entry.hosts ?? [],
  );
  return (spec.rules ?? [])
    .filter((rule: { host?: string }) => rule.host)
    .map(
      ({ host }: { host: string }) =>
        `${secured.includes(host) ? 'https' : 'http'}://${host}/`,
    );
}
