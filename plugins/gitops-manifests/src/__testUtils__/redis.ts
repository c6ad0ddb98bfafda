import type { ChartModelInput } from '../chart/ChartModel';

/** A chart that keeps the carts of a shop. */
export const redis: ChartModelInput = {
  name: 'cart-cache',
  description: 'Keeps carts: for "minutes" # only',
  team: 'payments',
  partOf: 'shop',
  engine: 'argocd',
  chart: {
    repository: 'https://charts.example.com/stable',
    name: 'redis',
    version: '20.1.0',
  },
  values: `# One for all environments.
architecture: standalone # no replicas yet
auth:
  existingSecret: cart-cache
master:
  resources:
    requests: {cpu: 50m}
`,
  repoUrl: 'https://git.example.com/payments/cart-cache.git',
  environments: [
    {
      name: 'dev',
      tier: 'development',
      syncPolicy: { automated: true, prune: true, selfHeal: true },
      version: '20.2.0-rc.1',
    },
    {
      name: 'production',
      tier: 'production',
      values: `architecture: replication
master:
  resources:
    requests: {cpu: 200m}
replica: {replicaCount: 3}
`,
      patches: `- target: {kind: StatefulSet, name: cart-cache-master}
  patch: |
    - op: add
      path: /spec/template/spec/priorityClassName
      value: important
`,
    },
  ],
};
