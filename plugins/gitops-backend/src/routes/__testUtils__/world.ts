import type { Entity } from '@backstage/catalog-model';
import type {
  Application,
  Deployment,
  Fact,
  ObjectRef,
} from '@fairway/plugin-gitops-common';
import { objectId, type DatabaseGitopsStore } from '../../store';
import {
  newDeployment,
  storedApplication,
} from '../../store/__testUtils__/samples';

/** A component of an owner; who owns it is a user, so that claims are easy to see. */
export function component(
  name: string,
  owner: string,
  fields: { type?: string; system?: string } = {},
): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, namespace: 'default', title: `The ${name}` },
    spec: { type: fields.type ?? 'service', owner, lifecycle: 'production' },
    relations: [
      { type: 'ownedBy', targetRef: `user:default/${owner}` },
      ...(fields.system
        ? [{ type: 'partOf', targetRef: `system:default/${fields.system}` }]
        : []),
    ],
  };
}

export const entities: Entity[] = [
  component('orders', 'ada', { system: 'shop' }),
  component('search', 'grace'),
  component('idle', 'ada'),
  component('toolbox', 'ada', { type: 'library' }),
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'System',
    metadata: { name: 'shop', namespace: 'default' },
    spec: { owner: 'ada' },
    relations: [{ type: 'partOf', targetRef: 'domain:default/retail' }],
  },
];

const FLUX_WATCH = 'flux:kustomize.toolkit.fluxcd.io/kustomizations';
const ORDERS = 'component:default/orders';

export const ordersDev = storedApplication({
  name: 'orders-dev',
  entityRef: ORDERS,
  environment: 'dev',
  tier: 'development',
  version: '1.2.0',
  commands: ['sync', 'refresh'],
});
export const ordersProduction = storedApplication({
  name: 'orders-production',
  entityRef: ORDERS,
  environment: 'production',
  tier: 'production',
  sync: 'out-of-sync',
  health: 'degraded',
  healthMessage: 'Deployment orders: crashed',
  version: '1.1.0',
  policy: {
    automated: true,
    prune: true,
    selfHeal: true,
    options: ['CreateNamespace=true'],
  },
  commands: ['sync', 'refresh'],
});
/** Flux reconciles it, from a repository object beside it. */
export const searchDev = fluxApplication({
  entityRef: 'component:default/search',
  environment: 'dev',
  tier: 'development',
  engine: 'flux',
  source: {
    repoUrl: 'https://git.example.com/discovery/search.git',
    path: 'deploy',
    ref: {
      cluster: 'remote',
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      namespace: 'discovery',
      name: 'search',
    },
  },
  commands: ['sync', 'refresh', 'suspend'],
});
/** Facts of kinds that only pages of a service show. */
const ordersFacts = (['generator', 'project'] as const).map(kind => {
  const ref = {
    ...{ cluster: 'local', namespace: 'argocd', name: `orders-${kind}` },
    apiVersion: 'argoproj.io/v1alpha1',
    kind: kind === 'project' ? 'AppProject' : 'ApplicationSet',
  };
  const fact: Fact = {
    ...{ id: objectId(ref), kind, ref, entityRef: ORDERS },
    ...{ title: ref.name, health: 'healthy', details: {} },
    observedAt: '2026-01-01T00:00:00.000Z',
  };
  return {
    fact,
    observation: {
      ...{ type: 'fact' as const, kind, ref, labels: {} },
      ...{ title: ref.name, health: fact.health, details: {} },
    },
    origin: {
      cluster: 'local',
      resource: `argocd:argoproj.io/${ref.kind.toLowerCase()}s`,
      object: `argocd/${ref.name}`,
    },
  };
});
export const stray = storedApplication({ name: 'stray', health: 'missing' });

function fluxApplication(
  fields: Partial<Application>,
): ReturnType<typeof storedApplication> {
  const stored = storedApplication({
    name: 'search-dev',
    cluster: 'remote',
    ...fields,
  });
  const ref = {
    cluster: 'remote',
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    namespace: 'discovery',
    name: 'search-dev',
  };
  return {
    ...stored,
    application: { ...stored.application, ref, id: objectId(ref) },
    observation: { ...stored.observation, ref },
    origin: {
      cluster: 'remote',
      resource: FLUX_WATCH,
      object: 'discovery/search-dev',
    },
  };
}

function live(
  { apiVersion, kind, namespace, name }: ObjectRef,
  spec: object,
): object {
  const metadata = { name, namespace, resourceVersion: '7' };
  return { apiVersion, kind, metadata, spec };
}

const { source } = searchDev.application;

/** What the clusters have of it, as far as commands look at it. */
export const liveObjects: Record<string, object> = {
  'applications/orders-dev': live(ordersDev.application.ref, {}),
  'applications/orders-production': live(ordersProduction.application.ref, {
    project: 'shop',
    syncPolicy: { syncOptions: ['CreateNamespace=true'] },
  }),
  'applications/stray': live(stray.application.ref, {}),
  'kustomizations/search-dev': live(searchDev.application.ref, {
    sourceRef: { kind: 'GitRepository', name: 'search' },
  }),
  'gitrepositories/search': live(source.ref!, {}),
};

function commit(digit: string, committedAt: string) {
  return {
    sha: digit.repeat(40),
    repoUrl: 'https://git.example.com/shop/orders.git',
    subject: `Change ${digit}`,
    author: 'Ada',
    authoredAt: committedAt,
    committedAt,
  };
}

async function deploy(
  store: DatabaseGitopsStore,
  stored: ReturnType<typeof storedApplication>,
  fields: Partial<Deployment> & { finishedAt: string },
  commits: Deployment['commits'],
) {
  const { inserted } = await store.applyApplicationChange({
    stored,
    deployments: [newDeployment(stored, fields)],
    failures: [],
  });
  await store.completeDeployment(inserted[0], {
    kind: 'release',
    rework: false,
    counted: true,
    images: [`registry.example.com/orders:${fields.version}`],
    version: fields.version,
    commits,
    attribution: 'image-tag',
  });
}

/** Days ago, so that windows that end now see it. */
function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString();
}

/**
 * Orders runs 1.2.0 in dev and 1.1.0 in production, search on a cluster that cannot be seen, and
 * something that belongs to nobody.
 */
export async function seed(store: DatabaseGitopsStore): Promise<void> {
  await store.setClusters([
    { name: 'local', title: 'Local' },
    { name: 'remote', title: 'Remote' },
  ]);
  const resource = 'argoproj.io/v1alpha1/applications';
  await store.putClusterStatus(
    { cluster: 'local', resource: 'argocd:argoproj.io/applications' },
    { resource, state: 'connected', since: daysAgo(2) },
  );
  await store.putClusterStatus(
    { cluster: 'remote', resource: FLUX_WATCH },
    {
      resource: 'kustomize.toolkit.fluxcd.io/v1/kustomizations',
      state: 'unreachable',
      since: daysAgo(1),
      lastSeenAt: '2026-01-02T00:00:00.000Z',
      message: 'Connection refused; see that it runs',
    },
  );
  for (const fact of ordersFacts) {
    await store.putFact(fact);
  }
  for (const stored of [searchDev, stray]) {
    await store.applyApplicationChange({
      stored,
      deployments: [],
      failures: [],
    });
  }
  const one = commit('1', daysAgo(6));
  const two = commit('2', daysAgo(4));
  await deploy(
    store,
    ordersDev,
    { finishedAt: daysAgo(5), version: '1.1.0', revision: 'd1' },
    [one],
  );
  await deploy(
    store,
    ordersDev,
    { finishedAt: daysAgo(3), version: '1.2.0', revision: 'd2' },
    [two],
  );
  await deploy(
    store,
    ordersProduction,
    { finishedAt: daysAgo(2), version: '1.1.0', revision: 'p1' },
    [one],
  );
}
