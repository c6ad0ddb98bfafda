/** An Argo CD Application as a controller leaves it. */
export interface BenchApplication {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string; [field: string]: unknown };
  spec: Record<string, unknown>;
  status: Record<string, unknown>;
}

export const NAMESPACE = 'argocd';
const STAGES = ['dev', 'staging', 'production'];
const HISTORY = 10;
const KINDS: Array<[string, string, string]> = [
  ['apps', 'v1', 'Deployment'],
  ['', 'v1', 'Service'],
  ['', 'v1', 'ConfigMap'],
  ['', 'v1', 'ServiceAccount'],
  ['networking.k8s.io', 'v1', 'Ingress'],
  ['networking.k8s.io', 'v1', 'NetworkPolicy'],
  ['autoscaling', 'v2', 'HorizontalPodAutoscaler'],
  ['policy', 'v1', 'PodDisruptionBudget'],
  ['external-secrets.io', 'v1', 'ExternalSecret'],
  ['monitoring.coreos.com', 'v1', 'ServiceMonitor'],
];

/** The name of the component to which an application belongs. */
export function componentName(index: number): string {
  return `service-${String(Math.floor(index / STAGES.length)).padStart(
    5,
    '0',
  )}`;
}

export function applicationName(index: number): string {
  return `${componentName(index)}-${STAGES[index % STAGES.length]}`;
}

/** A commit; the same for the same application and number. */
export function revisionOf(index: number, number: number): string {
  return ((index * 7919 + number * 104729) >>> 0)
    .toString(16)
    .padStart(8, '0')
    .repeat(5);
}

function timeAt(minute: number): string {
  // The API server's times have no fractions of a second.
  return new Date(Date.UTC(2026, 0, 5) + minute * 60_000)
    .toISOString()
    .replace('.000Z', 'Z');
}

function source(index: number) {
  return {
    repoURL: `https://git.example.com/team-${index % 40}/deploy.git`,
    path: `${componentName(index)}/overlays/${STAGES[index % STAGES.length]}`,
    targetRevision: 'main',
  };
}

function resourcesOf(index: number, count: number) {
  const name = componentName(index);
  return Array.from({ length: count }, (_, position) => {
    const [group, version, kind] = KINDS[position % KINDS.length];
    const isWorkload = kind === 'Deployment' || kind === 'Service';
    return {
      ...(group ? { group } : {}),
      ...{ version, kind, namespace: `${name}-${STAGES[index % 3]}` },
      name: `${name}-${Math.floor(position / KINDS.length)}`,
      status: 'Synced',
      ...(isWorkload ? { health: { status: 'Healthy' } } : {}),
    };
  });
}

function history(index: number) {
  return Array.from({ length: HISTORY }, (_, number) => ({
    id: number,
    revision: revisionOf(index, number),
    deployStartedAt: timeAt(number * 600 + (index % 60)),
    deployedAt: timeAt(number * 600 + (index % 60) + 1),
    initiatedBy: { automated: true },
    source: source(index),
  }));
}

/**
 * An application of 20 to 40 KB: 30 to 90 resources, each of them in the result of the last
 * operation too, as Argo CD writes them.
 */
export function benchApplication(index: number): BenchApplication {
  const name = componentName(index);
  const stage = STAGES[index % STAGES.length];
  const resources = resourcesOf(index, 40 + (index % 7) * 8);
  const revision = revisionOf(index, HISTORY - 1);
  const finishedAt = timeAt((HISTORY - 1) * 600 + (index % 60) + 1);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: applicationName(index),
      namespace: NAMESPACE,
      labels: {
        'backstage.io/kubernetes-id': name,
        'fairway.dev/environment': stage,
        team: `team-${index % 40}`,
      },
      annotations: {
        'argocd.argoproj.io/manifest-generate-paths': '.',
        'notifications.argoproj.io/subscribe.on-sync-failed.slack': 'deploys',
      },
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
    },
    spec: {
      project: `team-${index % 40}`,
      source: source(index),
      destination: {
        server: 'https://kubernetes.default.svc',
        namespace: `${name}-${stage}`,
      },
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        syncOptions: ['CreateNamespace=true', 'ServerSideApply=true'],
      },
    },
    status: {
      sync: {
        status: 'Synced',
        revision,
        comparedTo: { source: source(index) },
      },
      health: { status: 'Healthy', lastTransitionTime: finishedAt },
      history: history(index),
      resources,
      summary: {
        images: [`registry.example.com/${name}:1.${index % 20}.${HISTORY}`],
        externalURLs: [`https://${name}.${stage}.example.com`],
      },
      operationState: {
        phase: 'Succeeded',
        message: 'successfully synced (all tasks run)',
        startedAt: timeAt((HISTORY - 1) * 600 + (index % 60)),
        finishedAt,
        operation: {
          initiatedBy: { automated: true },
          sync: { revision, syncOptions: ['CreateNamespace=true'] },
        },
        syncResult: {
          revision,
          source: source(index),
          resources: resources.map(
            ({ status, health, group = '', ...resource }) => ({
              ...{ group, ...resource, status },
              message: `${resource.kind.toLowerCase()}/${
                resource.name
              } configured by a server-side apply`,
              hookPhase: 'Running',
              syncPhase: 'Sync',
              ...(resource.kind === 'Deployment'
                ? { images: [`registry.example.com/${name}:1`] }
                : {}),
            }),
          ),
        },
      },
      reconciledAt: finishedAt,
      sourceType: 'Kustomize',
      controllerNamespace: NAMESPACE,
    },
  };
}

/**
 * What changes of an application: a new revision is being deployed, is deployed, or somebody
 * changed the cluster by hand. `marker` is visible in the portal as the revision that should run.
 */
export function benchChange(marker: string, number: number): object {
  const kind = number % 3;
  return {
    sync: { status: kind === 1 ? 'Synced' : 'OutOfSync', revision: marker },
    health: { status: kind === 0 ? 'Progressing' : 'Healthy' },
    reconciledAt: timeAt(number),
  };
}
