import type { Fact, ObjectRef } from '@fairway/plugin-gitops-common';
import { hoursAgo } from './sampleFleet';

/** The service that the sample facts are about. */
export const SAMPLE_SERVICE = 'component:default/orders';

/** A fact about the service `orders` in production, as Fairway would answer it. */
export function sampleFact(
  fact: Omit<Partial<Fact>, 'ref' | 'details'> &
    Pick<Fact, 'kind'> & { ref: Partial<ObjectRef>; details: object },
): Fact {
  const environment = fact.environment ?? 'production';
  const ref: ObjectRef = {
    cluster: 'eu-1',
    apiVersion: 'v1',
    kind: 'Object',
    namespace: `orders-${environment}`,
    name: 'orders',
    ...fact.ref,
  };
  return {
    entityRef: SAMPLE_SERVICE,
    title: `${ref.kind} ${ref.name}`,
    health: 'healthy',
    observedAt: hoursAgo(0),
    ...fact,
    id: fact.id ?? [ref.cluster, ref.kind, ref.namespace, ref.name].join('.'),
    environment,
    ref,
    details: { ...fact.details },
  };
}
