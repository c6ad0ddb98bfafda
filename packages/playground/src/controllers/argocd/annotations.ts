import { KubernetesObject, ObjectKey } from '../../types';
import { groupOf } from '../objects/kinds';

export const CONTROLLER_NAMESPACE = 'argocd';
export const REFRESH = 'argocd.argoproj.io/refresh';
export const SKIP_RECONCILE = 'argocd.argoproj.io/skip-reconcile';
export const TRACKING_ID = 'argocd.argoproj.io/tracking-id';
export const RESOURCES_FINALIZER = 'resources-finalizer.argocd.argoproj.io';
const SYNC_WAVE = 'argocd.argoproj.io/sync-wave';
const HOOK = 'argocd.argoproj.io/hook';
const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';

/** The name of an application in tracking ids: qualified outside Argo CD's own namespace. */
export function instanceName({ metadata }: KubernetesObject): string {
  return metadata.namespace === CONTROLLER_NAMESPACE
    ? metadata.name
    : `${metadata.namespace}_${metadata.name}`;
}

export function trackingId(instance: string, key: ObjectKey): string {
  return `${instance}:${groupOf(key)}/${key.kind}:${key.namespace ?? ''}/${
    key.name
  }`;
}

/**
 * The application that tracks an object. An id that names another object was copied (as a
 * Deployment's annotations are, to its ReplicaSets) and does not count.
 */
export function trackedBy(object: KubernetesObject): string | undefined {
  const id = object.metadata.annotations?.[TRACKING_ID];
  const instance = id?.split(':')[0];
  const { namespace, name } = object.metadata;
  const own =
    instance &&
    trackingId(instance, {
      apiVersion: object.apiVersion,
      kind: object.kind,
      namespace,
      name,
    });
  return own === id ? instance : undefined;
}

export function syncWave(object: KubernetesObject | undefined): number {
  return Number(object?.metadata.annotations?.[SYNC_WAVE] ?? 0) || 0;
}

/** The hook type of an object, or undefined when it is an ordinary resource. */
export function hookType(object: KubernetesObject): string | undefined {
  return object.metadata.annotations?.[HOOK]?.split(',')[0].trim();
}

/** Whether `argocd.argoproj.io/sync-options` of an object holds an option. */
export function hasSyncOption(
  object: KubernetesObject | undefined,
  option: string,
): boolean {
  return (object?.metadata.annotations?.[SYNC_OPTIONS] ?? '')
    .split(',')
    .some(item => item.trim() === option);
}
