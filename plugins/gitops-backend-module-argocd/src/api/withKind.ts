import type { KubernetesObject } from '@fairway/plugin-gitops-node';

/** The API leaves out what kind an object is, because each endpoint has one. */
export function withKind(
  object: KubernetesObject,
  kind: string,
): KubernetesObject {
  return { ...object, apiVersion: 'argoproj.io/v1alpha1', kind };
}
