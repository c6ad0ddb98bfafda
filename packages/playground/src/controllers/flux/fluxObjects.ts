import { KubernetesObject } from '../../types';

export const RECONCILE_REQUEST = 'reconcile.fluxcd.io/requestedAt';
export const FINALIZER = 'finalizers.fluxcd.io';

/** The value of the reconcile request, or undefined when there never was one. */
export function requestedAt({
  metadata,
}: KubernetesObject): string | undefined {
  return metadata.annotations?.[RECONCILE_REQUEST];
}

/** Whether somebody asked for a reconciliation that has not been done. */
export function isRequested(object: KubernetesObject): boolean {
  const requested = requestedAt(object);
  return (
    requested !== undefined &&
    requested !== object.status?.lastHandledReconcileAt
  );
}

/** A Go duration such as `1m30s` in milliseconds. */
export function durationMs(text: string | undefined): number | undefined {
  if (!text) {
    return undefined;
  }
  const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1_000 };
  let total = 0;
  for (const [, number, unit] of text.matchAll(/([\d.]+)(ms|h|m|s)/g)) {
    total += Number(number) * (units[unit] ?? 1);
  }
  return total;
}

/** Milliseconds as Flux writes them in messages: `1.204s`. */
export function formatDuration(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(3)}s`;
}

/** The namespace and name of the source of an object, as a queue key. */
export function sourceKey(
  object: KubernetesObject,
  reference: { namespace?: string; name: string },
): string {
  return `${reference.namespace ?? object.metadata.namespace}/${
    reference.name
  }`;
}

/** The commit of an artifact's revision: `main@sha1:<commit>` or `sha1:<commit>`. */
export function commitOf(revision: string): string {
  return revision.split('sha1:').at(-1)!;
}
