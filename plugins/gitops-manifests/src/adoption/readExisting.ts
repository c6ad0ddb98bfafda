import { InputError } from '@backstage/errors';
import type { ManifestObject } from '../objects';
import { documentsOf } from '../edit/kustomizationFiles';

/** An object that runs in a cluster, without what the cluster keeps in it. */
export type ExistingObject = ManifestObject & Record<string, unknown>;

/** An object that is not adopted, and why. @public */
export interface LeftOut {
  /** Kind and name. */
  object: string;
  reason: string;
}

/** What the cluster makes by itself. */
const MADE = new Set([
  ...['Pod', 'ReplicaSet', 'ControllerRevision', 'Job', 'Event', 'Lease'],
  ...['Endpoints', 'EndpointSlice', 'PodMetrics', 'Node'],
]);

/** Kinds without a namespace that could come with a service. */
const CLUSTER_SCOPED = new Set([
  ...['ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition'],
  ...['PersistentVolume', 'StorageClass', 'PriorityClass', 'IngressClass'],
  ...['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
  ...['ClusterIssuer', 'ClusterSecretStore', 'GatewayClass', 'APIService'],
]);

/** What kustomize puts behind the name of a generated object; its alphabet has few letters. */
const CONTENT_HASH = /-[bcdfghkmt2456789]{10}$/;

/**
 * The objects of pasted manifests as Git should hold them.
 *
 * @param text - YAML or JSON as `kubectl get -o yaml` prints it, lists and all
 * @throws InputError with every object that cannot be adopted, and why.
 */
export function readExisting(
  text: string,
  environment: string,
): { objects: ExistingObject[]; leftOut: LeftOut[] } {
  const objects: ExistingObject[] = [];
  const leftOut: LeftOut[] = [];
  const refused: string[] = [];
  for (const object of unwrapped(text, environment)) {
    const subject = `${object.kind} ${object.metadata?.name ?? ''}`.trim();
    const reason = reasonToLeaveOut(object);
    const refusal = reason ? undefined : reasonToRefuse(object);
    if (reason) {
      leftOut.push({ object: subject, reason });
    } else if (refusal) {
      refused.push(`${subject}: ${refusal}`);
    } else {
      objects.push(cleaned(object));
    }
  }
  if (refused.length > 0) {
    throw new InputError(
      `The manifests of ${environment} cannot be adopted as they are. ${refused.join(
        '. ',
      )}`,
    );
  }
  if (objects.length === 0) {
    throw new InputError(
      `There is nothing to adopt in the manifests of ${environment}; paste what "kubectl get deployment,service,ingress,configmap -o yaml" prints`,
    );
  }
  return { objects, leftOut };
}

function unwrapped(text: string, environment: string): ExistingObject[] {
  const values = documentsOf(text).filter(value => value !== null);
  const objects = values.flatMap(value => {
    const { kind, items } = value as { kind?: unknown; items?: unknown };
    const isList = typeof kind === 'string' && kind.endsWith('List');
    return isList && Array.isArray(items) ? items : [value];
  });
  for (const object of objects) {
    const { apiVersion, kind } = (object ?? {}) as Partial<ExistingObject>;
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
      throw new InputError(
        `The manifests of ${environment} are no manifests of Kubernetes: each needs an apiVersion and a kind`,
      );
    }
  }
  if (objects.length === 0) {
    throw new InputError(
      `The manifests of ${environment} are no YAML, or empty`,
    );
  }
  return objects as ExistingObject[];
}

interface Metadata {
  name?: string;
  generateName?: string;
  ownerReferences?: Array<{ kind?: string; name?: string }>;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

function reasonToLeaveOut(object: ExistingObject): string | undefined {
  const { kind } = object;
  const metadata = (object.metadata ?? {}) as Metadata;
  const owner = metadata.ownerReferences?.[0];
  if (owner) {
    return `${owner.kind} ${owner.name} makes it`;
  }
  if (MADE.has(kind)) {
    return 'the cluster makes it by itself';
  }
  const isDefault =
    (kind === 'ServiceAccount' && metadata.name === 'default') ||
    (kind === 'ConfigMap' && metadata.name === 'kube-root-ca.crt');
  return isDefault ? 'every namespace has it' : undefined;
}

function reasonToRefuse(object: ExistingObject): string | undefined {
  const { kind, apiVersion } = object;
  const metadata = (object.metadata ?? {}) as Metadata;
  const { labels = {}, annotations = {} } = metadata;
  if (!metadata.name) {
    return metadata.generateName
      ? 'its name is generated, so that every sync would make another; give it a name of its own first'
      : 'it has no name';
  }
  if (kind === 'Secret' && apiVersion === 'v1') {
    return 'a Secret does not belong in Git; leave it out, and move it to an ExternalSecret later: it stays where it is';
  }
  if (CLUSTER_SCOPED.has(kind)) {
    return 'it belongs to the whole cluster, not to a service; leave it out, and ask the platform team';
  }
  if (kind === 'ConfigMap' && CONTENT_HASH.test(metadata.name)) {
    return 'its name ends in a hash of its content, so the next change would make another one; adopt the folder of the kustomization that generates it';
  }
  const release = annotations['meta.helm.sh/release-name'];
  if (release) {
    return `it belongs to the Helm release ${release}, and Helm and the engine would undo each other's changes; use the template for charts`;
  }
  const flux = labels['kustomize.toolkit.fluxcd.io/name'];
  if (flux) {
    return `the Flux Kustomization ${flux} deploys it already`;
  }
  const argocd = annotations['argocd.argoproj.io/tracking-id'];
  if (argocd) {
    return `the Argo CD application ${argocd.split(':')[0]} deploys it already`;
  }
  return undefined;
}

const KEPT_BY_CLUSTER = [
  ...['uid', 'resourceVersion', 'generation', 'creationTimestamp'],
  ...['managedFields', 'selfLink', 'deletionTimestamp', 'finalizers'],
];

const NOTES_OF_TOOLS = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'pv.kubernetes.io/bind-completed',
  'pv.kubernetes.io/bound-by-controller',
  'volume.kubernetes.io/selected-node',
];

/** Without what the cluster writes; what a Git file does not say, applying it leaves alone. */
function cleaned(object: ExistingObject): ExistingObject {
  const { status: _, ...copy } = structuredClone(object);
  const metadata = (copy.metadata ?? {}) as Record<string, unknown>;
  KEPT_BY_CLUSTER.forEach(key => delete metadata[key]);
  const annotations = metadata.annotations as
    | Record<string, string>
    | undefined;
  if (annotations) {
    NOTES_OF_TOOLS.forEach(key => delete annotations[key]);
    if (Object.keys(annotations).length === 0) {
      delete metadata.annotations;
    }
  }
  const spec = (copy.spec ?? {}) as {
    clusterIP?: unknown;
    clusterIPs?: unknown;
    template?: { metadata?: { creationTimestamp?: unknown } };
  };
  if (copy.kind === 'Service' && spec.clusterIP !== 'None') {
    delete spec.clusterIP;
    delete spec.clusterIPs;
  }
  if (copy.kind === 'ServiceAccount') {
    delete copy.secrets;
  }
  delete spec.template?.metadata?.creationTimestamp;
  return copy as ExistingObject;
}
