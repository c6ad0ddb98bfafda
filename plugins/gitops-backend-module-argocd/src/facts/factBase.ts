import {
  ObjectFields,
  type FactObservation,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';

/** What every fact says of the object that it comes from. */
export function factBase(
  object: KubernetesObject,
  context: ObserverContext,
): Pick<FactObservation, 'type' | 'ref' | 'labels'> {
  const metadata = ObjectFields.of(object).object('metadata');
  return {
    type: 'fact',
    ref: {
      cluster: context.cluster,
      apiVersion: object.apiVersion,
      kind: object.kind,
      namespace: metadata.string('namespace'),
      name: object.metadata.name,
    },
    labels: metadata.record('labels'),
  };
}

/** The details in the form in which a fact carries them: without what is absent. */
export function toDetails<T extends object>(
  details: T,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).filter(([, value]) => value !== undefined),
  );
}
