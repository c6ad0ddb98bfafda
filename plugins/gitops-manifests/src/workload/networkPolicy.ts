import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { selectorLabels } from '../labels';
import type { ServiceModel } from '../model';
import { metricsPort } from './podTemplate';

type Spec = NonNullable<INetworkPolicy['spec']>;
type Ingress = NonNullable<Spec['ingress']>;
type Egress = NonNullable<Spec['egress']>;

// Every namespace carries its name as this label since Kubernetes 1.22.
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** Lets in whoever has business with the pods, and lets out to whom they have. */
export function networkPolicy(model: ServiceModel): INetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: model.name },
    spec: {
      podSelector: { matchLabels: selectorLabels(model) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: ingress(model),
      egress: egress(model),
    },
  };
}

function ingress(model: ServiceModel): Ingress {
  const rules: Ingress = [];
  if (model.kind === 'web-service') {
    rules.push({
      // An empty selector is every pod of the service's own namespace.
      from: [{ podSelector: {} }, ...callers(model).map(namespace)],
      ports: [{ protocol: 'TCP', port: 'http' }],
    });
  }
  if (model.monitoring) {
    rules.push({
      from: [namespace(model.monitoring.namespace)],
      ports: [
        {
          protocol: 'TCP',
          port: metricsPort(model) === undefined ? 'http' : 'metrics',
        },
      ],
    });
  }
  return rules;
}

/** The namespaces that may call: those that were named, or that of what routes to it. */
function callers({ networkPolicy: policy, route }: ServiceModel): string[] {
  if (policy?.fromNamespaces) {
    return policy.fromNamespaces;
  }
  if (route?.type === 'ingress') {
    return ['ingress-nginx'];
  }
  return [
    ...new Set(route?.parentRefs.map(gateway => gateway.namespace) ?? []),
  ];
}

function egress({ networkPolicy: policy }: ServiceModel): Egress {
  if (policy === undefined || policy.egress === 'all') {
    return [{}];
  }
  return [
    {
      to: [namespace('kube-system')],
      ports: [
        { protocol: 'UDP', port: 53 },
        { protocol: 'TCP', port: 53 },
      ],
    },
    ...policy.egress.map(({ cidr, namespace: name, ports }) => ({
      to: [name === undefined ? { ipBlock: { cidr: cidr! } } : namespace(name)],
      ...(ports.length > 0
        ? { ports: ports.map(port => ({ protocol: 'TCP' as const, port })) }
        : {}),
    })),
  ];
}

function namespace(name: string) {
  return { namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: name } } };
}
