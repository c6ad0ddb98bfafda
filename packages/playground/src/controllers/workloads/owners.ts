import { ClusterEvent, KubernetesObject } from '../../types';

/** Finds the queue key of the controlling owner of a kind; empty when there is none. */
export function ownerKeys(kind: string): (event: ClusterEvent) => string[] {
  return ({ object }) => {
    const { namespace = '', ownerReferences = [] } = object.metadata;
    return ownerReferences
      .filter(owner => owner.controller && owner.kind === kind)
      .map(owner => `${namespace}/${owner.name}`);
  };
}

export function isOwnedBy(
  object: KubernetesObject,
  owner: KubernetesObject,
): boolean {
  return (object.metadata.ownerReferences ?? []).some(
    reference => reference.controller && reference.uid === owner.metadata.uid,
  );
}

/** The `ownerReferences` of an object that a controller makes for another. */
export function ownedBy(
  owner: KubernetesObject,
): KubernetesObject['metadata']['ownerReferences'] {
  return [
    {
      apiVersion: owner.apiVersion,
      kind: owner.kind,
      name: owner.metadata.name,
      uid: owner.metadata.uid!,
      controller: true,
      blockOwnerDeletion: true,
    },
  ];
}
