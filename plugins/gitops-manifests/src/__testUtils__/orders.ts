import type { ServiceModelInput } from '../model';

/** A service as the golden path makes it. */
export const orders: ServiceModelInput = {
  name: 'orders',
  description: 'Takes orders: and "keeps" them # safe',
  team: 'payments',
  partOf: 'shop',
  engine: 'argocd',
  image: 'registry.example.com:5000/payments/orders',
  runtime: 'nodejs',
  repoUrl: 'https://git.example.com/payments/orders.git',
  environments: [
    {
      name: 'dev',
      tier: 'development',
      syncPolicy: { automated: true, prune: true, selfHeal: true },
    },
    { name: 'staging', tier: 'staging', syncPolicy: { automated: true } },
    { name: 'production', tier: 'production', replicas: 3 },
  ],
};
