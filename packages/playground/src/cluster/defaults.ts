import { KubernetesObject } from '../types';
import { ResourceDefinition } from './resources';

/** Held by a CustomResourceDefinition until its objects are gone. */
export const CRD_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/**
 * What the API server itself fills in when an object of a kind is created; only what
 * other objects or clients rely on, not every default of the real one.
 */
const ON_CREATE: Record<string, (object: KubernetesObject) => void> = {
  Namespace: object => {
    object.metadata.labels = {
      ...object.metadata.labels,
      'kubernetes.io/metadata.name': object.metadata.name,
    };
    object.spec = { ...object.spec, finalizers: ['kubernetes'] };
    object.status = { phase: 'Active' };
  },
  Pod: object => {
    object.status = { phase: 'Pending' };
  },
  Secret: object => {
    object.type ??= 'Opaque';
    for (const [name, value] of Object.entries(object.stringData ?? {})) {
      object.data = {
        ...object.data,
        [name]: Buffer.from(String(value)).toString('base64'),
      };
    }
    delete object.stringData;
  },
  CustomResourceDefinition: object => {
    object.metadata.finalizers = [
      ...new Set([...(object.metadata.finalizers ?? []), CRD_FINALIZER]),
    ];
  },
};

/** Fills in what the server sets at creation; changes the object it is given. */
export function setDefaults(
  resource: ResourceDefinition,
  object: KubernetesObject,
): void {
  if (!resource.custom) {
    ON_CREATE[resource.kind]?.(object);
  }
}
