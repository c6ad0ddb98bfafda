import { KubernetesObject } from '../../types';
import { ControllerContext } from '../ControllerContext';
import { keyOf, SERVICE_ACCOUNT } from '../objects/kinds';
import { FINALIZER } from './fluxObjects';
import { accountOf } from './impersonation';
import { inventoryKeys, pruneInventory } from './inventory';

/** A deleted Kustomization that prunes takes what it applied along. */
export function finalizeKustomization(
  context: ControllerContext,
  kustomization: KubernetesObject,
): number | undefined {
  const { cluster, timing } = context;
  const { finalizers = [] } = kustomization.metadata;
  if (!finalizers.includes(FINALIZER)) {
    return undefined;
  }
  const { prune, deletionPolicy = 'MirrorPrune' } = kustomization.spec;
  const { inventory } = kustomization.status ?? {};
  const deletes =
    deletionPolicy === 'MirrorPrune' ? prune : deletionPolicy !== 'Orphan';
  const account = accountOf(context, kustomization);
  // As in Flux: without its account there is nobody to delete as, and what is there stays.
  const exists = !account || cluster.get({ ...SERVICE_ACCOUNT, ...account });
  if (deletes && exists) {
    if (pruneInventory(cluster, inventory, { account })) {
      return timing.retryMs;
    }
    const left = inventoryKeys(inventory).some(key => cluster.get(key));
    if (left && deletionPolicy === 'WaitForTermination') {
      return timing.debounceMs;
    }
  }
  cluster.patch(keyOf(kustomization), {
    metadata: { finalizers: finalizers.filter(name => name !== FINALIZER) },
  });
  return undefined;
}
