import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import type {
  ILimitRange,
  INamespace,
  IResourceQuota,
} from 'kubernetes-models/v1';
import { z } from 'zod';

const cpu = z
  .string()
  .regex(
    /^([1-9][0-9]{0,5}m|[1-9][0-9]{0,3})$/,
    'an amount of CPU, for example "500m" or "4"',
  );

const memory = z
  .string()
  .regex(
    /^[1-9][0-9]{0,5}[MGT]i$/,
    'an amount of memory with a binary unit, for example "512Mi" or "8Gi"',
  );

/** What all pods of a namespace may ask for together. */
export const quotaSchema = z.strictObject({
  /** CPU that is requested. */
  cpu,
  /** Limits of memory. */
  memory,
  pods: z.number().int().min(1, 'at least 1').max(1000, 'at most 1000'),
});

/** @public */
export type Quota = z.output<typeof quotaSchema>;

/** Name of the objects that guard a namespace. */
const NAME = 'default';

/** What is written into a namespace, and with which labels. */
export interface GuardOptions {
  /** Not given where something else, such as an overlay, says which namespace it is. */
  namespace?: string;
  labels?: Record<string, string>;
}

function metadata({ namespace, labels }: GuardOptions) {
  return {
    name: NAME,
    ...(namespace && { namespace }),
    ...(labels && { labels }),
  };
}

/** A namespace whose pods must fit a standard, and are told when they do not fit the strictest. */
export function guardedNamespace(
  name: string,
  options: {
    labels: Record<string, string>;
    podSecurity: 'baseline' | 'restricted';
  },
): INamespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: {
        ...options.labels,
        'pod-security.kubernetes.io/enforce': options.podSecurity,
        'pod-security.kubernetes.io/warn': 'restricted',
      },
    },
  };
}

export function resourceQuota(
  quota: Quota,
  options: GuardOptions,
): IResourceQuota {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: metadata(options),
    spec: {
      hard: {
        'requests.cpu': quota.cpu,
        // A limit bounds what is requested, too.
        'limits.memory': quota.memory,
        pods: String(quota.pods),
      },
    },
  };
}

/** What a container gets that asks for nothing: a quota refuses those that say nothing. */
export function limitRange(options: GuardOptions): ILimitRange {
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: metadata(options),
    spec: {
      limits: [
        {
          type: 'Container',
          defaultRequest: { cpu: '50m', memory: '64Mi' },
          default: { memory: '256Mi' },
        },
      ],
    },
  };
}

/**
 * Nothing in and nothing out, but for the namespace itself and names. Policies add up: whoever
 * needs more adds a policy beside this one.
 */
export function defaultNetworkPolicy(options: GuardOptions): INetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(options),
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: {} }] }],
      egress: [
        { to: [{ podSelector: {} }] },
        {
          to: [
            {
              namespaceSelector: {
                matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' },
              },
            },
          ],
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
      ],
    },
  };
}
