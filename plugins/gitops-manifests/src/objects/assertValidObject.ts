import { InputError } from '@backstage/errors';
import { loadModel } from './loadModel';

/** An object as a manifest holds it. @public */
export interface ManifestObject {
  apiVersion: string;
  kind: string;
  metadata?: {
    name?: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
}

/**
 * Checks an object against the schema of its kind (Kubernetes, Argo CD, Flux).
 *
 * @returns whether the kind is known; one that is not passes unseen.
 * @throws InputError with the object and the field that is wrong.
 *
 * @public
 */
export function assertValidObject(object: ManifestObject): boolean {
  const Model = loadModel(object.apiVersion, object.kind);
  if (!Model) {
    return false;
  }
  try {
    new Model(object).validate();
  } catch (error) {
    throw new InputError(
      `${object.kind} "${
        object.metadata?.name ?? ''
      }" does not fit the schema of ${object.apiVersion}: ${String(
        (error as Error).message,
      ).replaceAll('data/', '')}`,
    );
  }
  return true;
}
