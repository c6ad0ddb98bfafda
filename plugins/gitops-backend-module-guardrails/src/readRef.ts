import type { ObjectRef } from '@fairway/plugin-gitops-common';
import {
  ObjectFields,
  type FactObservation,
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

/** What every fact of an object has in common. */
export function readIdentity(
  object: KubernetesObject,
  context: ObserverContext,
): Pick<FactObservation, 'type' | 'ref' | 'labels'> {
  return {
    type: 'fact',
    ref: readRef(object, context),
    labels: ObjectFields.of(object.metadata).record('labels'),
  };
}

/** The condition of a type; no fields when there is none. */
export function readCondition(
  status: ObjectFields,
  type: string,
): ObjectFields {
  return (
    status
      .list('conditions')
      .find(condition => condition.string('type') === type) ??
    ObjectFields.of(undefined)
  );
}

/** The group of an `apiVersion`; empty for the core group, absent when nothing is said. */
export function groupOf(apiVersion: string | undefined): string | undefined {
  if (apiVersion === undefined) {
    return undefined;
  }
  return apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
}
