import type { KubernetesObject } from '../index';

/** Objects of the example's engine: one that runs, one that failed, and one that nobody looked at. */
export const deliveries: KubernetesObject[] = [
  {
    apiVersion: 'delivery.example.com/v1',
    kind: 'Delivery',
    metadata: {
      name: 'orders',
      namespace: 'shop',
      labels: { 'backstage.io/kubernetes-id': 'orders' },
      annotations: {
        'delivery.example.com/requested-at': '2026-02-20T10:00:00.000Z',
      },
      generation: 2,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: {
      repository: 'https://git.example.com/shop/orders.git',
      path: 'deploy',
      branch: 'main',
      namespace: 'orders',
    },
    status: {
      phase: 'Applied',
      revision: '1'.repeat(40),
      message: 'applied 3 objects',
      handledRequest: '2026-02-20T10:00:00.000Z',
      history: [
        { revision: '1'.repeat(40), finishedAt: '2026-02-20T10:00:05Z' },
        {
          revision: '0'.repeat(40),
          finishedAt: '2026-02-19T10:00:05Z',
          failed: true,
        },
      ],
      resources: [{ kind: 'Deployment', name: 'orders' }],
    },
  },
  {
    apiVersion: 'delivery.example.com/v1',
    kind: 'Delivery',
    metadata: { name: 'search', namespace: 'shop' },
    spec: { repository: 'https://git.example.com/shop/search.git' },
    status: {
      phase: 'Failed',
      message: 'cannot clone https://git.example.com/shop/search.git: EOF',
    },
  },
  {
    apiVersion: 'delivery.example.com/v1',
    kind: 'Delivery',
    metadata: { name: 'fresh', namespace: 'shop' },
    spec: { repository: 'https://git.example.com/shop/fresh.git' },
  },
];
