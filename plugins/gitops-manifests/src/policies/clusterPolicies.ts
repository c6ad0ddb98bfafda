import { LABEL_PULL_REQUEST } from '@fairway/plugin-gitops-common';
import type { IClusterPolicy } from '@kubernetes-models/kyverno/kyverno.io/v1';
import type { ManifestObject } from '../objects';
import { celRule } from './celRules';
import { networkPolicySpec, policyMetadata } from './kyvernoPolicies';
import { LABEL_TRIAL, violationMessage } from './policyCatalog';
import type { PolicyName, PolicyOrder, ValidatingName } from './policyInput';

/** Name of the one rule of a policy. */
export const ruleName = (name: PolicyName) => `check-${name}`;

/** A policy in the older kinds of `kyverno.io`, for Kyverno 1.11 and later. */
export function clusterPolicy(
  name: PolicyName,
  order: PolicyOrder,
): ManifestObject {
  switch (name) {
    case 'default-network-policy':
      return generatingClusterPolicy(order);
    case 'preview-clean-up':
      return clusterCleanupPolicy(order);
    default:
      return validatingClusterPolicy(name, order);
  }
}

function kindsOf(name: ValidatingName): string[] {
  switch (name) {
    // No Rollouts: where there are none, these versions refuse the policy.
    case 'require-team-label':
      return ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'];
    case 'require-probes':
      return ['Deployment', 'StatefulSet', 'DaemonSet'];
    default:
      return ['Pod'];
  }
}

function validatingClusterPolicy(
  name: ValidatingName,
  order: PolicyOrder,
): IClusterPolicy {
  const { variables, expression } = celRule(name, order);
  return {
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: policyMetadata(name),
    spec: {
      // For the whole policy: versions before 1.13 do not know it of a rule.
      validationFailureAction: 'Audit',
      failurePolicy: 'Ignore',
      background: true,
      rules: [
        {
          name: ruleName(name),
          match: {
            any: [
              {
                resources: {
                  kinds: kindsOf(name),
                  operations: ['CREATE', 'UPDATE'],
                },
              },
            ],
          },
          exclude: {
            any: [{ resources: { namespaces: order.excludedNamespaces } }],
          },
          validate: {
            message: violationMessage(name, order.registries),
            cel: {
              ...(variables.length > 0 ? { variables } : {}),
              expressions: [
                {
                  expression,
                  message: violationMessage(name, order.registries),
                },
              ],
            },
          },
        },
      ],
    },
  };
}

const trialSelector = { selector: { matchLabels: { [LABEL_TRIAL]: 'true' } } };

function generatingClusterPolicy(order: PolicyOrder): IClusterPolicy {
  const name = 'default-network-policy';
  return {
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: policyMetadata(name),
    spec: {
      rules: [
        {
          name: ruleName(name),
          match: {
            any: [
              {
                resources: {
                  kinds: ['Namespace'],
                  operations: ['CREATE'],
                  ...trialSelector,
                },
              },
            ],
          },
          exclude: {
            any: [{ resources: { names: order.excludedNamespaces } }],
          },
          generate: {
            apiVersion: 'networking.k8s.io/v1',
            kind: 'NetworkPolicy',
            name,
            namespace: '{{request.object.metadata.name}}',
            synchronize: true,
            data: { spec: networkPolicySpec(order) },
          },
        },
      ],
    },
  };
}

function clusterCleanupPolicy(order: PolicyOrder): ManifestObject {
  const policy = {
    apiVersion: 'kyverno.io/v2',
    kind: 'ClusterCleanupPolicy',
    metadata: policyMetadata('preview-clean-up'),
    spec: {
      schedule: '0 * * * *',
      match: {
        any: [
          {
            resources: {
              kinds: ['Namespace'],
              selector: {
                matchExpressions: [
                  { key: LABEL_PULL_REQUEST, operator: 'Exists' },
                ],
                matchLabels: { [LABEL_TRIAL]: 'true' },
              },
            },
          },
        ],
      },
      conditions: {
        all: [
          {
            key: "{{ time_since('', '{{ target.metadata.creationTimestamp }}', '') }}",
            operator: 'GreaterThan',
            value: `${order.timeToLiveHours}h0m0s`,
          },
        ],
      },
    },
  };
  return policy;
}
