import { KubernetesObject, ObjectKey } from '../../types';

/** A kind of object, for example `{ apiVersion: 'apps/v1', kind: 'Deployment' }`. */
export interface Kind {
  apiVersion: string;
  kind: string;
}

export const NAMESPACE: Kind = { apiVersion: 'v1', kind: 'Namespace' };
export const POD: Kind = { apiVersion: 'v1', kind: 'Pod' };
export const SERVICE: Kind = { apiVersion: 'v1', kind: 'Service' };
export const EVENT: Kind = { apiVersion: 'v1', kind: 'Event' };
export const DEPLOYMENT: Kind = { apiVersion: 'apps/v1', kind: 'Deployment' };
export const REPLICA_SET: Kind = { apiVersion: 'apps/v1', kind: 'ReplicaSet' };
export const STATEFUL_SET: Kind = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
};
export const JOB: Kind = { apiVersion: 'batch/v1', kind: 'Job' };
export const INGRESS: Kind = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
};
export const APPLICATION: Kind = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
};
export const APP_PROJECT: Kind = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
};
export const APPLICATION_SET: Kind = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'ApplicationSet',
};
export const GIT_REPOSITORY: Kind = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'GitRepository',
};
export const HELM_CHART: Kind = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'HelmChart',
};
export const KUSTOMIZATION: Kind = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
};
export const HELM_RELEASE: Kind = {
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
};

export const RESOURCE_SET: Kind = {
  apiVersion: 'fluxcd.controlplane.io/v1',
  kind: 'ResourceSet',
};
export const INPUT_PROVIDER: Kind = {
  apiVersion: 'fluxcd.controlplane.io/v1',
  kind: 'ResourceSetInputProvider',
};
export const SERVICE_ACCOUNT: Kind = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
};
export const ROLE: Kind = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
};
export const CLUSTER_ROLE: Kind = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
};
export const ROLE_BINDING: Kind = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
};
export const CLUSTER_ROLE_BINDING: Kind = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
};

export const ROLLOUT: Kind = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
};
export const ANALYSIS_RUN: Kind = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisRun',
};
export const ANALYSIS_TEMPLATE: Kind = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
};
export const CANARY: Kind = {
  apiVersion: 'flagger.app/v1beta1',
  kind: 'Canary',
};
export const POLICY_REPORT: Kind = {
  apiVersion: 'wgpolicyk8s.io/v1alpha2',
  kind: 'PolicyReport',
};
export const VALIDATING_POLICY: Kind = {
  apiVersion: 'policies.kyverno.io/v1',
  kind: 'ValidatingPolicy',
};
export const CLUSTER_POLICY: Kind = {
  apiVersion: 'kyverno.io/v1',
  kind: 'ClusterPolicy',
};
export const REQUIRED_LABELS: Kind = {
  apiVersion: 'constraints.gatekeeper.sh/v1beta1',
  kind: 'K8sRequiredLabels',
};
export const SECRET: Kind = { apiVersion: 'v1', kind: 'Secret' };
export const EXTERNAL_SECRET: Kind = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
};
export const SECRET_STORE: Kind = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'SecretStore',
};
export const CLUSTER_SECRET_STORE: Kind = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'ClusterSecretStore',
};
export const BACKUP_SCHEDULE: Kind = {
  apiVersion: 'velero.io/v1',
  kind: 'Schedule',
};
export const BACKUP: Kind = { apiVersion: 'velero.io/v1', kind: 'Backup' };
export const BACKUP_LOCATION: Kind = {
  apiVersion: 'velero.io/v1',
  kind: 'BackupStorageLocation',
};

/** Kinds without a namespace; discovery would tell, the seam to the cluster does not. */
const CLUSTER_SCOPED = new Set([
  'APIService',
  'ClusterCleanupPolicy',
  'ClusterExternalSecret',
  'ClusterPolicy',
  'ClusterPolicyReport',
  'ClusterReport',
  'ClusterRole',
  'ClusterRoleBinding',
  'ClusterSecretStore',
  'CustomResourceDefinition',
  'DeletingPolicy',
  'GeneratingPolicy',
  'IngressClass',
  'K8sRequiredLabels',
  'MutatingWebhookConfiguration',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PriorityClass',
  'StorageClass',
  'ValidatingPolicy',
  'ValidatingWebhookConfiguration',
]);

export function isClusterScoped(kind: { kind: string }): boolean {
  return CLUSTER_SCOPED.has(kind.kind);
}

/** The API group; empty for the core group. */
export function groupOf({ apiVersion }: { apiVersion: string }): string {
  return apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
}

export function versionOf({ apiVersion }: { apiVersion: string }): string {
  return apiVersion.split('/').at(-1)!;
}

export function apiVersionOf(group: string, version: string): string {
  return group ? `${group}/${version}` : version;
}

export function kindId({ apiVersion, kind }: Kind): string {
  return `${apiVersion}/${kind}`;
}

export function kindOf({ apiVersion, kind }: Kind): Kind {
  return { apiVersion, kind };
}

export function keyOf(object: KubernetesObject): ObjectKey {
  const { namespace, name } = object.metadata;
  return { ...kindOf(object), ...(namespace && { namespace }), name };
}

/** Identifies an object whatever the version it is read in: `group/Kind/namespace/name`. */
export function resourceId(key: ObjectKey): string {
  return [groupOf(key), key.kind, key.namespace ?? '', key.name].join('/');
}
