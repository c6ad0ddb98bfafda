import { KubernetesObject } from '../../types';

/** Kinds that others need come first; both engines sort so before they apply. */
const FIRST = [
  'Namespace',
  'CustomResourceDefinition',
  'ResourceQuota',
  'LimitRange',
  'NetworkPolicy',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'PersistentVolumeClaim',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'Job',
  'CronJob',
  'Ingress',
];

function rank(kind: string): number {
  const index = FIRST.indexOf(kind);
  return index < 0 ? FIRST.length : index;
}

/** Orders objects for applying; delete in the reverse order. */
export function byApplyOrder(
  left: Pick<KubernetesObject, 'kind' | 'metadata'>,
  right: Pick<KubernetesObject, 'kind' | 'metadata'>,
): number {
  return (
    rank(left.kind) - rank(right.kind) ||
    left.kind.localeCompare(right.kind) ||
    left.metadata.name.localeCompare(right.metadata.name)
  );
}
