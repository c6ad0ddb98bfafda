import { Cluster, KubernetesObject, ObjectKey } from '../../types';
import { Account, whyForbidden } from '../accessReview';
import { apiVersionOf, groupOf, keyOf, versionOf } from '../objects/kinds';

/** `status.inventory` of a Kustomization or HelmRelease: what it has in the cluster. */
export interface Inventory {
  entries: Array<{ id: string; v: string }>;
}

/** Entries as Flux writes them: `<namespace>_<name>_<group>_<kind>`. */
export function inventoryOf(objects: KubernetesObject[]): Inventory {
  return {
    entries: objects.map(object => {
      const { namespace = '', name } = object.metadata;
      return {
        id: `${namespace}_${name}_${groupOf(object)}_${object.kind}`,
        v: versionOf(object),
      };
    }),
  };
}

export function inventoryKeys(inventory: Inventory | undefined): ObjectKey[] {
  return (inventory?.entries ?? []).map(({ id, v }) => {
    // No part has an underscore, except names of RBAC objects, which may have colons too.
    const [namespace, ...rest] = id.split('_');
    const kind = rest.pop()!;
    const group = rest.pop()!;
    return {
      apiVersion: apiVersionOf(group, v),
      kind,
      ...(namespace && { namespace }),
      name: rest.join('_'),
    };
  });
}

/**
 * Deletes what an inventory holds and the objects to keep do not, the last applied first.
 *
 * @param options - `account`: as which it deletes; as the controller itself when absent
 * @returns why it could not.
 */
export function pruneInventory(
  cluster: Cluster,
  inventory: Inventory | undefined,
  options: { keep?: KubernetesObject[]; account?: Account } = {},
): string | undefined {
  const { keep = [], account } = options;
  const kept = new Set(inventoryOf(keep).entries.map(({ id }) => id));
  const gone = (inventory?.entries ?? []).filter(({ id }) => !kept.has(id));
  for (const key of inventoryKeys({ entries: gone }).reverse()) {
    const live = cluster.get(key);
    const annotation =
      live?.metadata.annotations?.['kustomize.toolkit.fluxcd.io/prune'];
    if (!live || annotation === 'disabled') {
      continue;
    }
    const refusal = whyForbidden(cluster, account, {
      object: key,
      verb: 'delete',
    });
    if (refusal) {
      const subject = [key.kind, key.namespace, key.name].filter(Boolean);
      return `${subject.join('/')} delete failed: ${refusal}`;
    }
    cluster.delete(keyOf(live));
  }
  return undefined;
}
