import type { ObjectRef } from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';

/** The reference of an object in its cluster. */
export function readRef(
  object: KubernetesObject,
  context: ObserverContext,
): ObjectRef {
  return {
    cluster: context.cluster,
    apiVersion: object.apiVersion,
    kind: object.kind,
    namespace: ObjectFields.of(object.metadata).string('namespace'),
    name: object.metadata.name,
  };
}
