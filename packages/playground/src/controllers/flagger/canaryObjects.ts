import { Cluster, KubernetesObject } from '../../types';
import { DEPLOYMENT, keyOf, SERVICE } from '../objects/kinds';
import { ownedBy } from '../workloads/owners';

/** Labels by which Flagger tells pods apart, in its order. */
const LABELS = ['app', 'name', 'app.kubernetes.io/name'];

/** The Deployment that is delivered, and the one that serves. */
export interface CanaryPair {
  target: KubernetesObject;
  primary?: KubernetesObject;
}

export function pairOf(
  cluster: Cluster,
  { spec, metadata: { namespace } }: KubernetesObject,
): CanaryPair | undefined {
  const find = (name: string) =>
    cluster.get({ ...DEPLOYMENT, namespace, name });
  const target = find(spec.targetRef.name);
  return target && { target, primary: find(`${spec.targetRef.name}-primary`) };
}

/** The template of the target, for pods of the primary. */
function primaryTemplate(target: KubernetesObject): KubernetesObject['spec'] {
  const { template } = target.spec;
  return {
    ...template,
    metadata: {
      ...template.metadata,
      labels: { ...template.metadata?.labels, ...primaryLabel(target) },
    },
  };
}

function primaryLabel(target: KubernetesObject): Record<string, string> {
  const labels = target.spec.selector?.matchLabels ?? {};
  const key = LABELS.find(label => label in labels) ?? 'app';
  return { [key]: `${labels[key]}-primary` };
}

/** A copy of the target that gets the traffic. */
export function createPrimary(
  cluster: Cluster,
  canary: KubernetesObject,
  target: KubernetesObject,
): void {
  const { namespace, name, labels } = target.metadata;
  cluster.create({
    ...DEPLOYMENT,
    metadata: {
      ...{ namespace, name: `${name}-primary` },
      labels: { ...labels, ...primaryLabel(target) },
      ownerReferences: ownedBy(canary),
    },
    spec: {
      ...target.spec,
      // What runs before is what the primary starts with; zero would serve nobody.
      replicas: target.spec.replicas || 1,
      selector: { matchLabels: primaryLabel(target) },
      template: primaryTemplate(target),
    },
  });
}

/** What was tried becomes what serves. */
export function promote(cluster: Cluster, pair: Required<CanaryPair>): void {
  cluster.patch(keyOf(pair.primary), {
    spec: { template: primaryTemplate(pair.target) },
  });
}

/** Whether all pods of the present template are there. */
export function isReady({ spec, status, metadata }: KubernetesObject): boolean {
  const replicas = spec.replicas ?? 1;
  return (
    status?.observedGeneration === metadata.generation &&
    status?.updatedReplicas === replicas &&
    status?.availableReplicas === replicas &&
    status?.replicas === replicas
  );
}

/** Whether Kubernetes has given the pods up. */
export function isStuck({ status }: KubernetesObject): boolean {
  const conditions: Array<{ reason?: string }> = status?.conditions ?? [];
  return conditions.some(({ reason }) => reason === 'ProgressDeadlineExceeded');
}

export function scale(
  cluster: Cluster,
  deployment: KubernetesObject,
  replicas: number,
): void {
  if (deployment.spec.replicas !== replicas) {
    cluster.patch(keyOf(deployment), { spec: { replicas } });
  }
}

/**
 * The Services of Flagger: the one that all call, for the primary, and one for each side. One
 * that is there already gets another selector.
 */
export function ensureServices(
  cluster: Cluster,
  canary: KubernetesObject,
  target: KubernetesObject,
): void {
  const { service = {}, targetRef } = canary.spec;
  const name = service.name ?? targetRef.name;
  const own = target.spec.selector?.matchLabels ?? {};
  const primary = primaryLabel(target);
  const [label] = Object.keys(primary);
  const selectors: Array<[string, Record<string, string>]> = [
    [name, primary],
    [`${name}-primary`, primary],
    [`${name}-canary`, { [label]: own[label] }],
  ];
  for (const [serviceName, selector] of selectors) {
    const key = {
      ...SERVICE,
      namespace: canary.metadata.namespace,
      name: serviceName,
    };
    const found = cluster.get(key);
    if (!found) {
      cluster.create({
        ...SERVICE,
        metadata: {
          ...{ namespace: key.namespace, name: serviceName },
          labels: { [label]: serviceName },
          ownerReferences: ownedBy(canary),
        },
        spec: {
          ...{ type: 'ClusterIP', selector },
          ports: [
            {
              name: service.portName ?? 'http',
              ...{ protocol: 'TCP', port: service.port },
              targetPort: service.targetPort ?? service.port,
            },
          ],
        },
      });
    } else if (found.spec.selector?.[label] !== selector[label]) {
      const others = Object.keys(found.spec.selector ?? {});
      cluster.patch(key, {
        spec: {
          selector: {
            ...Object.fromEntries(others.map(other => [other, null])),
            ...selector,
          },
        },
      });
    }
  }
}
