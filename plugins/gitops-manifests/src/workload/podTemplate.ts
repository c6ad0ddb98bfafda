import type { IDeployment } from 'kubernetes-models/apps/v1';
import { selectorLabels, serviceLabels } from '../labels';
import type { ServiceModel } from '../model';
import { containerProbes, withoutProbes } from './containerProbes';

// A Node.js process needs its heap and its runtime; a Go binary starts with little. What an
// image of others needs nobody knows: these are to be corrected when it runs.
const RESOURCES = {
  nodejs: { cpu: '50m', memory: '96Mi', memoryLimit: '256Mi' },
  go: { cpu: '25m', memory: '32Mi', memoryLimit: '128Mi' },
  python: { cpu: '50m', memory: '64Mi', memoryLimit: '256Mi' },
  image: { cpu: '100m', memory: '128Mi', memoryLimit: '256Mi' },
};

/** Annotation with the reason why a workload has no probe. */
export const ANNOTATION_WITHOUT_PROBES = 'fairway.dev/without-probes';

const TEMPORARY = 'tmp';

type PodTemplate = NonNullable<IDeployment['spec']>['template'];
type Container = NonNullable<PodTemplate['spec']>['containers'][number];

/** The pods of a workload, whatever makes them. */
export function podTemplate(model: ServiceModel): PodTemplate {
  const reason = withoutProbes(model);
  const job = model.kind === 'cron-job';
  return {
    // Labels of pods stand here and not in the kustomization: `includeTemplates` is
    // unknown to kustomize before version 5.
    metadata: {
      labels: serviceLabels(model),
      ...(reason
        ? { annotations: { [ANNOTATION_WITHOUT_PROBES]: reason } }
        : {}),
    },
    spec: {
      // A failed try stays to be looked at, and the next is a new pod.
      ...(job ? { restartPolicy: 'Never' as const } : {}),
      serviceAccountName: model.name,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 30,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: model.user,
        runAsGroup: model.user,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(job
        ? {}
        : {
            topologySpreadConstraints: [
              spread(model, 'topology.kubernetes.io/zone'),
              spread(model, 'kubernetes.io/hostname'),
            ],
          }),
      containers: [container(model)],
      ...(model.temporaryFolder
        ? {
            volumes: [
              // The limit keeps a runaway file from filling the node.
              { name: TEMPORARY, emptyDir: { sizeLimit: '256Mi' } },
            ],
          }
        : {}),
    },
  };
}

function container(model: ServiceModel): Container {
  const web = model.kind === 'web-service';
  const ports = containerPorts(model);
  return {
    name: model.name,
    image: model.image,
    ...(model.command ? { command: model.command } : {}),
    ...(model.args ? { args: model.args } : {}),
    ...(ports.length > 0 ? { ports } : {}),
    ...(web ? { env: [{ name: 'PORT', value: String(model.port) }] } : {}),
    ...(model.externalSecrets.length > 0
      ? {
          envFrom: model.externalSecrets.map(({ name }) => ({
            secretRef: { name },
          })),
        }
      : {}),
    ...containerProbes(model),
    resources: containerResources(model),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    ...(model.temporaryFolder
      ? { volumeMounts: [{ name: TEMPORARY, mountPath: '/tmp' }] }
      : {}),
  };
}

/** Whether the metrics have a port of their own. */
export function metricsPort(model: ServiceModel): number | undefined {
  const port = model.monitoring?.port;
  return model.kind === 'web-service' && port === model.port ? undefined : port;
}

function containerPorts(model: ServiceModel) {
  const metrics = metricsPort(model);
  return [
    ...(model.kind === 'web-service'
      ? [{ name: 'http', containerPort: model.port, protocol: 'TCP' as const }]
      : []),
    ...(metrics === undefined
      ? []
      : [
          { name: 'metrics', containerPort: metrics, protocol: 'TCP' as const },
        ]),
  ];
}

function containerResources(model: ServiceModel) {
  const usual = RESOURCES[model.runtime];
  const { cpu, memory, memoryLimit, cpuLimit } = model.resources;
  return {
    requests: { cpu: cpu ?? usual.cpu, memory: memory ?? usual.memory },
    // No limit of CPU: throttling would hurt latency, and the request already shares it fairly.
    limits: {
      ...(cpuLimit ? { cpu: cpuLimit } : {}),
      memory: memoryLimit ?? usual.memoryLimit,
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
