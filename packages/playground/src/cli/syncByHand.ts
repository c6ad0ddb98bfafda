import type { Cluster } from '../types';
import { sampleServices, type SeededWorld } from '../world';

const APPLICATION = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
};

/**
 * Syncs the sample Applications without an automated policy once, as somebody did before
 * the playground began; one whose Git has moved on since then stays at its old commit.
 */
export function syncByHand(options: {
  cluster: Cluster;
  world: SeededWorld;
}): () => void {
  const { cluster, world } = options;
  const manual = new Set(
    sampleServices
      .filter(service => service.engine === 'argocd')
      .flatMap(({ name, policies }) =>
        Object.entries(policies)
          .filter(([, policy]) => policy === 'manual')
          .map(([environment]) => `${name}-${environment}`),
      ),
  );
  return cluster.watch(APPLICATION, ({ type, object }) => {
    const { name, namespace } = object.metadata;
    if (type === 'DELETED' || !manual.has(name)) return;
    // Only what Argo CD has compared can be synced, and only what never was needs it.
    const { status } = object;
    if (!status?.sync?.revision) return;
    manual.delete(name);
    if (status.operationState || status.history?.length || object.operation) {
      return;
    }
    const revision = world.syncedTo[name];
    cluster.patch(
      { ...APPLICATION, name, namespace },
      {
        operation: {
          initiatedBy: { username: 'ada' },
          sync: {
            ...(revision && { revision }),
            syncStrategy: { hook: {} },
            syncOptions: ['CreateNamespace=true'],
          },
        },
      },
    );
  });
}
