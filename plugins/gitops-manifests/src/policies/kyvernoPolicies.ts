import { LABEL_PULL_REQUEST } from '@fairway/plugin-gitops-common';
import type {
  IDeletingPolicy,
  IGeneratingPolicy,
  IValidatingPolicy,
} from '@kubernetes-models/kyverno/policies.kyverno.io/v1';
import type { ManifestObject } from '../objects';
import { celList, celRule, celString } from './celRules';
import { LABEL_TRIAL, POLICY_TEXTS, violationMessage } from './policyCatalog';
import type { PolicyName, PolicyOrder, ValidatingName } from './policyInput';

const API_VERSION = 'policies.kyverno.io/v1';

/** Name of the condition by which a policy without audit is tried out. */
export const TRIAL_CONDITION = 'is-on-trial';

/** What Kyverno and its users read of a policy. */
export function policyMetadata(name: PolicyName) {
  const { title, category, severity, subject, description } =
    POLICY_TEXTS[name];
  return {
    name,
    annotations: {
      'policies.kyverno.io/title': title,
      'policies.kyverno.io/category': category,
      'policies.kyverno.io/severity': severity,
      'policies.kyverno.io/subject': subject,
      'policies.kyverno.io/description': description,
    },
  };
}

/** A policy in the kinds of `policies.kyverno.io`. */
export function kyvernoPolicy(
  name: PolicyName,
  order: PolicyOrder,
): ManifestObject {
  switch (name) {
    case 'default-network-policy':
      return generatingPolicy(order);
    case 'preview-clean-up':
      return deletingPolicy(order);
    default:
      return validatingPolicy(name, order);
  }
}

const OPERATIONS: ['CREATE', 'UPDATE'] = ['CREATE', 'UPDATE'];

function resourceRules(name: ValidatingName) {
  const rule = (group: string, resources: string[], version = 'v1') => ({
    apiGroups: [group],
    apiVersions: [version],
    operations: OPERATIONS,
    resources,
  });
  // Where there are no Rollouts, Kyverno leaves them out.
  const rollouts = rule('argoproj.io', ['rollouts'], 'v1alpha1');
  switch (name) {
    case 'require-team-label':
      return [
        rule('apps', ['deployments', 'statefulsets', 'daemonsets']),
        rule('batch', ['cronjobs']),
        rollouts,
      ];
    case 'require-probes':
      return [
        rule('apps', ['deployments', 'statefulsets', 'daemonsets']),
        rollouts,
      ];
    default:
      // Kyverno extends it to everything that has pods in it.
      return [rule('', ['pods'])];
  }
}

function validatingPolicy(
  name: ValidatingName,
  order: PolicyOrder,
): IValidatingPolicy {
  const { variables, expression } = celRule(name, order);
  return {
    apiVersion: API_VERSION,
    kind: 'ValidatingPolicy',
    metadata: policyMetadata(name),
    spec: {
      validationActions: ['Audit'],
      // What only reports must not stop anybody while Kyverno is away.
      failurePolicy: 'Ignore',
      evaluation: {
        admission: { enabled: true },
        background: { enabled: true },
      },
      matchConstraints: {
        namespaceSelector: {
          matchExpressions: [
            {
              key: 'kubernetes.io/metadata.name',
              operator: 'NotIn',
              values: order.excludedNamespaces,
            },
          ],
        },
        resourceRules: resourceRules(name),
      },
      ...(variables.length > 0 ? { variables } : {}),
      validations: [
        { expression, message: violationMessage(name, order.registries) },
      ],
    },
  };
}

const trialCondition = {
  name: TRIAL_CONDITION,
  expression: `has(object.metadata.labels) && ${celString(
    LABEL_TRIAL,
  )} in object.metadata.labels && object.metadata.labels[${celString(
    LABEL_TRIAL,
  )}] == "true"`,
};

/** `spec` of the NetworkPolicy of a new namespace. */
export function networkPolicySpec(order: PolicyOrder) {
  return order.networkPolicy === 'same-namespace'
    ? {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: {} }] }],
      }
    : {
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
        egress: [
          {
            to: [
              {
                namespaceSelector: {
                  matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' },
                },
              },
            ],
            ports: [
              { protocol: 'UDP', port: 53 },
              { protocol: 'TCP', port: 53 },
            ],
          },
        ],
      };
}

/** A value as CEL writes it, with the types that Kyverno wants of a generated object. */
function celValue(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(item => `dyn(${celValue(item)})`).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(
      ([key, item]) => `${celString(key)}: dyn(${celValue(item)})`,
    );
    return `{${pairs.join(', ')}}`;
  }
  return typeof value === 'string' ? celString(value) : String(value);
}

function generatingPolicy(order: PolicyOrder): IGeneratingPolicy {
  const name = 'default-network-policy';
  return {
    apiVersion: API_VERSION,
    kind: 'GeneratingPolicy',
    metadata: policyMetadata(name),
    spec: {
      evaluation: {
        admission: { enabled: true },
        // Namespaces that exist may rely on what nobody wrote down.
        generateExisting: { enabled: false },
        synchronize: { enabled: true },
      },
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CREATE'],
            resources: ['namespaces'],
          },
        ],
      },
      matchConditions: [
        {
          name: 'is-no-system-namespace',
          expression: `!(object.metadata.name in ${celList(
            order.excludedNamespaces,
          )})`,
        },
        trialCondition,
      ],
      variables: [
        { name: 'namespace', expression: 'object.metadata.name' },
        {
          name: 'networkPolicy',
          expression: `[{"apiVersion": dyn("networking.k8s.io/v1"), "kind": dyn("NetworkPolicy"), "metadata": dyn({"name": ${celString(
            name,
          )}, "namespace": string(variables.namespace)}), "spec": dyn(${celValue(
            networkPolicySpec(order),
          )})}]`,
        },
      ],
      generate: [
        {
          expression:
            'generator.apply(variables.namespace, variables.networkPolicy)',
        },
      ],
    },
  };
}

function deletingPolicy(order: PolicyOrder): IDeletingPolicy {
  return {
    apiVersion: API_VERSION,
    kind: 'DeletingPolicy',
    metadata: policyMetadata('preview-clean-up'),
    spec: {
      schedule: '0 * * * *',
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], resources: ['namespaces'] },
        ],
      },
      conditions: [
        {
          name: 'is-preview',
          expression: `has(object.metadata.labels) && ${celString(
            LABEL_PULL_REQUEST,
          )} in object.metadata.labels`,
        },
        {
          name: 'is-expired',
          expression: `timestamp(object.metadata.creationTimestamp) + duration(${celString(
            `${order.timeToLiveHours}h`,
          )}) < time.now()`,
        },
        trialCondition,
      ],
    },
  };
}

/** Lets Kyverno's controllers do what a policy makes them do. */
export function policyRole(name: PolicyName): ManifestObject | undefined {
  if (name !== 'preview-clean-up' && name !== 'default-network-policy') {
    return undefined;
  }
  const isCleanUp = name === 'preview-clean-up';
  const controller = isCleanUp ? 'cleanup-controller' : 'background-controller';
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: {
      name: `kyverno:${name}`,
      labels: {
        [`rbac.kyverno.io/aggregate-to-${controller}`]: 'true',
        // Versions before 1.13 aggregate by these.
        'app.kubernetes.io/component': controller,
        'app.kubernetes.io/instance': 'kyverno',
        'app.kubernetes.io/part-of': 'kyverno',
      },
    },
    rules: [
      isCleanUp
        ? {
            apiGroups: [''],
            resources: ['namespaces'],
            verbs: ['get', 'list', 'watch', 'delete'],
          }
        : {
            apiGroups: ['networking.k8s.io'],
            resources: ['networkpolicies'],
            verbs: [
              'get',
              'list',
              'watch',
              'create',
              'update',
              'patch',
              'delete',
            ],
          },
    ],
  };
  return role;
}
