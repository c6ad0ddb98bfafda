import type { IExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1';
import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1';
import type { ServiceModel } from '../model';

// What differs from one environment to the next as a whole. These stand in the overlay and not
// in the base, where they would need a placeholder that deploys when somebody forgets the patch.

type Route = NonNullable<ServiceModel['route']>;
type Of<Type extends Route['type']> = Extract<Route, { type: Type }>;

export function autoscaler(
  model: ServiceModel,
  limits: { min: number; max: number },
): IHorizontalPodAutoscaler {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: model.name },
    spec: {
      scaleTargetRef: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        name: model.name,
      },
      minReplicas: limits.min,
      maxReplicas: limits.max,
      metrics: [
        {
          type: 'Resource',
          resource: {
            name: 'cpu',
            target: {
              type: 'Utilization',
              averageUtilization: model.scaling?.cpuUtilization,
            },
          },
        },
      ],
    },
  };
}

/** What brings the requests for a host to the service. */
export function routeObject(
  model: ServiceModel,
  host: string,
): IIngress | IHTTPRoute | undefined {
  switch (model.route?.type) {
    case 'ingress':
      return ingress(model, { host, route: model.route });
    case 'gateway':
      return httpRoute(model, { host, route: model.route });
    default:
      return undefined;
  }
}

function ingress(
  model: ServiceModel,
  { host, route }: { host: string; route: Of<'ingress'> },
): IIngress {
  const { className, clusterIssuer, tlsSecretName } = route;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: model.name,
      ...(clusterIssuer
        ? { annotations: { 'cert-manager.io/cluster-issuer': clusterIssuer } }
        : {}),
    },
    spec: {
      ...(className ? { ingressClassName: className } : {}),
      ...(tlsSecretName
        ? { tls: [{ hosts: [host], secretName: tlsSecretName }] }
        : {}),
      rules: [
        {
          host,
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: {
                  service: { name: model.name, port: { name: 'http' } },
                },
              },
            ],
          },
        },
      ],
    },
  };
}

function httpRoute(
  model: ServiceModel,
  { host, route }: { host: string; route: Of<'gateway'> },
): IHTTPRoute {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: model.name },
    spec: {
      parentRefs: route.parentRefs,
      hostnames: [host],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ name: model.name, port: 80 }],
        },
      ],
    },
  };
}

/** The secrets of an environment, by reference; their values never pass through here. */
export function externalSecrets(
  model: ServiceModel,
  environment: string,
): IExternalSecret[] {
  return model.externalSecrets.map(({ name, store, keys }) => ({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name },
    spec: {
      refreshInterval: '1h',
      secretStoreRef: store,
      // What the store loses for an hour must not stop what runs.
      target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
      data: keys.map(({ key, remoteKey, property }) => ({
        secretKey: key,
        remoteRef: {
          key: remoteKey.replaceAll('{environment}', environment),
          ...(property ? { property } : {}),
        },
      })),
    },
  }));
}
