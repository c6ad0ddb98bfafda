import type { Application } from '@fairway/plugin-gitops-common';

/** Argo CD's names of the cluster that it runs in. */
const OWN_CLUSTER = ['https://kubernetes.default.svc', 'in-cluster'];

/** Stands for a cluster that only its address is known of. */
export const SOME_CLUSTER = '*';

/** The cluster that an application deploys to, by the name that facts have. */
export function clusterOf({
  engine,
  ref,
  destination,
}: Pick<Application, 'engine' | 'ref' | 'destination'>): string {
  const { server } = destination;
  const isOwn = engine === 'argocd' && OWN_CLUSTER.includes(server ?? '');
  if (!server || isOwn) {
    return ref.cluster;
  }
  return /^https?:/.test(server) ? SOME_CLUSTER : server;
}

/** What names no namespace deploys to those of its objects (Flux without `targetNamespace`). */
export function destinationsOf({
  destination,
  resources,
}: Pick<Application, 'destination' | 'resources'>): string[] {
  return destination.namespace
    ? [destination.namespace]
    : [
        ...new Set(resources.flatMap(({ namespace }) => namespace || [])),
      ].sort();
}
