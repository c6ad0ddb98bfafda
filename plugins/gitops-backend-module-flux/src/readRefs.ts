import type { ObjectRef } from '@fairway/plugin-gitops-common';
import {
  isObjectName,
  ObjectFields,
  type KubernetesObject,
  type ObserverContext,
} from '@fairway/plugin-gitops-node';
import { SOURCE_API_VERSION } from './fluxKinds';

/** Nobody waits for more, and an object that says so is not to be believed. */
const MAX_DEPENDENCIES = 100;

/** What names the object itself. */
export function readRef(
  object: KubernetesObject,
  context: ObserverContext,
): ObjectRef {
  return {
    cluster: context.cluster,
    apiVersion: object.apiVersion,
    kind: object.kind,
    namespace: ObjectFields.of(object).object('metadata').string('namespace'),
    name: object.metadata.name,
  };
}

/** Whether there can be such an object: a reference may say anything, and commands follow it. */
function isPossible(
  { name, namespace }: { name: string; namespace?: string },
  object: ObjectRef,
): boolean {
  return (
    isObjectName(name) &&
    (namespace === undefined ||
      namespace === object.namespace ||
      isObjectName(namespace))
  );
}

/**
 * The source that a reference names, in the namespace of the object when it names none.
 *
 * @param reference - fields of a `sourceRef` or a `chartRef`
 */
export function readSourceRef(
  reference: ObjectFields,
  object: ObjectRef,
): ObjectRef | undefined {
  const kind = reference.string('kind');
  const name = reference.string('name');
  const namespace = reference.string('namespace') ?? object.namespace;
  const apiVersion = reference.string('apiVersion') ?? SOURCE_API_VERSION;
  return kind && name && isPossible({ name, namespace }, object)
    ? {
        cluster: object.cluster,
        // Commands write to it, so it is a source of Flux whatever the reference says.
        apiVersion: /^source\.toolkit\.fluxcd\.io\/v\d+[a-z\d]*$/.test(
          apiVersion,
        )
          ? apiVersion
          : SOURCE_API_VERSION,
        kind,
        namespace,
        name,
      }
    : undefined;
}

/** The objects of the same kind that `spec.dependsOn` names. */
export function readDependsOn(
  spec: ObjectFields,
  object: ObjectRef,
): ObjectRef[] | undefined {
  const dependencies = spec
    .list('dependsOn')
    .slice(0, MAX_DEPENDENCIES)
    .flatMap(dependency => {
      const name = dependency.string('name');
      const namespace = dependency.string('namespace') ?? object.namespace;
      return name && isPossible({ name, namespace }, object)
        ? [{ ...object, namespace, name }]
        : [];
    });
  return dependencies.length > 0 ? dependencies : undefined;
}

/** The labels that each of Flux's appliers puts on what it applies, and the kind of the applier. */
const OWNERS = [
  {
    prefix: 'resourceset.fluxcd.controlplane.io',
    apiVersion: 'fluxcd.controlplane.io/v1',
    kind: 'ResourceSet',
  },
  {
    prefix: 'kustomize.toolkit.fluxcd.io',
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
  },
  {
    prefix: 'helm.toolkit.fluxcd.io',
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
  },
];

/** The object that applied this one, unless it applies itself, as that of `flux bootstrap` does. */
export function readParent(
  labels: Record<string, string>,
  object: ObjectRef,
): ObjectRef | undefined {
  for (const { prefix, apiVersion, kind } of OWNERS) {
    const name = labels[`${prefix}/name`];
    const namespace = labels[`${prefix}/namespace`];
    const isItself =
      kind === object.kind &&
      name === object.name &&
      namespace === object.namespace;
    if (
      name &&
      namespace &&
      isPossible({ name, namespace }, object) &&
      !isItself
    ) {
      return { cluster: object.cluster, apiVersion, kind, namespace, name };
    }
  }
  return undefined;
}
