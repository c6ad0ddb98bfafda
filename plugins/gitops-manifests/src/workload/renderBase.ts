import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1';
import type { IService, IServiceAccount } from 'kubernetes-models/v1';
import { selectorLabels, serviceLabels } from '../labels';
import type { ServiceModel } from '../model';
import { manifestFile, plainFile, type ManifestFile } from '../objects';

// The conventional "nonroot" user of minimal images; the Dockerfiles of the skeletons use it.
const NON_ROOT = 65532;

// A Node.js process needs its heap and its runtime; a Go binary starts with little.
const RESOURCES = {
  nodejs: {
    requests: { cpu: '50m', memory: '96Mi' },
    limits: { memory: '256Mi' },
  },
  go: { requests: { cpu: '25m', memory: '32Mi' }, limits: { memory: '128Mi' } },
};

export function renderBase(model: ServiceModel): ManifestFile[] {
  const folder = `${model.path}/base`;
  return [
    manifestFile(`${folder}/deployment.yaml`, deployment(model)),
    manifestFile(`${folder}/poddisruptionbudget.yaml`, disruptionBudget(model)),
    manifestFile(`${folder}/service.yaml`, service(model)),
    manifestFile(`${folder}/serviceaccount.yaml`, serviceAccount(model)),
    plainFile(`${folder}/kustomization.yaml`, {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: [
        'deployment.yaml',
        'poddisruptionbudget.yaml',
        'service.yaml',
        'serviceaccount.yaml',
      ],
      labels: [{ pairs: serviceLabels(model) }],
    }),
  ];
}

function deployment(model: ServiceModel): IDeployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: model.name },
    spec: {
      replicas: 1,
      revisionHistoryLimit: 5,
      selector: { matchLabels: selectorLabels(model) },
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
      },
      template: {
        // Labels of pods stand here and not in the kustomization: `includeTemplates` is
        // unknown to kustomize before version 5.
        metadata: { labels: serviceLabels(model) },
        spec: {
          serviceAccountName: model.name,
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 30,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: NON_ROOT,
            runAsGroup: NON_ROOT,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          topologySpreadConstraints: [
            spread(model, 'topology.kubernetes.io/zone'),
            spread(model, 'kubernetes.io/hostname'),
          ],
          containers: [container(model)],
        },
      },
    },
  };
}

type Containers = NonNullable<
  NonNullable<IDeployment['spec']>['template']['spec']
>['containers'];

function container(model: ServiceModel): Containers[number] {
  return {
    name: model.name,
    image: model.image,
    ports: [{ name: 'http', containerPort: model.port, protocol: 'TCP' }],
    env: [{ name: 'PORT', value: String(model.port) }],
    startupProbe: {
      httpGet: { path: '/healthz', port: 'http' },
      periodSeconds: 2,
      failureThreshold: 30,
    },
    livenessProbe: {
      httpGet: { path: '/healthz', port: 'http' },
      periodSeconds: 10,
      timeoutSeconds: 2,
      failureThreshold: 3,
    },
    readinessProbe: {
      httpGet: { path: '/readyz', port: 'http' },
      periodSeconds: 5,
      timeoutSeconds: 2,
      failureThreshold: 2,
    },
    // No limit of CPU: throttling would hurt latency, and the request already shares it fairly.
    resources: RESOURCES[model.runtime],
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}

function spread(model: ServiceModel, topologyKey: string) {
  return {
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway' as const,
    labelSelector: { matchLabels: selectorLabels(model) },
  };
}

function service(model: ServiceModel): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: model.name },
    spec: {
      selector: selectorLabels(model),
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
    },
  };
}

function serviceAccount(model: ServiceModel): IServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: model.name },
    automountServiceAccountToken: false,
  };
}

function disruptionBudget(model: ServiceModel): IPodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: model.name },
    // Counted from above, a single replica does not stop the drain of a node.
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: selectorLabels(model) },
    },
  };
}
