import {
  migrationPhase,
  worstHealth,
  worstSync,
  type Application,
  type ClusterStatus,
  type Deployment,
  type DeploymentCommit,
  type Engine,
  type Environment,
  type FleetRow,
  type HealthStatus,
  type SyncStatus,
} from '@fairway/plugin-gitops-common';

const HOUR = 3_600_000;

/** ISO time so many hours before now. */
export function hoursAgo(hours: number): string {
  return new Date(Date.now() - hours * HOUR).toISOString();
}

export const sampleEnvironments: Environment[] = [
  { name: 'dev', title: 'Development', tier: 'development' },
  { name: 'staging', title: 'Staging', tier: 'staging' },
  { name: 'production', title: 'Production', tier: 'production' },
];

/** What distinguishes one application of the sample from the next. */
export interface SampleSpec {
  service?: string;
  environment: string;
  version: string;
  /** Hours since the last deployment. */
  age: number;
  cluster?: string;
  engine?: Engine;
  health?: HealthStatus;
  healthMessage?: string;
  sync?: SyncStatus;
  syncMessage?: string;
  author?: string;
  change?: Partial<Application>;
}

/** An application as Fairway would answer it. */
export function sampleApplication(spec: SampleSpec): Application {
  const {
    service = 'unclaimed',
    environment,
    version,
    cluster = 'eu-1',
    engine = 'argocd',
  } = spec;
  const name = `${service}-${environment}`;
  const revision = [...`${name}${version}`]
    .reduce((hash, c) => (hash * 31 + c.charCodeAt(0)) % 0xfffffff, 7)
    .toString(16)
    .padStart(7, '0')
    .repeat(6)
    .slice(0, 40);
  const production = environment === 'production';
  const policy = {
    automated: !production,
    prune: !production,
    selfHeal: false,
  };
  const object = {
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    namespace: name,
    name: service,
    sync: spec.sync ?? 'synced',
    health: spec.health ?? 'healthy',
    message: spec.healthMessage,
  } as const;
  return {
    id: `${cluster}.${name}`,
    engine,
    ref: {
      cluster,
      apiVersion:
        engine === 'argocd'
          ? 'argoproj.io/v1alpha1'
          : 'kustomize.toolkit.fluxcd.io/v1',
      kind: engine === 'argocd' ? 'Application' : 'Kustomization',
      namespace: engine === 'argocd' ? 'argocd' : 'flux-system',
      name,
    },
    entityRef: spec.service && `component:default/${service}`,
    environment,
    tier: sampleEnvironments.find(e => e.name === environment)?.tier,
    sync: spec.sync ?? 'synced',
    syncMessage: spec.syncMessage,
    syncSince: hoursAgo(spec.age),
    health: spec.health ?? 'healthy',
    healthMessage: spec.healthMessage,
    healthSince: hoursAgo(Math.min(spec.age, 2)),
    policy,
    phase: migrationPhase(policy),
    suspended: spec.health === 'suspended',
    source: {
      repoUrl: `https://forge.example/acme/${service}.git`,
      path: `deploy/overlays/${environment}`,
      targetRevision: 'main',
    },
    destination: { namespace: name },
    revision,
    desiredRevision: revision,
    images: [`registry.example/acme/${service}:${version}`],
    version,
    resources: [object],
    conditions: [],
    externalUrls: [],
    engineUrl:
      engine === 'argocd'
        ? `https://argocd.example/applications/${name}`
        : undefined,
    lastDeployment: {
      id: `deployment-${name}-${version}`,
      finishedAt: hoursAgo(spec.age),
      outcome: 'succeeded',
      author: spec.author ?? 'Ada Lovelace',
    },
    commands:
      engine === 'argocd'
        ? ['sync', 'refresh']
        : ['sync', 'refresh', 'suspend'],
    observedAt: hoursAgo(0),
    ...spec.change,
  };
}

/** Applications of seven services, one of them in trouble, and one of nobody. */
export function sampleApplications(): Application[] {
  const stages = (
    service: string,
    versions: [string, number][],
    change: Partial<SampleSpec> = {},
  ) =>
    versions.map(([version, age], index) =>
      sampleApplication({
        service,
        environment: sampleEnvironments[index].name,
        version,
        age,
        ...change,
      }),
    );
  return [
    ...stages('orders', [
      ['1.9.0', 0.2],
      ['1.8.2', 1],
    ]),
    sampleApplication({
      service: 'orders',
      environment: 'production',
      version: '1.8.1',
      age: 74,
      author: 'Sam Okafor',
      health: 'degraded',
      healthMessage:
        '1 of 3 pods ready; container orders: ImagePullBackOff registry.example/acme/orders:1.8.1',
      sync: 'out-of-sync',
      syncMessage:
        'Deployment orders differs from Git: spec.replicas is 3, Git says 4',
    }),
    ...stages('ledger', [
      ['4.0.1', 2],
      ['4.0.1', 2.5],
      ['4.0.0', 144],
    ]),
    sampleApplication({
      service: 'ledger',
      environment: 'production',
      cluster: 'us-1',
      version: '4.0.0',
      age: 144,
      change: { staleSince: hoursAgo(0.4) },
    }),
    ...stages(
      'checkout-web',
      [
        ['2.14.0-rc.3', 0.05],
        ['2.13.1', 30],
        ['2.13.0', 100],
      ],
      { engine: 'flux', author: 'Grace Hopper' },
    ).map((application, index) =>
      index === 0
        ? { ...application, health: 'progressing' as const }
        : application,
    ),
    ...stages('search', [
      ['0.31.0', 9],
      ['0.31.0', 9],
      ['0.30.4', 220],
    ]),
    ...stages(
      'recommendation-engine-with-a-remarkably-long-name',
      [
        ['2026.11.20-build.48213-4f1c9a7d2e', 26],
        ['2026.11.18-build.48102-9b7e1c0aa3', 50],
      ],
      { engine: 'flux', author: 'Linus Berg' },
    ),
    ...stages('mailer', [
      ['1.2.0', 300],
      ['1.2.0', 301],
      ['1.1.9', 900],
    ]).map((application, index) =>
      index === 1
        ? {
            ...application,
            health: 'suspended' as const,
            suspended: true,
            commands: ['resume' as const, 'refresh' as const],
          }
        : application,
    ),
    {
      ...sampleApplication({
        environment: 'staging',
        version: '3.3.0',
        age: 400,
      }),
      id: 'eu-1.legacy-reports',
    },
  ];
}

const OWNERS: Record<string, string> = {
  orders: 'group:default/payments',
  ledger: 'group:default/payments',
  'checkout-web': 'group:default/storefront',
  search: 'group:default/storefront',
  'recommendation-engine-with-a-remarkably-long-name':
    'group:default/storefront',
  mailer: 'group:default/platform',
  invoices: 'group:default/payments',
};

/** The rows that these applications make, with a component that nobody deploys. */
export function sampleRows(applications: Application[]): FleetRow[] {
  const services = [...Object.keys(OWNERS), undefined];
  return services.map(service => {
    const entityRef = service && `component:default/${service}`;
    const own = applications.filter(a => a.entityRef === entityRef);
    return {
      entityRef,
      name: service ?? 'legacy-reports',
      owner: service && OWNERS[service],
      system: service && 'system:default/shop',
      unregistered: own.length === 0 || !service,
      engines: [...new Set(own.map(({ engine }) => engine))],
      health: worstHealth(own.map(({ health }) => health)),
      sync: worstSync(own.map(({ sync }) => sync)),
      cells: own,
      leadTimeSeconds: service === 'orders' ? 11_520 : undefined,
    };
  });
}

export function sampleClusters(): ClusterStatus[] {
  const cluster = (name: string): ClusterStatus => ({
    name,
    title: name,
    connection: 'kubernetes',
    state: 'connected',
    since: hoursAgo(48),
    resources: [],
    applications: 12,
  });
  return [
    cluster('eu-1'),
    {
      ...cluster('us-1'),
      state: 'unreachable',
      since: hoursAgo(0.4),
      message:
        'The connection was refused. Check the address of the cluster in app-config.',
    },
  ];
}

export function sampleCommit(index: number): DeploymentCommit {
  const subjects = [
    'Reject orders without a currency',
    'Retry the payment provider with back-off',
    'Fix rounding of partial refunds',
    'Show the delivery date in the confirmation',
  ];
  return {
    sha: `${index}`.repeat(3).padEnd(40, 'a1b2c3d4e5'),
    repoUrl: 'https://forge.example/acme/orders.git',
    subject: subjects[index % subjects.length],
    author: ['Ada Lovelace', 'Sam Okafor', 'Grace Hopper'][index % 3],
    authoredAt: hoursAgo(3 + index * 5),
    committedAt: hoursAgo(3 + index * 5),
    url: `https://forge.example/acme/orders/commit/${index}`,
  };
}

/** Deployments of the service `orders`, newest first, over all environments. */
export function sampleDeployments(count = 60): Deployment[] {
  return Array.from({ length: count }, (_, index) => {
    const environment = sampleEnvironments[index % 3];
    const finished = 0.2 + index * 9;
    const failed = index === 5;
    const production = environment.tier === 'production';
    return {
      id: `deployment-${index}`,
      applicationId: `eu-1.orders-${environment.name}`,
      applicationName: `orders-${environment.name}`,
      entityRef: 'component:default/orders',
      environment: environment.name,
      tier: environment.tier,
      engine: 'argocd',
      cluster: 'eu-1',
      source: index > 20 ? 'git' : 'observed',
      kind: index === 2 ? 'rollback' : 'release',
      rework: index === 2,
      counted: production,
      notCountedReason: production ? undefined : 'not-production',
      revision: sampleCommit(index).sha,
      images: [],
      version: `1.${9 - Math.floor(index / 8)}.${8 - (index % 8)}`,
      previousVersion: '1.8.1',
      startedAt: index > 20 ? undefined : hoursAgo(finished + 0.02),
      finishedAt: hoursAgo(finished),
      outcome: 'succeeded',
      author: sampleCommit(index).author,
      subject: sampleCommit(index).subject,
      commits: [sampleCommit(index), sampleCommit(index + 1)],
      attribution: 'image-tag',
      failures: failed
        ? [
            {
              id: 'failure-1',
              deploymentId: `deployment-${index}`,
              applicationId: 'eu-1.orders-production',
              signal: 'health',
              reason: '1 of 3 pods ready, ImagePullBackOff',
              startedAt: hoursAgo(finished - 0.1),
              endedAt: hoursAgo(finished - 0.9),
            },
          ]
        : [],
    };
  });
}
