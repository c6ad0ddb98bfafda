// Fills the store that readers read from: applications of services in three environments on
// several clusters, with a history of deployments. Run by readers.mjs.
import { ConfigSources } from '@backstage/config-loader';
import { DatabaseManager } from '@backstage/backend-defaults/database';
import {
  HEALTH_STATUSES,
  SYNC_STATUSES,
  type Application,
  type DeploymentCommit,
} from '@fairway/plugin-gitops-common';
import {
  DatabaseGitopsStore,
  objectId,
  type BackfilledDeployment,
  type StoredApplication,
} from '../../plugins/gitops-backend/src/store';
import {
  clusterName,
  ENVIRONMENTS,
  serviceCount,
  serviceName,
  type WorldSize,
} from './readersWorld';

const WATCH = 'argocd:argoproj.io/applications';
const DAY_MS = 86_400_000;
/** Deployments of an application in the last 60 days, by environment. */
const DEPLOYMENTS = [4, 4, 12];
const RESOURCES = 25;
const SERVICES_AT_ONCE = 50;
const KINDS = [
  'Deployment',
  'Service',
  'ConfigMap',
  'Ingress',
  'ServiceAccount',
];

/** The same numbers at each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const random = numbers(7);
const hex = (length: number) =>
  Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
const ago = (days: number) =>
  new Date(Date.now() - days * DAY_MS).toISOString();

function mostly<T>(values: readonly T[], usual: T): T {
  return random() < 0.9 ? usual : values[Math.floor(random() * values.length)];
}

function applicationOf(
  service: string,
  index: number,
  clusters: number,
): StoredApplication {
  const environment = ENVIRONMENTS[index];
  const ref = {
    cluster: clusterName(Math.floor(random() * clusters)),
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    namespace: 'argocd',
    name: `${service}-${environment.name}`,
  };
  const version = `1.${Math.floor(random() * 40)}.${Math.floor(random() * 9)}`;
  const health = mostly(HEALTH_STATUSES, 'healthy');
  const sync = mostly(SYNC_STATUSES, 'synced');
  const application: Application = {
    id: objectId(ref),
    engine: 'argocd',
    ref,
    entityRef: `component:default/${service}`,
    environment: environment.name,
    tier: environment.tier,
    sync,
    syncSince: ago(random() * 9),
    ...(sync === 'out-of-sync' && { syncMessage: 'Deployment differs' }),
    health,
    healthSince: ago(random() * 9),
    ...(health !== 'healthy' && {
      healthMessage: `Deployment ${service}: 1 of 3 replicas are available`,
    }),
    policy: { automated: true, prune: true, selfHeal: true },
    phase: 4,
    suspended: false,
    source: {
      repoUrl: 'https://git.example.com/platform/gitops.git',
      path: `apps/${service}/overlays/${environment.name}`,
      targetRevision: 'main',
      type: 'kustomize',
    },
    destination: { namespace: service, server: 'https://kubernetes.default' },
    revision: hex(40),
    images: [`registry.example.com/team/${service}:${version}`],
    version,
    resources: Array.from({ length: RESOURCES }, (_, count) => ({
      group: count % KINDS.length === 0 ? 'apps' : '',
      version: 'v1',
      kind: KINDS[count % KINDS.length],
      namespace: service,
      name: `${service}-${count}`,
      sync: 'synced' as const,
      health: 'healthy' as const,
    })),
    conditions: [],
    externalUrls: [`https://${service}.${environment.name}.example.com`],
    commands: ['sync', 'refresh'],
    observedAt: ago(0),
  };
  return {
    application,
    observation: {
      ...{ type: 'application', engine: 'argocd', ref, health, sync },
      policy: application.policy,
      suspended: false,
      source: application.source,
      destination: application.destination,
      images: application.images,
      resources: application.resources,
      ...{ conditions: [], externalUrls: [], commands: [] },
      ...{ labels: {}, annotations: {} },
    },
    fingerprint: hex(22),
    origin: {
      cluster: ref.cluster,
      resource: WATCH,
      object: `argocd/${ref.name}`,
    },
    firstSeenAt: ago(60),
  };
}

function commitOf(service: string, days: number): DeploymentCommit {
  const sha = hex(40);
  return {
    sha,
    repoUrl: `https://git.example.com/team/${service}.git`,
    subject: `Make the ${service} answer ${sha.slice(0, 6)} sooner`,
    author: 'Ada Lovelace',
    authorEmail: 'ada@example.com',
    authoredAt: ago(days + random() * 3),
    committedAt: ago(days + random()),
    url: `https://git.example.com/team/${service}/commit/${sha}`,
  };
}

function historyOf(
  stored: StoredApplication,
  index: number,
): BackfilledDeployment[] {
  const { application } = stored;
  const { name } = application.ref;
  return Array.from({ length: DEPLOYMENTS[index] }, (_, count) => {
    const days = ((count + random()) * 60) / DEPLOYMENTS[index];
    const isRelease = random() < 0.8;
    return {
      key: `git/${count}`,
      applicationId: application.id,
      applicationName: name,
      entityRef: application.entityRef,
      environment: application.environment,
      tier: application.tier,
      engine: 'argocd',
      cluster: application.ref.cluster,
      source: 'git',
      kind: isRelease ? 'release' : 'configuration',
      rework: false,
      counted: application.tier === 'production',
      ...(application.tier !== 'production' && {
        notCountedReason: 'not-production' as const,
      }),
      revision: hex(40),
      images: application.images,
      version: `1.${60 - count}.0`,
      finishedAt: ago(days),
      outcome: 'succeeded',
      author: 'Ada Lovelace',
      subject: `Deploy ${name}`,
      from: application.source,
      attribution: isRelease ? 'image-tag' : 'configuration',
      commits: [commitOf(name, days), commitOf(name, days)],
      failures:
        random() < 0.08
          ? [
              {
                signal: 'health',
                reason: 'It became degraded',
                startedAt: ago(days),
                endedAt: ago(days - 0.1),
              },
            ]
          : [],
    };
  });
}

async function fill(store: DatabaseGitopsStore, size: WorldSize) {
  const clusters = Array.from({ length: size.clusters }, (_, index) =>
    clusterName(index),
  );
  await store.setClusters(clusters.map(name => ({ name, title: name })));
  for (const cluster of clusters) {
    await store.putClusterStatus(
      { cluster, resource: WATCH },
      {
        resource: 'argoproj.io/v1alpha1/applications',
        state: 'connected',
        since: ago(3),
        lastSeenAt: ago(0),
      },
    );
  }
  let deployments = 0;
  const services = serviceCount(size);
  for (let start = 0; start < services; start += SERVICES_AT_ONCE) {
    const names = Array.from(
      { length: Math.min(SERVICES_AT_ONCE, services - start) },
      (_, index) => serviceName(start + index),
    );
    const applications = names.flatMap(name =>
      ENVIRONMENTS.map((_, environment) => ({
        environment,
        stored: applicationOf(name, environment, size.clusters),
      })),
    );
    await store.recording(clusters, recording =>
      recording.applyChanges(
        applications.map(({ stored }) => ({
          ...{ stored, deployments: [], failures: [] },
        })),
      ),
    );
    const inserted = await store.insertBackfilled(
      applications.flatMap(({ stored, environment }) =>
        historyOf(stored, environment),
      ),
    );
    deployments += inserted.length;
  }
  return deployments;
}

async function main() {
  const size: WorldSize = JSON.parse(process.env.FAIRWAY_BENCH_SIZE ?? '{}');
  const config = await ConfigSources.toConfig(
    ConfigSources.default({ argv: process.argv, env: process.env }),
  );
  const ignore = () => {};
  const logger = { info: ignore, warn: ignore, error: ignore, debug: ignore };
  const database = DatabaseManager.fromConfig(config).forPlugin('gitops', {
    logger: { ...logger, child: () => logger } as never,
    lifecycle: { addStartupHook: ignore, addShutdownHook: ignore } as never,
  });
  const store = await DatabaseGitopsStore.create({ database });
  const deployments = await fill(store, size);
  process.stdout.write(`${JSON.stringify({ deployments })}\n`);
  await (await database.getClient()).destroy();
  process.exit();
}

void main();
