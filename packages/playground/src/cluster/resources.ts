import { KubernetesObject } from '../types';
import { unknownPath } from './StatusError';

/** How the names of a kind are checked. */
export type NameRule = 'subdomain' | 'label' | 'path';

/** One kind that the cluster serves. */
export interface ResourceDefinition {
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
  namespaced: boolean;
  shortNames: string[];
  categories: string[];
  /** Has a status subresource: the main endpoint ignores `status`. */
  status: boolean;
  /** Counts changes of what is neither metadata nor status in `metadata.generation`. */
  generation: boolean;
  /** Defined by a CustomResourceDefinition: lists are atomic, no strategic merge. */
  custom: boolean;
  nameRule: NameRule;
  /** Field selectors besides `metadata.name` and `metadata.namespace`. */
  selectableFields: string[];
  /** What can be asked of the kind. */
  verbs: readonly string[];
}

const ALL_VERBS = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

interface Traits {
  cluster?: boolean;
  status?: boolean;
  generation?: boolean;
  short?: string;
  nameRule?: NameRule;
  fields?: string[];
  categories?: string[];
  verbs?: string[];
}

/** `a/v1` has group a; `v1` alone is the core group, whose name is empty. */
export function splitApiVersion(apiVersion: string): {
  group: string;
  version: string;
} {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : {
        group: apiVersion.slice(0, slash),
        version: apiVersion.slice(slash + 1),
      };
}

/** The `apiVersion` of the objects of a resource. */
export function apiVersionOf(resource: {
  group: string;
  version: string;
}): string {
  return resource.group
    ? `${resource.group}/${resource.version}`
    : resource.version;
}

function define(
  apiVersion: string,
  kind: string,
  plural: string,
  traits: Traits & { custom: boolean },
): ResourceDefinition {
  return {
    ...splitApiVersion(apiVersion),
    kind,
    plural,
    singular: kind.toLowerCase(),
    namespaced: !traits.cluster,
    shortNames: traits.short ? traits.short.split(',') : [],
    categories: traits.categories ?? [],
    status: traits.status ?? false,
    generation: traits.generation ?? false,
    custom: traits.custom,
    nameRule: traits.nameRule ?? 'subdomain',
    selectableFields: traits.fields ?? [],
    verbs: traits.verbs ?? ALL_VERBS,
  };
}

const builtIn = (
  apiVersion: string,
  kind: string,
  plural: string,
  traits: Traits = {},
) => define(apiVersion, kind, plural, { ...traits, custom: false });

const custom = (
  apiVersion: string,
  kind: string,
  plural: string,
  traits: Traits = {},
) =>
  define(apiVersion, kind, plural, {
    generation: true,
    ...traits,
    custom: true,
  });

const workload: Traits = {
  status: true,
  generation: true,
  categories: ['all'],
};
const spec: Traits = { status: true, generation: true };
const rbac: Traits = { nameRule: 'path' };

const RBAC = 'rbac.authorization.k8s.io/v1';
const ARGO = 'argoproj.io/v1alpha1';
const FLUX_SOURCE = 'source.toolkit.fluxcd.io/v1';
const FLUX_OPERATOR = 'fluxcd.controlplane.io/v1';
const REPORTS = 'wgpolicyk8s.io/v1alpha2';
const OPEN_REPORTS = 'openreports.io/v1alpha1';
const SECRETS = 'external-secrets.io/v1';
const VELERO = 'velero.io/v1';
const KYVERNO = 'policies.kyverno.io/v1';

/**
 * Every kind of the cluster, one line each. A kind that is not here is added at run
 * time by applying its CustomResourceDefinition.
 *
 * Application and AppProject have no status subresource: so their
 * CustomResourceDefinitions say, and a status write raises their generation.
 */
// prettier-ignore
export const RESOURCES: readonly ResourceDefinition[] = [
  builtIn('v1', 'Namespace', 'namespaces', { cluster: true, status: true, short: 'ns', nameRule: 'label', fields: ['status.phase'] }),
  builtIn('v1', 'Node', 'nodes', { cluster: true, status: true, short: 'no', fields: ['spec.unschedulable'] }),
  builtIn('v1', 'Pod', 'pods', { ...workload, short: 'po', fields: ['spec.nodeName', 'spec.restartPolicy', 'spec.serviceAccountName', 'status.phase', 'status.podIP'] }),
  builtIn('v1', 'Service', 'services', { status: true, short: 'svc', categories: ['all'], nameRule: 'label' }),
  builtIn('v1', 'ServiceAccount', 'serviceaccounts', { short: 'sa' }),
  builtIn('v1', 'ConfigMap', 'configmaps', { short: 'cm' }),
  builtIn('v1', 'Secret', 'secrets', { fields: ['type'] }),
  builtIn('v1', 'Event', 'events', { short: 'ev', fields: ['involvedObject.kind', 'involvedObject.name', 'involvedObject.namespace', 'involvedObject.uid', 'reason', 'type'] }),
  builtIn('v1', 'ResourceQuota', 'resourcequotas', { status: true, short: 'quota' }),
  builtIn('v1', 'LimitRange', 'limitranges', { short: 'limits' }),
  builtIn('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', { status: true, short: 'pvc' }),
  builtIn('apps/v1', 'Deployment', 'deployments', { ...workload, short: 'deploy' }),
  builtIn('apps/v1', 'ReplicaSet', 'replicasets', { ...workload, short: 'rs', fields: ['status.replicas'] }),
  builtIn('apps/v1', 'StatefulSet', 'statefulsets', { ...workload, short: 'sts' }),
  builtIn('apps/v1', 'DaemonSet', 'daemonsets', { ...workload, short: 'ds' }),
  builtIn('batch/v1', 'Job', 'jobs', { ...workload, fields: ['status.successful'] }),
  builtIn('batch/v1', 'CronJob', 'cronjobs', { ...workload, short: 'cj' }),
  builtIn('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', { status: true, short: 'hpa', categories: ['all'] }),
  builtIn('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', { ...spec, short: 'pdb' }),
  builtIn('networking.k8s.io/v1', 'Ingress', 'ingresses', { ...spec, short: 'ing' }),
  builtIn('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies', { generation: true, short: 'netpol' }),
  builtIn(RBAC, 'Role', 'roles', rbac),
  builtIn(RBAC, 'RoleBinding', 'rolebindings', rbac),
  builtIn(RBAC, 'ClusterRole', 'clusterroles', { ...rbac, cluster: true }),
  builtIn(RBAC, 'ClusterRoleBinding', 'clusterrolebindings', { ...rbac, cluster: true }),
  builtIn('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', { ...spec, cluster: true, short: 'crd,crds' }),
  // Nothing measures here: the lists of the metrics API are empty.
  builtIn('metrics.k8s.io/v1beta1', 'PodMetrics', 'pods', { verbs: ['get', 'list'] }),
  builtIn('metrics.k8s.io/v1beta1', 'NodeMetrics', 'nodes', { cluster: true, verbs: ['get', 'list'] }),
  custom(ARGO, 'Application', 'applications', { short: 'app,apps' }),
  custom(ARGO, 'AppProject', 'appprojects', { short: 'appproj,appprojs' }),
  custom(ARGO, 'ApplicationSet', 'applicationsets', { status: true, short: 'appset,appsets' }),
  custom(FLUX_SOURCE, 'GitRepository', 'gitrepositories', { status: true, short: 'gitrepo' }),
  custom(FLUX_SOURCE, 'OCIRepository', 'ocirepositories', { status: true, short: 'ocirepo' }),
  custom(FLUX_SOURCE, 'HelmRepository', 'helmrepositories', { status: true, short: 'helmrepo' }),
  custom(FLUX_SOURCE, 'HelmChart', 'helmcharts', { status: true, short: 'hc' }),
  custom(FLUX_SOURCE, 'Bucket', 'buckets', { status: true }),
  custom('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'kustomizations', { status: true, short: 'ks' }),
  custom('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'helmreleases', { status: true, short: 'hr' }),
  custom(FLUX_OPERATOR, 'ResourceSet', 'resourcesets', { status: true, short: 'rset' }),
  custom(FLUX_OPERATOR, 'ResourceSetInputProvider', 'resourcesetinputproviders', { status: true, short: 'rsip' }),
  custom(ARGO, 'Rollout', 'rollouts', { status: true, short: 'ro' }),
  custom(ARGO, 'AnalysisRun', 'analysisruns', { short: 'ar' }),
  custom(ARGO, 'AnalysisTemplate', 'analysistemplates', { short: 'at' }),
  custom('flagger.app/v1beta1', 'Canary', 'canaries', { status: true, categories: ['all'] }),
  custom(REPORTS, 'PolicyReport', 'policyreports', { short: 'polr' }),
  custom(REPORTS, 'ClusterPolicyReport', 'clusterpolicyreports', { cluster: true, short: 'cpolr' }),
  custom(OPEN_REPORTS, 'Report', 'reports', { short: 'reps' }),
  custom(OPEN_REPORTS, 'ClusterReport', 'clusterreports', { cluster: true, short: 'creps' }),
  custom('constraints.gatekeeper.sh/v1beta1', 'K8sRequiredLabels', 'k8srequiredlabels', { cluster: true, status: true, categories: ['constraint', 'constraints'] }),
  custom(KYVERNO, 'ValidatingPolicy', 'validatingpolicies', { cluster: true, status: true, short: 'vpol', categories: ['kyverno'] }),
  custom(KYVERNO, 'GeneratingPolicy', 'generatingpolicies', { cluster: true, status: true, short: 'gpol', categories: ['kyverno'] }),
  custom(KYVERNO, 'DeletingPolicy', 'deletingpolicies', { cluster: true, status: true, short: 'dpol', categories: ['kyverno'] }),
  custom('kyverno.io/v1', 'ClusterPolicy', 'clusterpolicies', { cluster: true, status: true, short: 'cpol', categories: ['kyverno'] }),
  custom('kyverno.io/v2', 'ClusterCleanupPolicy', 'clustercleanuppolicies', { cluster: true, status: true, short: 'ccleanpol', categories: ['kyverno'] }),
  custom(SECRETS, 'ExternalSecret', 'externalsecrets', { status: true, short: 'es', categories: ['external-secrets'] }),
  custom(SECRETS, 'ClusterExternalSecret', 'clusterexternalsecrets', { cluster: true, status: true, short: 'ces', categories: ['external-secrets'] }),
  custom(SECRETS, 'SecretStore', 'secretstores', { status: true, short: 'ss', categories: ['external-secrets'] }),
  custom(SECRETS, 'ClusterSecretStore', 'clustersecretstores', { cluster: true, status: true, short: 'css', categories: ['external-secrets'] }),
  custom(VELERO, 'Schedule', 'schedules', { status: true }),
  custom(VELERO, 'Backup', 'backups', { status: true }),
  custom(VELERO, 'BackupStorageLocation', 'backupstoragelocations', { status: true, short: 'bsl' }),
];

/** The kinds that a cluster serves now: those of the table and those added at run time. */
export class ResourceRegistry {
  readonly #resources: ResourceDefinition[];

  constructor(resources: readonly ResourceDefinition[] = RESOURCES) {
    this.#resources = [...resources];
  }

  all(): readonly ResourceDefinition[] {
    return this.#resources;
  }

  /** @throws a 404 Status when the cluster does not know the kind. */
  byKind(type: { apiVersion: string; kind: string }): ResourceDefinition {
    const found = this.#resources.find(
      resource =>
        resource.kind === type.kind &&
        apiVersionOf(resource) === type.apiVersion,
    );
    if (!found) {
      throw unknownPath();
    }
    return found;
  }

  /** The resource that a path names, or undefined when there is none. */
  byPlural(name: {
    group: string;
    version: string;
    plural: string;
  }): ResourceDefinition | undefined {
    return this.#resources.find(
      resource =>
        resource.plural === name.plural &&
        resource.group === name.group &&
        resource.version === name.version,
    );
  }

  /**
   * Adds the kind that a CustomResourceDefinition defines, in its storage version.
   * A kind that is there already stays as it is.
   *
   * @returns the resource when it is new
   */
  addFromDefinition(
    definition: KubernetesObject,
  ): ResourceDefinition | undefined {
    const { group, names, scope, versions } = definition.spec ?? {};
    const stored = (versions ?? []).find(
      (version: { storage?: boolean }) => version.storage,
    );
    if (!group || !names?.plural || !names?.kind || !stored?.name) {
      return undefined;
    }
    const known = this.#resources.some(
      resource => resource.group === group && resource.plural === names.plural,
    );
    if (known) {
      return undefined;
    }
    const resource: ResourceDefinition = {
      ...custom(`${group}/${stored.name}`, names.kind, names.plural, {
        cluster: scope === 'Cluster',
        status: Boolean(stored.subresources?.status),
        categories: names.categories,
        fields: (stored.selectableFields ?? []).map(
          (field: { jsonPath: string }) => field.jsonPath.replace(/^\./, ''),
        ),
      }),
      singular: names.singular ?? names.kind.toLowerCase(),
      shortNames: names.shortNames ?? [],
    };
    this.#resources.push(resource);
    return resource;
  }

  /** Takes away a kind that a CustomResourceDefinition added; those of the table stay. */
  removeDefined(name: { group: string; plural: string }): void {
    const index = this.#resources.findIndex(
      resource =>
        resource.group === name.group &&
        resource.plural === name.plural &&
        !RESOURCES.includes(resource),
    );
    if (index >= 0) {
      this.#resources.splice(index, 1);
    }
  }
}
