import type { Application } from '@fairway/plugin-gitops-common';
import { ApplicationIndex } from './ApplicationIndex';

type Indexed = Parameters<ApplicationIndex['put']>[0];

function application(engine: Application['engine'], server?: string): Indexed {
  return {
    id: 'orders',
    engine,
    ref: {
      cluster: 'management',
      apiVersion: 'v1',
      kind: 'App',
      name: 'orders',
    },
    entityRef: 'component:default/orders',
    destination: { namespace: 'orders', server },
    resources: [],
  };
}

describe('ApplicationIndex', () => {
  it.each([
    ['flux', undefined, ['management']],
    // Flux names another cluster by what leads there.
    ['flux', 'edge', ['edge']],
    ['argocd', 'in-cluster', ['management']],
    ['argocd', 'edge', ['edge']],
    ['argocd', 'https://10.0.0.1', []],
  ] as const)('finds what %s deploys to %s', (engine, server, clusters) => {
    const index = new ApplicationIndex();
    index.put(application(engine, server));
    const found = ['management', 'edge'].filter(cluster => {
      const subject = { kind: 'Deployment', namespace: 'orders', name: 'x' };
      const { deployers } = index.find({
        ...{ cluster, subject, namespace: 'orders' },
      });
      return deployers.length > 0;
    });
    expect(found).toEqual(clusters);
  });
});
