import { Cluster, KubernetesObject, ObjectKey } from '../types';
import {
  CLUSTER_ROLE,
  CLUSTER_ROLE_BINDING,
  groupOf,
  isClusterScoped,
  ROLE,
  ROLE_BINDING,
} from './objects/kinds';

/** A service account that something is done as. */
export interface Account {
  namespace: string;
  name: string;
}

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  verbs?: string[];
  resourceNames?: string[];
}

/** Groups whose objects belong to a namespace, and that the usual roles are aggregated from. */
const OF_NAMESPACES = [
  'apps',
  'batch',
  'autoscaling',
  'policy',
  'networking.k8s.io',
  'argoproj.io',
  'external-secrets.io',
  'source.toolkit.fluxcd.io',
  'kustomize.toolkit.fluxcd.io',
  'helm.toolkit.fluxcd.io',
];

const EDIT: Rule[] = [
  { apiGroups: OF_NAMESPACES, resources: ['*'], verbs: ['*'] },
  {
    // Not quotas and limits: those are set for whoever has the namespace, not by them.
    apiGroups: [''],
    resources: [
      'configmaps',
      'events',
      'persistentvolumeclaims',
      'pods',
      'secrets',
      'serviceaccounts',
      'services',
    ],
    verbs: ['*'],
  },
];

/** The roles that every cluster has; nobody has to apply them here. */
const DEFAULT_ROLES: Record<string, Rule[]> = {
  'cluster-admin': [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
  admin: [
    ...EDIT,
    {
      apiGroups: ['rbac.authorization.k8s.io'],
      resources: ['roles', 'rolebindings'],
      verbs: ['*'],
    },
  ],
  edit: EDIT,
  view: [],
};

/** What is to be done to an object. */
export interface WriteRequest {
  object: ObjectKey;
  verb: 'patch' | 'delete';
}

/**
 * Why an account may not do something to an object, in the words of the API; undefined when it
 * may, and when there is no account. Only writing is asked for here, and nobody stops an account
 * from binding more than it has.
 */
export function whyForbidden(
  cluster: Cluster,
  account: Account | undefined,
  request: WriteRequest,
): string | undefined {
  return account && !mayWrite(cluster, account, request)
    ? forbidden(account, request)
    : undefined;
}

function mayWrite(
  cluster: Cluster,
  account: Account,
  request: WriteRequest,
): boolean {
  const { object } = request;
  const bindings = [
    ...cluster.list(CLUSTER_ROLE_BINDING),
    ...(object.namespace && !isClusterScoped(object)
      ? cluster.list(ROLE_BINDING, { namespace: object.namespace })
      : []),
  ];
  return bindings
    .filter(binding => isBoundTo(binding, account))
    .flatMap(binding => rulesOf(cluster, binding))
    .some(rule => permits(rule, request));
}

function isBoundTo(binding: KubernetesObject, account: Account): boolean {
  const groups = [
    'system:serviceaccounts',
    `system:serviceaccounts:${account.namespace}`,
    'system:authenticated',
  ];
  return ((binding.subjects ?? []) as KubernetesSubject[]).some(subject =>
    subject.kind === 'ServiceAccount'
      ? subject.name === account.name && subject.namespace === account.namespace
      : subject.kind === 'Group' && groups.includes(subject.name),
  );
}

interface KubernetesSubject {
  kind: string;
  name: string;
  namespace?: string;
}

function rulesOf(cluster: Cluster, binding: KubernetesObject): Rule[] {
  const { kind, name } = binding.roleRef ?? {};
  const role =
    kind === 'Role'
      ? cluster.get({ ...ROLE, namespace: binding.metadata.namespace, name })
      : cluster.get({ ...CLUSTER_ROLE, name });
  return role?.rules ?? (kind === 'Role' ? [] : DEFAULT_ROLES[name] ?? []);
}

function permits(rule: Rule, { object, verb }: WriteRequest): boolean {
  const has = (list: string[] | undefined, value: string) =>
    list?.some(item => item === '*' || item === value) === true;
  return (
    has(rule.apiGroups, groupOf(object)) &&
    has(rule.resources, pluralOf(object.kind)) &&
    has(rule.verbs, verb) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(object.name))
  );
}

/** The plural of a kind, by the rules that those who name kinds keep to. */
function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (/[^aeiou]y$/.test(name)) {
    return `${name.slice(0, -1)}ies`;
  }
  return /(s|x|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}

function forbidden(account: Account, { object, verb }: WriteRequest): string {
  const group = groupOf(object);
  const resource = pluralOf(object.kind);
  const where =
    object.namespace && !isClusterScoped(object)
      ? `in the namespace "${object.namespace}"`
      : 'at the cluster scope';
  return `${resource}${group && `.${group}`} "${
    object.name
  }" is forbidden: User "system:serviceaccount:${account.namespace}:${
    account.name
  }" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
}
