import { Cluster, KubernetesObject } from '../../types';
import { writeStatus } from '../objects/writeStatus';
import { requestedAt } from './fluxObjects';

/**
 * What Flux's controllers write about an object that is suspended, without having done anything:
 * that a request was handled, and that they have seen its newest generation.
 */
export function markSeen(
  cluster: Cluster,
  object: KubernetesObject,
  options: { withGeneration: boolean },
): void {
  writeStatus(cluster, object, {
    ...object.status,
    lastHandledReconcileAt: requestedAt(object),
    ...(options.withGeneration && {
      observedGeneration: object.metadata.generation,
    }),
  });
}
